// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * How runs of whole pages are placed in the range. What is below a page lies in slabs with each of them, and none keeps back
 * space from a request that it could serve.
 *
 * <p>{@code replay TRACE… --placements} says which of them serves an application's own recordings in the smallest pool.
 */
public enum Placement {

    /**
     * Runs of just as many pages as are needed. Large ones come from the lowest eighth of the range that has a hole for them,
     * those below a 40th of the range from the highest; there the smallest hole that is large enough is taken. The default:
     * it is the best, or near it, for each kind of use that was tried, but for one.
     */
    EXACT(3, 40),

    /**
     * Runs of just as many pages as are needed, all from the lowest 64th of the range that has a hole for them. For sizes and
     * lifetimes without any order.
     */
    FIRST_FIT(6, 0),

    /**
     * Blocks whose size is a power of two of pages, and that begin on a multiple of their size. For devices that want that: an
     * IOMMU that maps large blocks, tiled formats. A request reserves up to twice its size, and the largest one that can be
     * served at all is the largest power of two up to the capacity; a pool is to be a third to two thirds larger than with
     * {@link #EXACT}.
     */
    BUDDY(0, 0);

    private final int regionBits;
    private final int smallShare;

    /**
     * @param regionBits binary logarithm of the number of regions
     * @param smallShare a run is small below this part of the range; 0 if none is
     */
    Placement(int regionBits, int smallShare) {
        this.regionBits = regionBits;
        this.smallShare = smallShare;
    }

    /** The limit below which runs are small in a range, both in bytes. */
    long smallLimit(long capacity) {
        return smallShare == 0 ? 0 : Math.max(0, capacity) / smallShare;
    }

    /**
     * A range that is all free.
     *
     * @param blocks the table, which other ranges may share
     * @param firstPage where the range begins
     * @param pages how many there are
     * @param smallLimit a run of fewer pages is small
     */
    Extents extents(BlockTable blocks, int firstPage, int pages, int smallLimit) {
        return this == BUDDY
                ? new BuddyExtents(blocks, firstPage, pages, smallLimit, regionBits)
                : new ExactExtents(blocks, firstPage, pages, smallLimit, regionBits);
    }
}
