// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.KIND_BITS;
import static org.dmabufpool.alloc.BlockTable.KIND_MASK;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.RUN;
import static org.dmabufpool.alloc.BlockTable.SIZE;
import static org.dmabufpool.alloc.BlockTable.SLAB;
import static org.dmabufpool.alloc.BlockTable.SLOT;
import static org.dmabufpool.alloc.BlockTable.SPARE;

import java.util.Arrays;

/**
 * Serves what is smaller than a page: a slab is a run of 1 to 8 pages cut into equal slots.
 *
 * <p>Not safe for use by many threads. Sizes and positions are bytes unless a name says otherwise.
 *
 * <p><b>Classes.</b> Slot sizes are the multiples of one line: the granule, but at least a 64th of a page. A class's
 * slabs have the fewest pages that leave at most a 16th unused, else {@value #MOST_PAGES}; they have at most 64
 * slots, so that one word tells the free ones.
 *
 * <p><b>Blocks.</b> A slab's pages are a block of kind SLAB whose SPARE is the slab's number. A live slot is a block of
 * kind SLOT: OFFSET and SIZE count lines, BEFORE is the slot's place in its slab.
 *
 * <p><b>Lists.</b> A class's slabs with free slots are linked, the latest first, but for those in the range held for a
 * request. A slab is made when its class has none, and its pages go back when its last slot is freed.
 */
final class SlabTier extends Margin {

    private static final int MOST_SLOTS = Long.SIZE;
    private static final int MOST_PAGES = 8;
    /** A class is content with a number of pages that leaves at most this part of the slab unused. */
    private static final int UNUSED_PART = 16;

    private static final int NO_SLAB = -1;
    private static final int FIRST_SLABS = 16;

    private final BlockTable blocks;
    private final Extents extents;
    private final int lineShift;
    /** Binary logarithm of the lines of a page. */
    private final int pageLines;

    private final int[] pagesOfClass;
    private final int[] slotsOfClass;

    /** For each class: the first of its slabs that have a free slot, or {@link #NO_SLAB}. */
    private final int[] heads;
    /** Bit c is set if class c has a slab with a free slot. */
    private long openClasses;

    // One entry per slab; unused entries are linked through next.
    private int[] blockOf = new int[FIRST_SLABS];
    private int[] classOf = new int[FIRST_SLABS];
    private long[] freeSlots = new long[FIRST_SLABS];
    /** Slots that wait in stripes; noted while the allocator answers a question, else 0. */
    private long[] waitingSlots = new long[FIRST_SLABS];

    private int[] next = new int[FIRST_SLABS];
    private int[] previous = new int[FIRST_SLABS];
    private int unused = NO_SLAB;
    private int entries;

    /**
     * @param extents where slabs get their pages
     * @param lineShift binary logarithm of the bytes of a line
     * @param pageLines binary logarithm of the lines of a page, at most 6
     */
    SlabTier(BlockTable blocks, Extents extents, int lineShift, int pageLines) {
        this.blocks = blocks;
        this.extents = extents;
        this.lineShift = lineShift;
        this.pageLines = pageLines;
        int classes = 1 << pageLines;
        pagesOfClass = new int[classes];
        slotsOfClass = new int[classes];
        heads = new int[classes];
        Arrays.fill(heads, NO_SLAB);
        for (int slotClass = 1; slotClass < classes; slotClass++) {
            chooseSlab(slotClass, classes);
        }
    }

    /** Doubles the pages until little is left unused; what is still unused then is the least of all. */
    private void chooseSlab(int slotClass, int linesPerPage) {
        for (int count = 1; count <= MOST_PAGES; count *= 2) {
            int lines = count * linesPerPage;
            int slots = lines / slotClass;
            if (slots > MOST_SLOTS) {
                return;
            }
            pagesOfClass[slotClass] = count;
            slotsOfClass[slotClass] = slots;
            if ((lines - slots * slotClass) * UNUSED_PART <= lines) {
                return;
            }
        }
    }

    /** Size of the slots that serve {@code size} bytes, which are at most a page. */
    long slotSize(long size) {
        return ((size + (1L << lineShift) - 1) >>> lineShift) << lineShift;
    }

    /**
     * Takes a slot.
     *
     * @param slotSize a slot size
     * @return its block, or {@link BlockTable#NONE} if no slot of this size is free and no pages are for a slab
     */
    int allocate(long slotSize) {
        int slotClass = (int) (slotSize >>> lineShift);
        int slab = heads[slotClass];
        if (slab == NO_SLAB) {
            slab = create(slotClass);
            if (slab == NO_SLAB) {
                return NONE;
            }
        }
        return takeSlot(slab);
    }

