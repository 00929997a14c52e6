// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.dmabufpool.PlacementPlan;
import org.dmabufpool.alloc.Placement;
import org.jspecify.annotations.Nullable;

/** The policies that can be asked for by name. */
public enum Policy {
    /** The pool's own allocator, as the pool divides it by default. */
    OURS(Placement.EXACT),
    /** The pool's own allocator with that placement. */
    OURS_FIRST_FIT(Placement.FIRST_FIT),
    /** The pool's own allocator with that placement. */
    OURS_BUDDY(Placement.BUDDY),
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

    private final @Nullable Placement placement;

    Policy() {
        this(null);
    }

    Policy(@Nullable Placement placement) {
        this.placement = placement;
    }

    /** The pool's own allocator with a placement. */
    public static Policy of(Placement placement) {
        return switch (placement) {
            case EXACT -> OURS;
            case FIRST_FIT -> OURS_FIRST_FIT;
            case BUDDY -> OURS_BUDDY;
        };
    }

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
    public Placer open(long capacity) {
        return open(capacity, null);
    }

    /**
     * As {@link #open(long)}, with a plan.
     *
     * @param plan where parts are to lie; null for none, and for all policies but {@link #OURS}
     */
    public Placer open(long capacity, @Nullable PlacementPlan plan) {
        return switch (this) {
            case OURS, OURS_FIRST_FIT, OURS_BUDDY -> new OwnPlacer(capacity, Objects.requireNonNull(placement), plan);
            case FIRST_FIT -> new FirstFit(capacity);
            case BEST_FIT -> new BestFit(capacity);
            case BUDDY -> new Buddy(capacity);
            case VMA -> new VmaPlacer(capacity, VmaBlock.DEFAULT);
            case VMA_MIN_MEMORY -> new VmaPlacer(capacity, VmaBlock.MIN_MEMORY);
            case VMA_MIN_TIME -> new VmaPlacer(capacity, VmaBlock.MIN_TIME);
            case VMA_MIN_OFFSET -> new VmaPlacer(capacity, VmaBlock.MIN_OFFSET);
        };
    }

    /** The largest capacity in bytes: 128 GiB for the pool's own allocator, {@link #MOST_BYTES} for all others. */
    public long mostBytes() {
        return placement != null ? MOST_OWN_PAGES * PAGE : MOST_BYTES;
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
