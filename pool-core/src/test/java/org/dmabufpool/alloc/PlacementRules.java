// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * What a placement of whole pages promises, by naive means: which requests it serves, and what is the largest of them.
 *
 * @param unit bytes of a page
 */
record PlacementRules(Placement placement, long unit) {

    static PlacementRules of(AllocatorLayout layout) {
        return new PlacementRules(layout.placement(), layout.extentUnit());
    }

    private boolean blocks() {
        return placement == Placement.BUDDY;
    }

    /** Bytes reserved for a request of so many bytes. */
    long reserved(long bytes) {
        long size = unit;
        while (size < bytes) {
            size += blocks() ? size : unit;
        }
        return size;
    }

    /** What a run of so many bytes begins on a multiple of, of itself. */
    long alignment(long reserved) {
        return blocks() ? reserved : unit;
    }

    /** Whether a request is to be served by what the live intervals leave free. */
    boolean fits(IntervalMap map, long bytes, long alignment) {
        long reserved = reserved(bytes);
        return map.fits(reserved, Math.max(alignment, alignment(reserved)));
    }

    /** The most bytes that a request gets of what the live intervals leave free. */
    long largest(IntervalMap map) {
        long longest = map.holes().stream().mapToLong(hole -> hole[1]).max().orElse(0);
        if (!blocks()) {
            return longest;
        }
        long size = Long.highestOneBit(longest);
        while (size >= unit && !map.fits(size, size)) {
            size /= 2;
        }
        return size < unit ? 0 : size;
    }

    /** The most bytes that a request gets of a range of which nothing is used. */
    long largestOf(long capacity) {
        return blocks() ? Long.highestOneBit(capacity / unit) * unit : capacity;
    }
}