    /** Takes a slot of a larger class if one is free whose offset suits the alignment, or {@link BlockTable#NONE}. */
    int allocateLarger(long slotSize, long alignment) {
        long least = slotSize >>> lineShift;
        long larger = least < heads.length ? openClasses & (-1L << least) : 0;
        for (; larger != 0; larger &= larger - 1) {
            int slotClass = Long.numberOfTrailingZeros(larger);
            if ((((long) slotClass << lineShift) & (alignment - 1)) == 0) {
                return takeSlot(heads[slotClass]);
            }
        }
        return NONE;
    }

    private int takeSlot(int slab) {
        long before = freeSlots[slab];
        int slot = Long.numberOfTrailingZeros(before);
        long after = before & (before - 1);
        freeSlots[slab] = after;
        if (after == 0) {
            unlink(slab);
        }
        int block = blocks.add();
        int[] table = blocks.words();
        int at = block << RECORD;
        int slotClass = classOf[slab];
        table[at + OFFSET] = firstLine(table, slab) + slot * slotClass;
        table[at + SIZE] = slotClass;
        table[at + BEFORE] = slot;
        table[at + KIND] = (slab << KIND_BITS) | SLOT;
        return block;
    }

    private int firstLine(int[] table, int slab) {
        return table[(blockOf[slab] << RECORD) + OFFSET] << pageLines;
    }

    /** Size of the largest free slot, or 0. */
    long largestFree() {
        return openClasses == 0 ? 0 : (long) (MOST_SLOTS - 1 - Long.numberOfLeadingZeros(openClasses)) << lineShift;
    }

