// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;

/**
 * Serves what is smaller than a page: a slab is a run of 1 to 8 pages cut into equal slots.
 *
 * <p>Not safe for use by many threads. Sizes and positions are bytes unless a name says otherwise.
 *
 * <p><b>Classes.</b> Slot sizes are the multiples of one unit: the granule, but at least a 64th of a page. A class's
 * slabs have the fewest pages that leave at most a 16th unused, else {@value #MOST_PAGES}; they have at most 64
 * slots, so that one word tells the free ones.
 *
 * <p><b>Lists.</b> A class's slabs with free slots are linked, the latest first. A slab is made when its
 * class has none, and its pages go back when its last slot is freed.
 */
final class SlabTier {

    /** What {@link #allocate} returns when neither a slot is free nor a slab can be made. */
    static final long NONE = -1L;

    private static final int MOST_SLOTS = Long.SIZE;
    private static final int MOST_PAGES = 8;
    /** A class is content with a number of pages that leaves at most this part of the slab unused. */
    private static final int UNUSED_PART = 16;

    private static final int NO_SLAB = -1;
    private static final int FIRST_SLABS = 16;

    private final Pages pages;
    private final int pageShift;
    private final int unitShift;
    private final int[] pagesOfClass;
    private final int[] slotsOfClass;

    /** For each class: the first of its slabs that have a free slot, or {@link #NO_SLAB}. */
    private final int[] heads;
    /** Bit c is set if class c has a slab with a free slot. */
    private long openClasses;

    private final long[] slabPages;
    private final PageTable slabAt = new PageTable();

    // One entry per slab; unused entries are linked through next.
    private int[] pageOf = new int[FIRST_SLABS];
    private int[] classOf = new int[FIRST_SLABS];
    private long[] freeSlots = new long[FIRST_SLABS];
    private int[] next = new int[FIRST_SLABS];
    private int[] previous = new int[FIRST_SLABS];
    private int unused = NO_SLAB;
    private int entries;

    SlabTier(Pages pages, int pageCount, int pageShift, int granule) {
        this.pages = pages;
        this.pageShift = pageShift;
        int unit = Math.max(granule, (1 << pageShift) / MOST_SLOTS);
        this.unitShift = Integer.numberOfTrailingZeros(unit);
        int classes = (1 << pageShift) / unit;
        pagesOfClass = new int[classes];
        slotsOfClass = new int[classes];
        heads = new int[classes];
        Arrays.fill(heads, NO_SLAB);
        for (int slotClass = 1; slotClass < classes; slotClass++) {
            chooseSlab(slotClass, classes);
        }
        slabPages = new long[Extents.chunk(pageCount) + 1];
    }

    /** Doubles the pages until little is left unused; what is still unused then is the least of all. */
    private void chooseSlab(int slotClass, int unitsPerPage) {
        for (int count = 1; count <= MOST_PAGES; count *= 2) {
            int units = count * unitsPerPage;
            int slots = units / slotClass;
            if (slots > MOST_SLOTS) {
                return;
            }
            pagesOfClass[slotClass] = count;
            slotsOfClass[slotClass] = slots;
            if ((units - slots * slotClass) * UNUSED_PART <= units) {
                return;
            }
        }
    }

    /** Size of the slots that serve {@code size} bytes, which are at most a page. */
    long slotSize(long size) {
        return ((size + (1L << unitShift) - 1) >>> unitShift) << unitShift;
    }

    /**
     * Takes a slot.
     *
     * @param slotSize a slot size
     * @return its offset, or {@link #NONE} if no slot of this size is free and no pages are for a slab
     */
    long allocate(long slotSize) {
        int slotClass = (int) (slotSize >>> unitShift);
        int slab = heads[slotClass];
        if (slab == NO_SLAB) {
            slab = create(slotClass);
            if (slab == NO_SLAB) {
                return NONE;
            }
        }
        return takeSlot(slab);
    }

