// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.List;

/**
 * How an allocator divides its range. The defaults suit cameras: 128-byte lines, pages of 4 KiB, slabs below a page,
 * exact runs of pages above.
 *
 * <p>Immutable. When the granule is a page or more, as where windows are used, everything is a multiple of the granule
 * and there are no slabs.
 *
 * @param capacity size of the range in bytes: a multiple of the page and of the granule, up to 2<sup>25</sup> of the
 *     larger of the two (128 GiB where a page has 4 KiB)
 * @param granule what every offset and reserved size is a multiple of, in bytes: a power of two, at most 1 GiB
 * @param pageSize unit of extents in bytes: a power of two from 64 to 1 GiB
 * @param slabLimit largest size in bytes that slots of slabs serve: 0 to below a page; 0 turns slabs off
 * @param smallLimit a run of fewer bytes is small, and placed beside small ones: 0 to the capacity; 0 if none is
 * @param waitingLimit bytes of small parts that may wait in one stripe, to be taken again by requests of their size: 0 to the
 *     capacity; 0 if none may
 * @param placement how runs of pages are placed
 * @param budgets what requests of some kinds are sure of and may have; at most {@value Budget#MOST}
 */
public record AllocatorLayout(
        long capacity,
        long granule,
        long pageSize,
        long slabLimit,
        long smallLimit,
        long waitingLimit,
        Placement placement,
        List<Budget> budgets) {

    /** A line of the caches of all phones and boards known, and twice the usual one. */
    public static final long DEFAULT_GRANULE = 128;

    /** The page of nearly every kernel. */
    public static final long DEFAULT_PAGE_SIZE = 4096;

    private static final long LARGEST_UNIT = 1L << 30;
    private static final long SMALLEST_PAGE = 64;
    private static final long MOST_PAGES = 1L << 25;
    private static final int LINES_PER_PAGE = 64;
    /** A 256th of the range may wait in a stripe. */
    private static final int WAITING_SHIFT = 8;

    /**
     * Checks all values.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public AllocatorLayout {
        checkUnit("granule", granule, 1);
        checkUnit("pageSize", pageSize, SMALLEST_PAGE);
        long unit = Math.max(granule, pageSize);
        if (capacity < unit || capacity % unit != 0 || capacity / unit > MOST_PAGES) {
            throw new IllegalArgumentException("capacity must be 1 to " + MOST_PAGES + " times " + unit
                    + " bytes, the larger of pageSize=" + pageSize + " and granule=" + granule + ": capacity="
                    + capacity);
        }
        checkRange("slabLimit", slabLimit, pageSize - 1);
        checkRange("smallLimit", smallLimit, capacity);
        checkRange("waitingLimit", waitingLimit, capacity);
        budgets = List.copyOf(budgets);
        for (Budget budget : budgets) {
            if (budget.guaranteedBytes() > capacity) {
                throw new IllegalArgumentException("a budget cannot guarantee more than the capacity: guaranteed="
                        + budget.guaranteedBytes() + ", capacity=" + capacity);
            }
        }
        long kept = budgets.stream()
                .mapToLong(budget -> roundUp(budget.guaranteedBytes(), unit))
                .sum();
        if (budgets.size() > Budget.MOST || kept > capacity - unit) {
            throw new IllegalArgumentException(
                    "budgets must be at most " + Budget.MOST + ", and guarantee less than the"
                            + " capacity together: budgets=" + budgets.size() + ", guaranteed=" + kept
                            + " bytes, rounded up to multiples of " + unit + ", capacity=" + capacity);
        }
    }

    /** The default division of a range: granule {@value #DEFAULT_GRANULE}, page {@value #DEFAULT_PAGE_SIZE}. */
    public static AllocatorLayout ofCapacity(long capacity) {
        return of(capacity, DEFAULT_GRANULE, DEFAULT_PAGE_SIZE);
    }

    /** The default division of a range for a granule and a page size, all in bytes. */
    public static AllocatorLayout of(long capacity, long granule, long pageSize) {
        return new AllocatorLayout(
                capacity,
                granule,
                pageSize,
                pageSize - pageSize / 8,
                Placement.EXACT.smallLimit(capacity),
                Math.max(0, capacity) >>> WAITING_SHIFT,
                Placement.EXACT,
                List.of());
    }

    /** The same with another limit of slabs, in bytes. */
    public AllocatorLayout withSlabLimit(long bytes) {
        return new AllocatorLayout(capacity, granule, pageSize, bytes, smallLimit, waitingLimit, placement, budgets);
    }

    /** The same with another limit of small runs, in bytes. */
    public AllocatorLayout withSmallLimit(long bytes) {
        return new AllocatorLayout(capacity, granule, pageSize, slabLimit, bytes, waitingLimit, placement, budgets);
    }

    /** The same with another limit of what may wait, in bytes. */
    public AllocatorLayout withWaitingLimit(long bytes) {
        return new AllocatorLayout(capacity, granule, pageSize, slabLimit, smallLimit, bytes, placement, budgets);
    }

    /** The same with another way to place runs, and its limit of small ones. */
    public AllocatorLayout withPlacement(Placement newPlacement) {
        return new AllocatorLayout(
                capacity,
                granule,
                pageSize,
                slabLimit,
                newPlacement.smallLimit(capacity),
                waitingLimit,
                newPlacement,
                budgets);
    }

    /** The same with budgets: the first one has number 1. */
    public AllocatorLayout withBudgets(List<Budget> newBudgets) {
        return new AllocatorLayout(
                capacity, granule, pageSize, slabLimit, smallLimit, waitingLimit, placement, newBudgets);
    }

    /** A new allocator whose whole range is free, for one thread at a time. */
    public OffsetAllocator create() {
        return new SharedAllocator(this, false);
    }

    /** A new allocator whose whole range is free, safe for use by many threads. */
    public OffsetAllocator createShared() {
        return new SharedAllocator(this, true);
    }

    /**
     * As {@link #create()}, with planned places. Those that lie beyond the capacity are not used.
     *
     * @param places offsets in bytes, from 0 on; those of class n are at n - 1, in the order in which they are tried
     * @throws IllegalArgumentException if a place is no multiple of the page and the granule, or the placement is {@link
     *     Placement#BUDDY}
     */
    public OffsetAllocator create(long[][] places) {
        checkPlaces(places);
        return new SharedAllocator(this, false, places);
    }

    /** As {@link #create(long[][])}, safe for use by many threads. */
    public OffsetAllocator createShared(long[][] places) {
        checkPlaces(places);
        return new SharedAllocator(this, true, places);
    }

    private void checkPlaces(long[][] places) {
        if (placement == Placement.BUDDY) {
            throw new IllegalArgumentException(
                    "a plan has exact places, and blocks of powers of two lie where they must:"
                            + " drop the plan, or choose another placement than BUDDY");
        }
        for (long[] ofClass : places) {
            for (long place : ofClass) {
                if (place < 0 || place % extentUnit() != 0) {
                    throw new IllegalArgumentException("the place " + place + " of the plan is no multiple of "
                            + extentUnit() + ", the pool's page: make the plan for that page, plan --page "
                            + extentUnit());
                }
            }
        }
    }

    /**
     * Checks a request against this layout.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    void checkRequest(long size, long alignment) {
        if (size <= 0 || size > capacity) {
            throw new IllegalArgumentException(
                    "size must be 1 to the capacity of " + capacity + " bytes: size=" + size);
        }
        if (alignment <= 0 || alignment > capacity || (alignment & (alignment - 1)) != 0) {
            throw new IllegalArgumentException("alignment must be a power of two up to the capacity of " + capacity
                    + " bytes: alignment=" + alignment);
        }
    }

    private static long roundUp(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }

    /** Bytes that are kept for a budget alone. */
    long keptBytes(int budget) {
        return roundUp(budgets.get(budget - 1).guaranteedBytes(), extentUnit());
    }

    /** Bytes that no budget keeps. */
    long commonBytes() {
        long bytes = capacity;
        for (int budget = 1; budget <= budgets.size(); budget++) {
            bytes -= keptBytes(budget);
        }
        return bytes;
    }

    /** What extents are multiples of: the larger of page and granule, in bytes. */
    long extentUnit() {
        return Math.max(granule, pageSize);
    }

    /** What slots are multiples of: the granule, but at least a 64th of a page, in bytes. */
    long line() {
        return Math.max(granule, extentUnit() / LINES_PER_PAGE);
    }

    private static void checkUnit(String name, long value, long least) {
        if (value < least || value > LARGEST_UNIT || (value & (value - 1)) != 0) {
            throw new IllegalArgumentException(
                    name + " must be a power of two from " + least + " to " + LARGEST_UNIT + ": " + name + "=" + value);
        }
    }

    private static void checkRange(String name, long value, long most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(name + " must be 0 to " + most + " bytes: " + name + "=" + value);
        }
    }
}