    /** Gives a live slot back by its block. */
    void free(int block) {
        int[] table = blocks.words();
        int at = block << RECORD;
        int slab = table[at + KIND] >>> KIND_BITS;
        long before = freeSlots[slab];
        long after = before | (1L << table[at + BEFORE]);
        freeSlots[slab] = after;
        blocks.remove(block);
        if (before == 0 && !isHeld(slab)) {
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
        if (unused == NO_SLAB && entries == blockOf.length) {
            grow();
        }
        int block = extents.allocate(pagesOfClass[slotClass]);
        if (block == NONE) {
            return NO_SLAB;
        }
        int slab = newEntry();
        blockOf[slab] = block;
        classOf[slab] = slotClass;
        freeSlots[slab] = allSlots(slotClass);
        int[] table = blocks.words();
        table[(block << RECORD) + KIND] += SLAB - RUN;
        table[(block << RECORD) + SPARE] = slab;
        link(slab);
        return slab;
    }

    private void release(int slab) {
        if (!isHeld(slab)) {
            unlink(slab);
        }
        next[slab] = unused;
        unused = slab;
        int block = blockOf[slab];
        blocks.words()[(block << RECORD) + KIND] -= SLAB - RUN;
        extents.free(block);
    }

    private boolean isHeld(int slab) {
        return extents.isHeld(blockOf[slab]);
    }

    /** Hands out no more slots of a slab, told by its block, that lies in the range held for a request; or does so again. */
    void setHeld(int block, boolean held) {
        int slab = blocks.get(block, SPARE);
        if (freeSlots[slab] == 0) {
            return;
        }
        if (held) {
            unlink(slab);
        } else {
            link(slab);
        }
    }

    private int newEntry() {
        if (unused != NO_SLAB) {
            int slab = unused;
            unused = next[slab];
            return slab;
        }
        return entries++;
    }

    /** Makes room for more slabs; when this throws, nothing has changed. */
    private void grow() {
        int length = 2 * blockOf.length;
        int[] newBlockOf = Arrays.copyOf(blockOf, length);
        int[] newClassOf = Arrays.copyOf(classOf, length);
        long[] newFreeSlots = Arrays.copyOf(freeSlots, length);
        long[] newWaitingSlots = Arrays.copyOf(waitingSlots, length);
        int[] newNext = Arrays.copyOf(next, length);
        previous = Arrays.copyOf(previous, length);
        next = newNext;
        freeSlots = newFreeSlots;
        waitingSlots = newWaitingSlots;
        classOf = newClassOf;
        blockOf = newBlockOf;
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

    /** The block of the slab that a slot is cut from. */
    int blockOfSlot(int slot) {
        return blockOf[blocks.get(slot, KIND) >>> KIND_BITS];
    }

    /** Notes, or forgets, that a slot waits. */
    void noteWaiting(int slot, boolean waits) {
        int slab = blocks.get(slot, KIND) >>> KIND_BITS;
        long bit = 1L << blocks.get(slot, BEFORE);
        waitingSlots[slab] = waits ? waitingSlots[slab] | bit : waitingSlots[slab] & ~bit;
    }

    private long freeOrWaiting(int block) {
        int slab = blocks.get(block, SPARE);
        return freeSlots[slab] | waitingSlots[slab];
    }

    /** Whether every slot of a slab, told by its block, is free or waits. */
    boolean isEmpty(int block) {
        return freeOrWaiting(block) == allSlots(classOf[blocks.get(block, SPARE)]);
    }

    /** Pages of a slab of a class. */
    int pagesOf(int slotClass) {
        return pagesOfClass[slotClass];
    }

    /** Counts slots of a class. */
    Availability availability(int slotClass) {
        return Availability.ofSlots(pagesOfClass[slotClass], slotsOfClass[slotClass], extents.alignsRuns());
    }

    /**
     * Whether a slab serves requests of a class with its pages, once no slot waits: its slots do not serve them, or all of them
     * wait, as free ones of a larger class are taken before.
     */
    boolean becomesPages(int block, int slotClass) {
        int slab = blocks.get(block, SPARE);
        int own = classOf[slab];
        return own != slotClass && isEmpty(block) && (own < slotClass || freeSlots[slab] == 0);
    }

    /** Slots of a slab that requests of a class can be served with. */
    int freeSlots(int block, int slotClass) {
        return classOf[blocks.get(block, SPARE)] < slotClass || extents.isHeld(block)
                ? 0
                : Long.bitCount(freeOrWaiting(block));
    }

    /** Shows the slots of a slab by its block, and what is left behind the last one. */
    void forEachSlot(int block, OffsetAllocator.RegionVisitor visitor) {
        int slab = blocks.get(block, SPARE);
        long begin = (long) blocks.get(block, OFFSET) << (pageLines + lineShift);
        long slotBytes = (long) classOf[slab] << lineShift;
        int slots = slotsOfClass[classOf[slab]];
        long free = freeOrWaiting(block);
        for (int slot = 0; slot < slots; slot++) {
            visitor.region(begin + slot * slotBytes, slotBytes, ((free >>> slot) & 1) == 0);
        }
        long rest = ((long) pagesOfClass[classOf[slab]] << (pageLines + lineShift)) - slots * slotBytes;
        if (rest > 0) {
            visitor.region(begin + slots * slotBytes, rest, false);
        }
    }

    /** Each slab is one live run of pages, has a live slot, and is linked exactly if it has a free one and is not held. */
    void checkInvariants() {
        int open = 0;
        int slots = 0;
        for (int block = 1; block < blocks.end(); block++) {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            if (kind == SLAB && extents.covers(block)) {
                int slab = blocks.get(block, SPARE);
                Invariants.equal("block of slab " + slab, block, blockOf[slab]);
                checkSlab(slab);
                open += freeSlots[slab] == 0 || isHeld(slab) ? 0 : 1;
                slots += Long.bitCount(allSlots(classOf[slab]) & ~freeSlots[slab]);
            } else if (kind == SLOT && coversSlot(block)) {
                checkSlot(block);
                slots--;
            }
        }
        Invariants.equal("live slots without a block", 0, slots);
        checkLists(open);
    }

    /** Whether a slot is of a slab of this tier: others have slabs elsewhere. */
    private boolean coversSlot(int slot) {
        return extents.coversPage(blocks.get(slot, OFFSET) >>> pageLines);
    }

    private void checkSlab(int slab) {
        int slotClass = classOf[slab];
        Invariants.equal("pages of slab " + slab, pagesOfClass[slotClass], blocks.get(blockOf[slab], SIZE));
        Invariants.equal("slots beyond slab " + slab, 0, freeSlots[slab] & ~allSlots(slotClass));
        Invariants.equal("empty slab " + slab, 0, freeSlots[slab] == allSlots(slotClass) ? 1 : 0);
        Invariants.equal("slots of slab " + slab + " that are noted as waiting", 0, waitingSlots[slab]);
    }

    private void checkSlot(int block) {
        int slab = blocks.get(block, KIND) >>> KIND_BITS;
        int slot = blocks.get(block, BEFORE);
        int line = firstLine(blocks.words(), slab) + slot * classOf[slab];
        Invariants.equal("free mark of live slot " + block, 0, (freeSlots[slab] >>> slot) & 1);
        Invariants.equal("first line of slot " + block, line, blocks.get(block, OFFSET));
        Invariants.equal("lines of slot " + block, classOf[slab], blocks.get(block, SIZE));
    }

    private void checkLists(int open) {
        int linked = 0;
        for (int slotClass = 0; slotClass < heads.length; slotClass++) {
            int ahead = NO_SLAB;
            for (int slab = heads[slotClass]; slab != NO_SLAB; slab = next[slab]) {
                assert Steps.count();
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
        return blockOf.length * (4L * Integer.BYTES + 2L * Long.BYTES);
    }
}
