// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The policies that can be asked for by name. */
public enum Policy {
    /** The pool's own allocator, as the pool divides it by default. */
    OURS,
    /** The hole with the lowest address that fits. */
    FIRST_FIT,
    /** The smallest hole that fits, the lowest of equals. */
    BEST_FIT,
    /** Blocks whose size is a power of two. */
    BUDDY,
    /** A VMA virtual block, default strategy (two-level segregated fit). */
    VMA,
    /** A VMA virtual block, strategy MIN_MEMORY. */
    VMA_MIN_MEMORY,
    /** A VMA virtual block, strategy MIN_TIME. */
    VMA_MIN_TIME,
    /** A VMA virtual block, strategy MIN_OFFSET. */
    VMA_MIN_OFFSET;

    /** What every capacity is a multiple of, in bytes. */
    public static final long PAGE = 4096;

    /** The most pages that the pool's own allocator divides. */
    private static final long MOST_OWN_PAGES = 1L << 25;

    /** The largest capacity that any policy is asked for, in bytes: far above all memory, far below what overflows. */
    public static final long MOST_BYTES = 1L << 50;

    /**
     * A range that is all free.
     *
     * @param capacity its size in bytes, a multiple of {@link #PAGE}, above 0, up to {@link #mostBytes}
     * @throws UnsupportedOperationException if the policy is native code that does not run here
     */
    public Placement open(long capacity) {
        return switch (this) {
            case OURS -> new OwnPlacement(capacity);
            case FIRST_FIT -> new FirstFit(capacity);
            case BEST_FIT -> new BestFit(capacity);
            case BUDDY -> new Buddy(capacity);
            case VMA -> new VmaPlacement(capacity, VmaBlock.DEFAULT);
            case VMA_MIN_MEMORY -> new VmaPlacement(capacity, VmaBlock.MIN_MEMORY);
            case VMA_MIN_TIME -> new VmaPlacement(capacity, VmaBlock.MIN_TIME);
            case VMA_MIN_OFFSET -> new VmaPlacement(capacity, VmaBlock.MIN_OFFSET);
        };
    }

    /** The largest capacity in bytes: 128 GiB for the pool's own allocator, {@link #MOST_BYTES} for all others. */
    public long mostBytes() {
        return this == OURS ? MOST_OWN_PAGES * PAGE : MOST_BYTES;
    }

    /** The name on the command line, such as {@code first-fit}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The policy with that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Policy named(String label) {
        for (Policy policy : values()) {
            if (policy.label().equals(label)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("there is no policy '" + label + "'; there are " + labels());
    }

    /** All names, separated by commas. */
    public static String labels() {
        return Arrays.stream(values()).map(Policy::label).collect(Collectors.joining(", "));
    }
}
