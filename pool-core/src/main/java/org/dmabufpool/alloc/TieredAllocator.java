// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.AFTER;
import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.HELD;
import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.KIND_MASK;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.ORIGIN;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.RUN;
import static org.dmabufpool.alloc.BlockTable.SIZE;
import static org.dmabufpool.alloc.BlockTable.SLAB;
import static org.dmabufpool.alloc.BlockTable.SLOT;
import static org.dmabufpool.alloc.BlockTable.SPARE;
import static org.dmabufpool.alloc.BlockTable.SPARE_PAGES;
import static org.dmabufpool.alloc.BlockTable.WAITS;

import org.jspecify.annotations.Nullable;

/**
 * The blocks of one range: slots of slabs below a page, runs of pages for the rest. Several ranges may share one table of blocks.
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
    private final @Nullable PlannedPlaces planned;

    private final Tally tally;
    private final long begin;
    private final long bytes;

    /**
     * @param blocks the table, which other ranges may share
     * @param tally counts what all ranges hand out
     * @param begin first byte of the range
     * @param bytes its size
     * @param places where requests of each class are to lie, in bytes; null for none
     */
    TieredAllocator(
            AllocatorLayout layout,
            BlockTable blocks,
            Tally tally,
            long begin,
            long bytes,
            long @Nullable [][] places) {
        this.layout = layout;
        this.blocks = blocks;
        this.tally = tally;
        this.begin = begin;
        this.bytes = bytes;
        pageShift = Long.numberOfTrailingZeros(layout.extentUnit());
        lineShift = Long.numberOfTrailingZeros(layout.line());
        slabLimit = lineShift < pageShift ? layout.slabLimit() : 0;
        extents = layout.placement()
                .extents(blocks, pages(begin), pages(bytes), pages(Math.min(bytes, layout.smallLimit())));
        slabs = new SlabTier(blocks, extents, lineShift, pageShift - lineShift);
        planned = places == null ? null : new PlannedPlaces(places, pageShift, pages(bytes));
        if (planned != null) {
            extents.keepStarts(planned.end());
        }
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

    /** Bytes that {@link #place} reserves, unless a request of below a page finds no slot of its size. */
    long leastReserved(long size) {
        int number = sizeNumber(size, layout.granule());
        return number == LARGE ? mostReserved(size) : bytesOf(number);
    }

    /** The most bytes that {@link #place} reserves. */
    long mostReserved(long size) {
        return (long) pagesFor(size) << pageShift;
    }

    private static long alignUp(long size, long alignment) {
        return (size + alignment - 1) & -alignment;
    }

    // ---- parts begin and end ----

    /** Prepares for a table with room for so many blocks; what is returned is to be run when there is one, and takes no memory. */
    Runnable prepareToGrow(int room) {
        return extents.prepareToGrow(room);
    }

    /**
     * Reserves a part, for a request that has been checked; there is room for it.
     *
     * @param number that of the request's size
     * @param planClass that of the request among the planned places, or 0; slots have none
     * @return the part, or {@link BlockTable#NONE} if no free place fits
     */
    int place(long size, long alignment, int number, int planClass) {
        int slot = number != LARGE && number < LINES_PER_PAGE ? slabs.allocate(bytesOf(number)) : NONE;
        return slot == NONE ? placePages(size, alignment, planClass) : reserve(slot, bytesOf(number), size);
    }

    private int placePages(long size, long alignment, int planClass) {
        int count = pagesFor(size);
        int run = placePlanned(count, alignment, planClass);
        if (run != NONE) {
            return reserve(run, (long) count << pageShift, size);
        }
        run = alignment <= 1L << pageShift
                ? extents.allocate(count)
                : extents.allocateAligned(count, (int) (alignment >>> pageShift));
        if (run != NONE) {
            return reserve(run, (long) count << pageShift, size);
        }
        return count == 1 && slabLimit > 0 ? placeInLargerSlot(size, alignment) : NONE;
    }

    private int placePlanned(int count, long alignment, int planClass) {
        PlannedPlaces places = planned;
        return planClass == 0 || places == null
                ? NONE
                : places.take(extents, planClass, count, Math.max(1, (int) (alignment >>> pageShift)));
    }

    private int placeInLargerSlot(long size, long alignment) {
        int slot = slabs.allocateLarger(slabs.slotSize(size), alignment);
        return slot == NONE ? NONE : reserve(slot, (long) blocks.get(slot, SIZE) << lineShift, size);
    }

    private int reserve(int block, long bytes, long size) {
        int[] table = blocks.words();
        int at = block << RECORD;
        setSpare(table, at, bytes - size);
        table[at + ORIGIN] = extents.origin();
        tally.usedBytes += bytes;
        tally.requestedBytes += size;
        tally.allocations++;
        return block;
    }

    private void setSpare(int[] table, int at, long bytes) {
        table[at + SPARE] = (int) (bytes & ((1L << pageShift) - 1));
        table[at + SPARE_PAGES] = (int) (bytes >>> pageShift);
    }

    /** Bytes reserved for a live part and not requested. */
    private long spare(int[] table, int at) {
        return ((long) table[at + SPARE_PAGES] << pageShift) + table[at + SPARE];
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
        tally.usedBytes -= bytes;
        tally.requestedBytes -= bytes - spare(table, at);
        tally.releases++;
        giveBack((int) part, slot);
        return bytes;
    }

    /** Undoes what {@link #place} has just done. */
    void takeBack(int block) {
        tally.requestedBytes -= requested(block);
        tally.allocations--;
        freeWaiting(block);
    }

    /** Gives a part back that waits. */
    void freeWaiting(int block) {
        tally.usedBytes -= reservedBytes(block);
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
        setSpare(blocks.words(), block << RECORD, reserved - size);
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
        boolean holds = count > 1
                && (blocks.hasRoom() || blocks.hasUnused())
                && extents.hold(count, (int) Math.max(1, alignment >>> pageShift), again);
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
    long coalescePending(long reserved) {
        return Math.max(reserved, (long) extents.lastJoined() << pageShift);
    }

    /** At least the bytes of the largest part that can be allocated. */
    long mostPlaceable() {
        return Math.max((long) extents.atMostLargest() << pageShift, slabs.largestFree());
    }

    /** Bytes of the range. */
    long capacity() {
        return bytes;
    }

    /** Bytes of the longest part that can ever be allocated. */
    long longest() {
        return (long) extents.largestWithin(pages(begin), pages(bytes)) << pageShift;
    }

    /** Bytes of the longest part that reserves at most so many. */
    long longestWithin(long most) {
        int count = (int) Math.min(pages(bytes), most >>> pageShift);
        if (count > 0) {
            return (long) extents.largestWithin(0, count) << pageShift;
        }
        return Math.min(slabLimit, most) >>> lineShift << lineShift;
    }

    /** Whether a byte lies in the range. */
    boolean covers(long offset) {
        return offset >= begin && offset < begin + bytes;
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
        return reservedBytes(block) - spare(blocks.words(), block << RECORD);
    }

    private boolean isSlot(int block) {
        return (blocks.get(block, KIND) & KIND_MASK) == SLOT;
    }

    private int shift(int block) {
        return isSlot(block) ? lineShift : pageShift;
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
        int first = run;
        while (isFree(blocks.get(first, BEFORE))) {
            first = blocks.get(first, BEFORE);
        }
        int last = run;
        while (isFree(blocks.get(last, AFTER))) {
            last = blocks.get(last, AFTER);
        }
        int page = blocks.get(first, OFFSET);
        int count = blocks.get(last, OFFSET) + blocks.get(last, SIZE) - page;
        return (long) extents.largestWithin(page, count) << pageShift;
    }

    /** As {@link OffsetAllocator#availability}; all parts that wait are counted as free. */
    long availability(long size) {
        int number = sizeNumber(size, layout.granule());
        int slotClass = number == LARGE || number >= LINES_PER_PAGE ? LINES_PER_PAGE : number;
        int pages = slotClass < LINES_PER_PAGE ? 0 : pagesFor(size);
        int unit = slotClass < LINES_PER_PAGE ? slabs.pagesOf(slotClass) : pages;
        Availability count = slotClass < LINES_PER_PAGE
                ? slabs.availability(slotClass)
                : Availability.ofRuns(pages, extents.takesEnd(pages), extents.alignsRuns());
        count.inUse(pages(begin), 0);
        extents.forEachBlock(block -> {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            int length = blocks.get(block, SIZE);
            if (kind == HOLE || (block == extents.pending() && length != unit)) {
                count.hole(length);
            } else if (block == extents.pending()) {
                count.taken(length);
            } else if (extents.isHeld(block)) {
                count.inUse(length, 0);
            } else if (kind == SLAB ? slabs.becomesPages(block, slotClass) : isFree(block) && length != pages) {
                count.waiting(length);
            } else {
                count.inUse(length, kind == SLAB ? slabs.freeSlots(block, slotClass) : isFree(block) ? 1 : 0);
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

    /** Shows the number of every live part of all ranges once, in no order. */
    void forEachPart(OffsetAllocator.PartVisitor visitor) {
        for (int block = 1; block < blocks.end(); block++) {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            if ((kind == RUN || kind == SLOT) && blocks.get(block, SPARE) != WAITS) {
                visitor.part(block);
            }
        }
    }

    /** No byte is lost, none is in two places; bytes reserved for live parts of this range and for those that wait. */
    long checkInvariants() {
        extents.checkInvariants();
        slabs.checkInvariants();
        long sum = 0;
        for (int block = 1; block < blocks.end(); block++) {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            boolean used = (kind == RUN || kind == SLOT) && block != extents.pending() && covers(offset(block));
            sum += used ? reservedBytes(block) : 0;
        }
        return sum;
    }

    long metadataBytes() {
        return extents.metadataBytes() + slabs.metadataBytes() + (planned == null ? 0 : planned.metadataBytes());
    }
}
