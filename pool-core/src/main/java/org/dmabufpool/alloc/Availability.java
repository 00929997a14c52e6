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
 */
final class Availability {

    private final int unitPages;
    private final int unitParts;
    private final int pageParts;
    private final boolean fromEnd;

    private long total;
    /** Pages of the hole that is being shown. */
    private long hole;
    /** Pages that are free in one piece in the third step, up to the block shown last. */
    private long open;

    private Availability(int unitPages, int unitParts, int pageParts, boolean fromEnd) {
        this.unitPages = unitPages;
        this.unitParts = unitParts;
        this.pageParts = pageParts;
        this.fromEnd = fromEnd;
    }

    /** Of runs. */
    static Availability ofRuns(int pages, boolean fromEnd) {
        return new Availability(pages, 1, 0, fromEnd);
    }

    /** Of slots: so many of a slab, and one of a page that is too little for a slab. */
    static Availability ofSlots(int slabPages, int slotsOfSlab) {
        return new Availability(slabPages, slotsOfSlab, 1, false);
    }

    private long partsOf(long pages) {
        return pages / unitPages * unitParts + pages % unitPages * pageParts;
    }

    /** A hole, or a part of one: holes that are shown one after the other are one. */
    void hole(long pages) {
        hole += pages;
    }

    /** A run, or pages for a slab, that is taken before any hole. */
    void taken() {
        inUse(unitParts);
    }

    private void endHole() {
        if (hole == 0) {
            return;
        }
        total += partsOf(hole);
        if (pageParts == 0 && hole < unitPages) {
            open += hole;
        } else {
            long rest = pageParts == 0 ? hole % unitPages : 0;
            open += fromEnd ? rest : 0;
            close();
            open = fromEnd ? 0 : rest;
        }
        hole = 0;
    }

    /** A run that waits, but not of the very size, or a slab of which every slot waits or is free. */
    void waiting(long pages) {
        endHole();
        open += pages;
    }

    /** A block that stays in use, in which there are so many parts to be taken. */
    void inUse(long parts) {
        endHole();
        close();
        total += parts;
    }

    private void close() {
        total += partsOf(open);
        open = 0;
    }

    long total() {
        endHole();
        close();
        return total;
    }
}
