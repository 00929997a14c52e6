// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.AFTER;
import static org.dmabufpool.alloc.BlockTable.AGE;
import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.HELD;
import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.KIND_MASK;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.RUN;
import static org.dmabufpool.alloc.BlockTable.SIZE;
import static org.dmabufpool.alloc.BlockTable.SLAB;
import static org.dmabufpool.alloc.BlockTable.SLOT;
import static org.dmabufpool.alloc.BlockTable.SPARE;
import static org.dmabufpool.alloc.BlockTable.WAITS;

/**
 * All blocks of a range: slots of slabs below a page, exact runs of pages for the rest.
 *
 * <p>Not safe for use by many threads, but for {@link #offset}, {@link #reservedBytes} and {@link #requested} of a live part
 * that was handed to the thread.
 *
 * <p>What is below a page and finds neither a slot nor pages for a slab is served by a page of its own, then by a larger slot.
 *
 * <p><b>Parts that wait.</b> A small part may be given back and wait, in a {@link Stripe}, to be taken again as it is. Here it
 * stays in use until {@link #free}, and its record says that it waits. Small reserved sizes have numbers:
 *
 * <pre>
 * 0         any other size
 * 1 to 63   a slot of as many lines
 * 64 to 79  a run of 1 to 16 pages
 * </pre>
 */
final class TieredAllocator extends Margin {

    /** The number of all sizes that never wait. */
    static final int LARGE = 0;

    /** How many numbers of sizes there are. */
    static final int SIZES = 80;

    private static final int LINES_PER_PAGE = 64;
    private static final int MOST_WAITING_PAGES = SIZES - LINES_PER_PAGE;

    private final AllocatorLayout layout;
    private final long slabLimit;
    private final int pageShift;
    private final int lineShift;
    private final BlockTable blocks;
    private final Extents extents;
    private final SlabTier slabs;

    private long usedBytes;
    private long requestedBytes;
    private long allocations;
    private long releases;

    TieredAllocator(AllocatorLayout layout) {
        this(layout, new BlockTable());
    }

    /** @param blocks an empty table */
    TieredAllocator(AllocatorLayout layout, BlockTable blocks) {
        this.layout = layout;
        this.blocks = blocks;
        pageShift = Long.numberOfTrailingZeros(layout.extentUnit());
        lineShift = Long.numberOfTrailingZeros(layout.line());
        slabLimit = lineShift < pageShift ? layout.slabLimit() : 0;
        extents = new ExactExtents(blocks, pages(layout.capacity()), pages(layout.smallLimit()));
        slabs = new SlabTier(blocks, extents, lineShift, pageShift - lineShift);
    }

    private int pages(long bytes) {
        return (int) (bytes >>> pageShift);
    }

    private int pagesFor(long size) {
        return extents.reserved((int) ((size + (1L << pageShift) - 1) >>> pageShift));
    }

    // ---- sizes ----

    /** The number of the size that is reserved for a request, which has been checked. */
    int sizeNumber(long size, long alignment) {
        if (size <= slabLimit && alignment <= slabLimit) {
            long slotSize = slabs.slotSize(alignUp(size, alignment));
            if (slotSize <= slabLimit) {
                return (int) (slotSize >>> lineShift);
            }
        }
        int count = pagesFor(size);
        return count <= MOST_WAITING_PAGES && alignment <= 1L << pageShift ? LINES_PER_PAGE - 1 + count : LARGE;
    }

    /** The number of a live part's size. */
    int sizeNumber(int block) {
        int[] table = blocks.words();
        int size = table[(block << RECORD) + SIZE];
        if ((table[(block << RECORD) + KIND] & KIND_MASK) == SLOT) {
            return size;
        }
        return size <= MOST_WAITING_PAGES ? LINES_PER_PAGE - 1 + size : LARGE;
    }

    /** Bytes of a size that is not {@link #LARGE}. */
    long bytesOf(int number) {
        return number < LINES_PER_PAGE ? (long) number << lineShift : (long) (number - LINES_PER_PAGE + 1) << pageShift;
    }