    /** Takes a slot of a larger class if one is free whose offset suits the alignment, or {@link #NONE}. */
    long allocateLarger(long slotSize, long alignment) {
        long least = slotSize >>> unitShift;
        long larger = least < heads.length ? openClasses & (-1L << least) : 0;
        for (; larger != 0; larger &= larger - 1) {
            long slotClass = Long.numberOfTrailingZeros(larger);
            if (((slotClass << unitShift) & (alignment - 1)) == 0) {
                return takeSlot(heads[(int) slotClass]);
            }
        }
        return NONE;
    }

    private long takeSlot(int slab) {
        long before = freeSlots[slab];
        int slot = Long.numberOfTrailingZeros(before);
        long after = before & (before - 1);
        freeSlots[slab] = after;
        if (after == 0) {
            unlink(slab);
        }
        return ((long) pageOf[slab] << pageShift) + (((long) slot * classOf[slab]) << unitShift);
    }

    /** Size of the largest free slot, or 0. */
    long largestFree() {
        return openClasses == 0 ? 0 : (long) (MOST_SLOTS - 1 - Long.numberOfLeadingZeros(openClasses)) << unitShift;
    }

    /** Whether the page belongs to a slab. */
    boolean covers(int page) {
        return ((slabPages[Extents.chunk(page)] >>> page) & 1) != 0;
    }

    /** Size of the live slot that begins at an offset within a slab, or 0 if none does. */
    long sizeAt(long offset) {
        int slab = slabAt.get((int) (offset >>> pageShift));
        return slotAt(slab, offset) < 0 ? 0 : (long) classOf[slab] << unitShift;
    }

    /** Number of the live slot that begins there, or -1. */
    private int slotAt(int slab, long offset) {
        int within = (int) (offset - ((long) pageOf[slab] << pageShift));
        int slotBytes = classOf[slab] << unitShift;
        int slot = within / slotBytes;
        boolean live = slot * slotBytes == within
                && slot < slotsOfClass[classOf[slab]]
                && ((freeSlots[slab] >>> slot) & 1) == 0;
        return live ? slot : -1;
    }

    /** Gives the live slot that begins there back. */
    void free(long offset) {
        int slab = slabAt.get((int) (offset >>> pageShift));
        long before = freeSlots[slab];
        long after = before | (1L << slotAt(slab, offset));
        freeSlots[slab] = after;
        if (before == 0) {
            link(slab);
        }
        if (after == allSlots(classOf[slab])) {
            release(slab);
        }
    }

    private long allSlots(int slotClass) {
        return -1L >>> (MOST_SLOTS - slotsOfClass[slotClass]);
    }

    private int create(int slotClass) {
        int page = pages.allocate(pagesOfClass[slotClass], 1);
        if (page == Pages.NONE) {
            return NO_SLAB;
        }
        int slab = newEntry();
        pageOf[slab] = page;
        classOf[slab] = slotClass;
        freeSlots[slab] = allSlots(slotClass);
        for (int i = page; i < page + pagesOfClass[slotClass]; i++) {
            slabAt.put(i, slab);
            slabPages[Extents.chunk(i)] |= 1L << i;
        }
        link(slab);
        return slab;
    }

    private void release(int slab) {
        unlink(slab);
        int page = pageOf[slab];
        for (int i = page; i < page + pagesOfClass[classOf[slab]]; i++) {
            slabAt.remove(i);
            slabPages[Extents.chunk(i)] &= ~(1L << i);
        }
        next[slab] = unused;
        unused = slab;
        pages.free(page);
    }

    private int newEntry() {
        if (unused != NO_SLAB) {
            int slab = unused;
            unused = next[slab];
            return slab;
        }
        if (entries == pageOf.length) {
            grow();
        }
        return entries++;
    }

