// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * How an allocator divides its range. The defaults suit cameras: 128-byte lines, pages of 4 KiB, slabs below a page,
 * buddy blocks up to 1 MiB, exact runs of pages above.
 *
 * <p>Immutable. When the granule is a page or more, as where windows are used, everything is a multiple of the granule
 * and there are no slabs.
 *
 * @param capacity size of the range in bytes: a multiple of the page and of the granule, up to 2<sup>30</sup> of the
 *     larger of the two
 * @param granule what every offset and reserved size is a multiple of, in bytes: a power of two, at most 1 GiB
 * @param pageSize unit of extents in bytes: a power of two from 64 to 1 GiB
 * @param slabLimit largest size in bytes that slots of slabs serve: 0 to below a page; 0 turns slabs off
 * @param buddyLimit largest size in bytes that buddy blocks serve: 0 to 512 pages; 0 turns them off
 * @param buddySlack bytes that may lie idle inside of buddy chunks: more of it is faster, less is tighter; below a
 *     chunk of 64 pages there are none
 */
public record AllocatorLayout(
        long capacity, long granule, long pageSize, long slabLimit, long buddyLimit, long buddySlack) {

    /** A line of the caches of all phones and boards known, and twice the usual one. */
    public static final long DEFAULT_GRANULE = 128;

    /** The page of nearly every kernel. */
    public static final long DEFAULT_PAGE_SIZE = 4096;

    private static final long LARGEST_UNIT = 1L << 30;
    private static final long SMALLEST_PAGE = 64;
    private static final long MOST_PAGES = 1L << 30;
    private static final int MOST_BUDDY_PAGES = 512;
    /** One 256th of the range may lie idle in buddy chunks. */
    private static final int SLACK_SHIFT = 8;

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
        checkRange("buddyLimit", buddyLimit, MOST_BUDDY_PAGES * unit);
        checkRange("buddySlack", buddySlack, capacity);
    }

    /** The default division of a range: granule {@value #DEFAULT_GRANULE}, page {@value #DEFAULT_PAGE_SIZE}. */
    public static AllocatorLayout ofCapacity(long capacity) {
        return of(capacity, DEFAULT_GRANULE, DEFAULT_PAGE_SIZE);
    }

    /** The default division of a range for a granule and a page size, all in bytes. */
    public static AllocatorLayout of(long capacity, long granule, long pageSize) {
        long buddyLimit = MOST_BUDDY_PAGES / 2 * Math.max(granule, pageSize);
        return new AllocatorLayout(
                capacity,
                granule,
                pageSize,
                pageSize - pageSize / 8,
                buddyLimit,
                Math.max(0, capacity) >>> SLACK_SHIFT);
    }

    /** The same with another limit of slabs, in bytes. */
    public AllocatorLayout withSlabLimit(long bytes) {
        return new AllocatorLayout(capacity, granule, pageSize, bytes, buddyLimit, buddySlack);
    }

    /** The same with another limit and slack of buddy blocks, in bytes. */
    public AllocatorLayout withBuddies(long limit, long slack) {
        return new AllocatorLayout(capacity, granule, pageSize, slabLimit, limit, slack);
    }

    /** A new allocator whose whole range is free. */
    public OffsetAllocator create() {
        return new TieredAllocator(this);
    }

    /** What extents are multiples of: the larger of page and granule, in bytes. */
    long extentUnit() {
        return Math.max(granule, pageSize);
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