    /** The most bytes that {@link #place} reserves. */
    long mostReserved(long size) {
        return (long) pagesFor(size) << pageShift;
    }

    private static long alignUp(long size, long alignment) {
        return (size + alignment - 1) & -alignment;
    }

    // ---- parts begin and end ----

    /** Whether the table has all records that the next request takes. */
    boolean hasRoom() {
        return blocks.hasRoom() || blocks.hasUnused();
    }

    /**
     * Makes sure that the next request finds all the records it takes, so that it fails before it changes anything or not
     * at all. The table may be replaced: no other thread may use it meanwhile.
     *
     * @return whether it does; false if there are as many blocks as can be
     */
    boolean makeRoom() {
        if (hasRoom()) {
            return true;
        }
        if (blocks.largerRoom() == blocks.room()) {
            return false;
        }
        extents.grow(blocks.largerRoom());
        return true;
    }

    /**
     * Reserves a part, for a request that has been checked; there is room for it.
     *
     * @param number that of the request's size
     * @return the part, or {@link BlockTable#NONE} if no free place fits
     */
    int place(long size, long alignment, int number) {
        int slot = number != LARGE && number < LINES_PER_PAGE ? slabs.allocate(bytesOf(number)) : NONE;
        return slot == NONE ? placePages(size, alignment) : reserve(slot, bytesOf(number), size);
    }

    private int placePages(long size, long alignment) {
        int count = pagesFor(size);
        int run = alignment <= 1L << pageShift
                ? extents.allocate(count)
                : extents.allocateAligned(count, (int) (alignment >>> pageShift));
        if (run != NONE) {
            return reserve(run, (long) count << pageShift, size);
        }
        return count == 1 && slabLimit > 0 ? placeInLargerSlot(size, alignment) : NONE;
    }

    private int placeInLargerSlot(long size, long alignment) {
        int slot = slabs.allocateLarger(slabs.slotSize(size), alignment);
        return slot == NONE ? NONE : reserve(slot, (long) blocks.get(slot, SIZE) << lineShift, size);
    }

    private int reserve(int block, long bytes, long size) {
        int[] table = blocks.words();
        int at = block << RECORD;
        table[at + SPARE] = (int) (bytes - size);
        table[at + AGE] = extents.epoch();
        usedBytes += bytes;
        requestedBytes += size;
        allocations++;
        return block;
    }

    /**
     * Gives a live part back.
     *
     * @return bytes that were reserved
     * @throws IllegalArgumentException if there is none of that number
     */
    long free(long part) {
        int[] table = blocks.words();
        int at = checkLive(table, part);
        boolean slot = (table[at + KIND] & KIND_MASK) == SLOT;
        long bytes = (long) table[at + SIZE] << (slot ? lineShift : pageShift);
        usedBytes -= bytes;
        requestedBytes -= bytes - table[at + SPARE];
        releases++;
        giveBack((int) part, slot);
        return bytes;
    }

    /** Gives a part back that waits. */
    void freeWaiting(int block) {
        usedBytes -= reservedBytes(block);
        giveBack(block, isSlot(block));
    }

    private void giveBack(int block, boolean slot) {
        if (slot) {
            slabs.free(block);
        } else {
            extents.free(block);
        }
    }

    /** Marks a live part as waiting. */
    void setWaiting(int block) {
        blocks.words()[(block << RECORD) + SPARE] = WAITS;
    }

    /** Makes a part that waits live again, for a request of so many bytes. */
    void takeAgain(int block, long reserved, long size) {
        blocks.words()[(block << RECORD) + SPARE] = (int) (reserved - size);
    }

    // ---- a range is held for a request ----

    // Nothing here takes memory: who gives space back must not fail because another waits.

