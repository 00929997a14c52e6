// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Locale;
import org.dmabufpool.bench.policy.VmaBlock;

/** Everyone that takes part. */
enum Peer {
    /** The pool's allocator alone: numbers, no lock. */
    OURS_ALONE(Kind.ALONE, Numbers.OFFSETS),
    /** Handles of a pool over no memory: the primitive level as shipped, checks and statistics on. */
    OURS_HANDLES(Kind.SHARED, Numbers.OFFSETS),
    /** Slices of a pool over no memory: checks and statistics on. */
    OURS_SLICE(Kind.SHARED, Numbers.OFFSETS),
    /** A VMA virtual block, default strategy. */
    VMA(Kind.ALONE, Numbers.OFFSETS),
    /** A VMA virtual block, strategy MIN_MEMORY. */
    VMA_MIN_MEMORY(Kind.ALONE, Numbers.OFFSETS),
    /** A VMA virtual block, strategy MIN_TIME. */
    VMA_MIN_TIME(Kind.ALONE, Numbers.OFFSETS),
    /** A VMA virtual block, strategy MIN_OFFSET. */
    VMA_MIN_OFFSET(Kind.ALONE, Numbers.OFFSETS),
    /** A VMA virtual block, strategy MIN_MEMORY, behind a lock. */
    VMA_LOCKED(Kind.SHARED, Numbers.OFFSETS),
    /** H2's bit set of free blocks of a file. */
    H2_BIT_SET(Kind.ALONE, Numbers.OFFSETS),
    /** Netty's pooled allocator with chunks of 128 MiB. */
    NETTY_POOLED(Kind.SHARED, Numbers.MEMORY),
    /** Netty's adaptive allocator. */
    NETTY_ADAPTIVE(Kind.SHARED, Numbers.MEMORY),
    /** jemalloc through LWJGL. */
    JEMALLOC(Kind.SHARED, Numbers.MEMORY),
    /** rpmalloc through LWJGL. */
    RPMALLOC(Kind.SHARED, Numbers.MEMORY);

    private static final int NETTY_PAGE = 8192;
    /** 8 KiB times 2^14: chunks of 128 MiB. */
    private static final int NETTY_MAX_ORDER = 14;

    private enum Kind {
        ALONE,
        SHARED
    }

    private enum Numbers {
        OFFSETS,
        MEMORY
    }

    private final Kind kind;
    private final Numbers numbers;

    Peer(Kind kind, Numbers numbers) {
        this.kind = kind;
        this.numbers = numbers;
    }

    /** Whether many threads may use one of it at once. */
    boolean isShared() {
        return kind == Kind.SHARED;
    }

    /** Whether it hands out parts of one given range, as a pool over a dma-buf must; others have memory of their own. */
    boolean handsOutOffsets() {
        return numbers == Numbers.OFFSETS;
    }

    /** Whether it is VMA as published, in any strategy. */
    boolean isVma() {
        return name().startsWith("VMA") && kind == Kind.ALONE;
    }

    /** Whether it is the pool, or a part of it. */
    boolean isOurs() {
        return name().startsWith("OURS");
    }

    Contender open(long capacity) {
        return switch (this) {
            case OURS_ALONE -> new OwnContender(capacity);
            case OURS_HANDLES -> new HandleContender(capacity);
            case OURS_SLICE -> new SliceContender(capacity);
            case VMA -> new VmaContender(capacity, VmaBlock.DEFAULT);
            case VMA_MIN_MEMORY -> new VmaContender(capacity, VmaBlock.MIN_MEMORY);
            case VMA_MIN_TIME -> new VmaContender(capacity, VmaBlock.MIN_TIME);
            case VMA_MIN_OFFSET -> new VmaContender(capacity, VmaBlock.MIN_OFFSET);
            case VMA_LOCKED -> new Locked(new VmaContender(capacity, VmaBlock.MIN_MEMORY));
            case H2_BIT_SET -> new BitSetContender();
            case NETTY_POOLED -> new NettyContender(nettyPooled());
            case NETTY_ADAPTIVE -> new NettyContender(new AdaptiveByteBufAllocator(true));
            case JEMALLOC -> new JemallocContender();
            case RPMALLOC -> new RpmallocContender();
        };
    }

    private static PooledByteBufAllocator nettyPooled() {
        return new PooledByteBufAllocator(
                true,
                0,
                PooledByteBufAllocator.defaultNumDirectArena(),
                NETTY_PAGE,
                NETTY_MAX_ORDER,
                PooledByteBufAllocator.defaultSmallCacheSize(),
                PooledByteBufAllocator.defaultNormalCacheSize(),
                true);
    }

    /** The name in reports, such as {@code vma-min-memory}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
