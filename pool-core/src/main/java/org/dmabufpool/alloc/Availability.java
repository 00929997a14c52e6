// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Counts how many parts of one size could be reserved one after the other, while it is shown all blocks in the order of
 * addresses. It follows what requests do, so the answer is exact:
 *
 * <ol>
 *   <li>Parts of the very size that wait are taken as they are.
 *   <li>Holes are used up: by runs from their beginning or their end, what is left of a hole being less than a run; or, for
 *       slots, by slabs and then by single pages, which leave nothing.
 *   <li>All else that waits becomes free, and joins what is left beside it.
 * </ol>
 *
 * <p>Where runs are blocks on multiples of their size, each such block of which all pages are free or wait is one run in the
 * end, in whatever order they are taken. Slabs are such blocks, too, and single pages use up what they leave.
 */
final class Availability {

    private final int unitPages;
    private final int unitParts;
    private final int pageParts;
    private final boolean fromEnd;
    /** Whether a unit begins on a multiple of its pages, a power of two. */
    private final boolean blocks;

    private long total;
    /** The page behind the block that was shown last. */
    private long end;
    /** Pages of the hole that is being shown. */
    private long hole;
    /** Pages that are free in one piece in the third step, up to the hole that is being shown. */
    private long open;

    private Availability(int unitPages, int unitParts, int pageParts, boolean fromEnd, boolean blocks) {
        this.unitPages = unitPages;
        this.unitParts = unitParts;
        this.pageParts = pageParts;
        this.fromEnd = fromEnd;
        this.blocks = blocks;
    }

    /** Of runs; {@code blocks} tells whether each begins on a multiple of its pages. */
    static Availability ofRuns(int pages, boolean fromEnd, boolean blocks) {
        return new Availability(pages, 1, 0, fromEnd, blocks);
    }

    /** Of slots: so many of a slab, and one of a page that is too little for a slab; {@code blocks} as above. */
    static Availability ofSlots(int slabPages, int slotsOfSlab, boolean blocks) {
        return new Availability(slabPages, slotsOfSlab, 1, false, blocks);
    }

    /** Parts of free pages in one piece, which end at {@code until}. */
    private long partsOf(long pages, long until) {
        long skipped = blocks ? (pages - until) & (unitPages - 1) : 0;
        long units = Math.max(0, pages - skipped) / unitPages;
        return units * unitParts + (pages - units * unitPages) * pageParts;
    }

    /** A hole, or a part of one: holes that are shown one after the other are one. */
    void hole(long pages) {
        hole += pages;
        end += pages;
    }

    /** A run, or pages for a slab, that is taken before any hole. */
    void taken(long pages) {
        inUse(pages, unitParts);
    }

    private void endHole() {
        if (hole == 0) {
            return;
        }
        if (pageParts == 0 && (blocks || hole < unitPages)) {
            open += hole;
        } else {
            total += partsOf(hole, end);
            long rest = pageParts == 0 ? hole % unitPages : 0;
            open += fromEnd ? rest : 0;
            close(end - hole);
            open = fromEnd ? 0 : rest;
        }
        hole = 0;
    }

    /** A run that waits, but not of the very size, or a slab of which every slot waits or is free. */
    void waiting(long pages) {
        endHole();
        open += pages;
        end += pages;
    }

    /** A block that stays in use, in which there are so many parts to be taken. */
    void inUse(long pages, long parts) {
        endHole();
        close(end);
        total += parts;
        end += pages;
    }

    private void close(long until) {
        total += partsOf(open, until);
        open = 0;
    }

    long total() {
        endHole();
        close(end);
        return total;
    }
}