    /**
     * Holds the range for a request that fits nowhere and is not for a slot or a page: such a one is served by whatever is given
     * back next.
     *
     * @param again whether to choose where parts have come and gone since the last range was chosen
     * @return whether one is held; not so either if the table is full
     */
    boolean hold(long size, long alignment, boolean again) {
        int count = pagesFor(size);
        boolean holds =
                count > 1 && hasRoom() && extents.hold(count, (int) Math.max(1, alignment >>> pageShift), again);
        if (holds) {
            setSlabsHeld(true);
        }
        return holds;
    }

    /** No range is held any more. */
    void unhold() {
        if (extents.holdsRange()) {
            setSlabsHeld(false);
            extents.unhold();
        }
    }

    private void setSlabsHeld(boolean held) {
        for (int block = extents.firstHeld(); block != NONE; block = extents.nextHeld(block)) {
            if ((blocks.get(block, KIND) & KIND_MASK) == SLAB) {
                slabs.setHeld(block, held);
            }
        }
    }

    /** Whether the request that a range is held for fits now. */
    boolean holdFits() {
        return extents.holdFits();
    }

    /** Free bytes that are held. */
    long heldBytes() {
        return (long) extents.heldPages() << pageShift;
    }

    /**
     * Joins what was given back last with its neighbours.
     *
     * @param reserved bytes of that part
     * @return at least the bytes of the largest place that came free by it
     */
    long settle(long reserved) {
        return Math.max(reserved, (long) extents.lastJoined() << pageShift);
    }

    /** At least the bytes of the largest part that can be had. */
    long mostPlaceable() {
        return Math.max((long) extents.atMostLargest() << pageShift, slabs.largestFree());
    }

    long capacity() {
        return layout.capacity();
    }

    // ---- what is known of a part ----

    /**
     * The block of a live part.
     *
     * @throws IllegalArgumentException if there is none of that number
     */
    int checkLive(long part) {
        return checkLive(blocks.words(), part) >>> RECORD;
    }

    /** Where the record of a live part begins in the table, which is looked up once: it is volatile. */
    private int checkLive(int[] table, long part) {
        if (blocks.contains(part)) {
            int at = (int) part << RECORD;
            int kind = table[at + KIND] & KIND_MASK;
            if ((kind == RUN || kind == SLOT) && table[at + SPARE] != WAITS) {
                return at;
            }
        }
        throw new IllegalArgumentException(
                "no live part has the number " + part + ": it was freed before, or is not what allocate returned");
    }

    /**
     * Bytes of a part that waits.
     *
     * @throws IllegalStateException if it does not
     */
    long waitingBytes(int block) {
        Invariants.equal("mark of part " + block + " that waits", WAITS, blocks.get(block, SPARE));
        return reservedBytes(block);
    }

    /** First byte of a live part. */
    long offset(int block) {
        return (long) blocks.get(block, OFFSET) << shift(block);
    }

    /** Bytes reserved for a part. */
    long reservedBytes(int block) {
        return (long) blocks.get(block, SIZE) << shift(block);
    }

    /** Bytes requested for a live part. */
    long requested(int block) {
        return reservedBytes(block) - blocks.get(block, SPARE);
    }

    private boolean isSlot(int block) {
        return (blocks.get(block, KIND) & KIND_MASK) == SLOT;
    }

    private int shift(int block) {
        return isSlot(block) ? lineShift : pageShift;
    }

    // ---- figures ----

    /** Bytes reserved for live parts and for those that wait. */
    long usedBytes() {
        return usedBytes;
    }

    /** Bytes requested by {@link #place}, less those of parts given back by {@link #free}. */
    long requestedBytes() {
        return requestedBytes;
    }

    long allocations() {
        return allocations;
    }

    long releases() {
        return releases;
    }

    // ---- what would be free if no part waited ----

    /** Notes, or forgets, that a slot waits, for the methods below; to be forgotten before anything else. */
    void noteWaiting(int block, boolean waits) {
        if (isSlot(block)) {
            slabs.noteWaiting(block, waits);
        }
    }