    private void grow() {
        int length = 2 * pageOf.length;
        pageOf = Arrays.copyOf(pageOf, length);
        classOf = Arrays.copyOf(classOf, length);
        freeSlots = Arrays.copyOf(freeSlots, length);
        next = Arrays.copyOf(next, length);
        previous = Arrays.copyOf(previous, length);
    }

    private void link(int slab) {
        int slotClass = classOf[slab];
        int head = heads[slotClass];
        next[slab] = head;
        previous[slab] = NO_SLAB;
        if (head != NO_SLAB) {
            previous[head] = slab;
        }
        heads[slotClass] = slab;
        openClasses |= 1L << slotClass;
    }

    private void unlink(int slab) {
        int after = next[slab];
        int ahead = previous[slab];
        if (after != NO_SLAB) {
            previous[after] = ahead;
        }
        if (ahead != NO_SLAB) {
            next[ahead] = after;
            return;
        }
        heads[classOf[slab]] = after;
        if (after == NO_SLAB) {
            openClasses &= ~(1L << classOf[slab]);
        }
    }

    /** Shows the slots of the slab that starts at {@code page}, and what is left behind the last one. */
    void forEachSlot(int page, OffsetAllocator.RegionVisitor visitor) {
        int slab = slabAt.get(page);
        long begin = (long) page << pageShift;
        long slotBytes = (long) classOf[slab] << unitShift;
        int slots = slotsOfClass[classOf[slab]];
        for (int slot = 0; slot < slots; slot++) {
            visitor.region(begin + slot * slotBytes, slotBytes, ((freeSlots[slab] >>> slot) & 1) == 0);
        }
        long rest = ((long) pagesOfClass[classOf[slab]] << pageShift) - slots * slotBytes;
        if (rest > 0) {
            visitor.region(begin + slots * slotBytes, rest, false);
        }
    }

    /** Each slab is one live run of pages, has a live slot, and is linked exactly if it has a free one. */
    void checkInvariants() {
        int slabPageCount = 0;
        int open = 0;
        for (int chunk = 0; chunk < slabPages.length; chunk++) {
            for (long rest = slabPages[chunk]; rest != 0; rest &= rest - 1) {
                int page = chunk * Extents.CHUNK + Long.numberOfTrailingZeros(rest);
                int slab = slabAt.get(page);
                slabPageCount++;
                if (pageOf[slab] == page) {
                    checkSlab(slab);
                    open += freeSlots[slab] == 0 ? 0 : 1;
                }
            }
        }
        Invariants.equal("pages with a slab", slabPageCount, slabAt.size());
        checkLists(open);
    }

    private void checkSlab(int slab) {
        int slotClass = classOf[slab];
        Invariants.equal("run of slab " + slab, pagesOfClass[slotClass], pages.sizeAt(pageOf[slab]));
        Invariants.equal("slots beyond slab " + slab, 0, freeSlots[slab] & ~allSlots(slotClass));
        Invariants.equal("empty slab " + slab, 0, freeSlots[slab] == allSlots(slotClass) ? 1 : 0);
    }

    private void checkLists(int open) {
        int linked = 0;
        for (int slotClass = 0; slotClass < heads.length; slotClass++) {
            int ahead = NO_SLAB;
            for (int slab = heads[slotClass]; slab != NO_SLAB; slab = next[slab]) {
                Invariants.equal("class of slab " + slab, slotClass, classOf[slab]);
                Invariants.equal("slab ahead of slab " + slab, ahead, previous[slab]);
                Invariants.equal("full slab " + slab, 0, freeSlots[slab] == 0 ? 1 : 0);
                ahead = slab;
                linked++;
            }
            Invariants.equal("open class " + slotClass, ahead == NO_SLAB ? 0 : 1, (openClasses >>> slotClass) & 1);
        }
        Invariants.equal("linked slabs", open, linked);
    }

    long metadataBytes() {
        return slabPages.length * (long) Long.BYTES
                + slabAt.metadataBytes()
                + pageOf.length * (4L * Integer.BYTES + Long.BYTES);
    }
}