    /** Whether a block, which is no slot, is free, or would be if no part waited. */
    private boolean isFree(int block) {
        int[] table = blocks.words();
        int at = block << RECORD;
        return switch (table[at + KIND] & KIND_MASK) {
            case HOLE, HELD -> true;
            case RUN -> table[at + SPARE] == WAITS;
            case SLAB -> slabs.isEmpty(block);
            default -> false;
        };
    }

    /** Size of the largest hole or free slot, in bytes. */
    long largestFree() {
        int pending = extents.pending();
        long around = pending == NONE ? 0 : largestFreeAround(pending);
        return Math.max(around, Math.max((long) extents.largest() << pageShift, slabs.largestFree()));
    }

    /** Size of the largest place that a part that waits would be in, if no part waited, in bytes. */
    long largestFreeAround(int block) {
        int run = isSlot(block) ? slabs.blockOfSlot(block) : block;
        if (!isFree(run)) {
            return reservedBytes(block);
        }
        long count = blocks.get(run, SIZE);
        for (int next = blocks.get(run, BEFORE); isFree(next); next = blocks.get(next, BEFORE)) {
            count += blocks.get(next, SIZE);
        }
        for (int next = blocks.get(run, AFTER); isFree(next); next = blocks.get(next, AFTER)) {
            count += blocks.get(next, SIZE);
        }
        return count << pageShift;
    }

    /** As {@link OffsetAllocator#availability}; all parts that wait are counted as free. */
    long availability(long size) {
        int number = sizeNumber(size, layout.granule());
        int slotClass = number == LARGE || number >= LINES_PER_PAGE ? LINES_PER_PAGE : number;
        int pages = slotClass < LINES_PER_PAGE ? 0 : pagesFor(size);
        int unit = slotClass < LINES_PER_PAGE ? slabs.pagesOf(slotClass) : pages;
        Availability count = slotClass < LINES_PER_PAGE
                ? slabs.availability(slotClass)
                : Availability.ofRuns(pages, extents.takesEnd(pages));
        extents.forEachBlock(block -> {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            int length = blocks.get(block, SIZE);
            if (kind == HOLE || (block == extents.pending() && length != unit)) {
                count.hole(length);
            } else if (block == extents.pending()) {
                count.taken();
            } else if (extents.isHeld(block)) {
                count.inUse(0);
            } else if (kind == SLAB ? slabs.becomesPages(block, slotClass) : isFree(block) && length != pages) {
                count.waiting(length);
            } else {
                count.inUse(kind == SLAB ? slabs.freeSlots(block, slotClass) : isFree(block) ? 1 : 0);
            }
        });
        return count.total();
    }

    /** Shows every region once, in the order of addresses; parts that wait are free. */
    void forEachRegion(OffsetAllocator.RegionVisitor visitor) {
        extents.forEachBlock(block -> {
            if ((blocks.get(block, KIND) & KIND_MASK) == SLAB) {
                slabs.forEachSlot(block, visitor);
            } else {
                visitor.region(offset(block), reservedBytes(block), !isFree(block));
            }
        });
    }

    /** Shows the number of every live part once, in no order. */
    void forEachPart(OffsetAllocator.PartVisitor visitor) {
        for (int block = 1; block < blocks.end(); block++) {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            if ((kind == RUN || kind == SLOT) && blocks.get(block, SPARE) != WAITS) {
                visitor.part(block);
            }
        }
    }

    /** No byte is lost, none is in two places, and the figures follow from the blocks. */
    void checkInvariants() {
        extents.checkInvariants();
        slabs.checkInvariants();
        long bytes = 0;
        for (int block = 1; block < blocks.end(); block++) {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            boolean used = (kind == RUN || kind == SLOT) && block != extents.pending();
            bytes += used ? reservedBytes(block) : 0;
        }
        Invariants.equal("used bytes", bytes, usedBytes);
    }

    long metadataBytes() {
        return blocks.metadataBytes() + extents.metadataBytes() + slabs.metadataBytes();
    }
}
