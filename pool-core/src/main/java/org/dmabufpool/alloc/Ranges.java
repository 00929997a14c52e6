// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.ORIGIN;
import static org.dmabufpool.alloc.BlockTable.RECORD;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of an allocator: the common one, and one for each budget that guarantees bytes.
 *
 * <pre>
 *   0                                      capacity
 *   | common            | budget 1 | budget 3 |
 * </pre>
 *
 * <p>A request with a budget is served from the range of its budget, then from the common one as long as the budget allows;
 * all others are served from the common one. A part is charged to its request's budget wherever it lies.
 *
 * <p>Not safe for use by many threads. All ranges share one table of blocks, so a part's number says nothing of its range;
 * its place does.
 */
final class Ranges extends Margin {

    private final BlockTable blocks;
    private final Tally tally = new Tally();
    private final TieredAllocator common;
    /** By the number of the budget; 0 is none. */
    private final @Nullable TieredAllocator[] kept;
    /** Where the first range of a budget begins, in bytes. */
    private final long commonBytes;
    /** Bytes that parts of a budget may have together. */
    private final long[] most;
    /** Bytes that they have; 0 of budget 0. */
    private final long[] used;
    /** How many of these lie in the budget's own range. */
    private final long[] usedKept;

    /** The request of each budget that waits, and is to be served next: what it needs of the budget is no other's. */
    private final @Nullable QueuedRequest[] claimants;

    /** @param places where requests of each class of a plan are to lie in the common range, in bytes; null for none */
    Ranges(AllocatorLayout layout, BlockTable blocks, long @Nullable [][] places) {
        List<Budget> budgets = layout.budgets();
        this.blocks = blocks;
        most = new long[budgets.size() + 1];
        used = new long[most.length];
        usedKept = new long[most.length];
        claimants = new QueuedRequest[most.length];
        kept = new TieredAllocator[most.length];
        commonBytes = layout.commonBytes();
        common = new TieredAllocator(layout, blocks, tally, 0, commonBytes, places);
        long begin = commonBytes;
        for (int budget = 1; budget < most.length; budget++) {
            most[budget] = budgets.get(budget - 1).mostBytes();
            long bytes = layout.keptBytes(budget);
            if (bytes > 0) {
                kept[budget] = new TieredAllocator(layout, blocks, tally, begin, bytes, null);
                begin += bytes;
            }
        }
    }

    /** One more than the highest number of a budget. */
    int count() {
        return most.length;
    }

    /** The range of a budget, or null if it guarantees nothing. */
    @Nullable
    TieredAllocator kept(int budget) {
        return kept[budget];
    }

    TieredAllocator common() {
        return common;
    }

    /** The range of a budget, or of all: where its requests wait for space. */
    TieredAllocator home(long size, int budget) {
        TieredAllocator own = kept[budget];
        return own == null || size > own.longest() ? common : own;
    }

    /** Bytes of the longest part that requests of a budget can be served with, ever. */
    long longest(int budget) {
        TieredAllocator own = kept[budget];
        long longest = Math.max(common.longest(), own == null ? 0 : own.longest());
        return budget == Budget.NONE ? longest : Math.min(longest, common.longestWithin(most[budget]));
    }

    Tally tally() {
        return tally;
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
        int room = blocks.largerRoom();
        if (room == blocks.room()) {
            return false;
        }
        Runnable[] replacements = new Runnable[kept.length];
        replacements[0] = common.prepareToGrow(room);
        for (int budget = 1; budget < kept.length; budget++) {
            TieredAllocator own = kept[budget];
            replacements[budget] = own == null ? () -> {} : own.prepareToGrow(room);
        }
        blocks.grow(room);
        // From here on nothing takes memory, an iterator or the reference to a method included.
        for (int i = 0; i < replacements.length; i++) {
            replacements[i].run();
        }
        return true;
    }

    /**
     * Reserves a part, for a request that has been checked; there is room for it.
     *
     * @param waiting the request, if it waits
     * @param number that of the request's size
     * @return the part, or {@link BlockTable#NONE} if no free place fits or the budget is used up
     */
    int place(long size, long alignment, int number, int kind, @Nullable QueuedRequest waiting) {
        int budget = Kind.budget(kind);
        return budget == Budget.NONE
                ? common.place(size, alignment, number, Kind.planClass(kind))
                : isUsedUp(size, budget, waiting) ? NONE : placeCharged(size, alignment, number, kind, budget);
    }

    private int placeCharged(long size, long alignment, int number, int kind, int budget) {
        TieredAllocator own = kept[budget];
        int part = own == null || size > own.longest() ? NONE : own.place(size, alignment, number, 0);
        boolean isKept = part != NONE;
        if (part == NONE && size <= common.longest()) {
            part = common.place(size, alignment, number, Kind.planClass(kind));
        }
        if (part == NONE) {
            return NONE;
        }
        long bytes = common.reservedBytes(part);
        if (used[budget] + bytes > most[budget]) {
            (isKept && own != null ? own : common).takeBack(part);
            return NONE;
        }
        used[budget] += bytes;
        usedKept[budget] += isKept ? bytes : 0;
        blocks.words()[(part << RECORD) + ORIGIN] |= budget;
        return part;
    }

    /** Whether a budget does not allow so many bytes more, for a request that may be one that waits. */
    boolean isUsedUp(long size, int budget, @Nullable QueuedRequest waiting) {
        if (budget == Budget.NONE) {
            return false;
        }
        QueuedRequest next = claimants[budget];
        long claimed = next == null || next == waiting ? 0 : common.leastReserved(next.size);
        return used[budget] + claimed + common.leastReserved(size) > most[budget];
    }

    /** Of the requests of a budget that wait, this one is to be served next. */
    void setClaimant(int budget, @Nullable QueuedRequest next) {
        claimants[budget] = next;
    }

    /**
     * Gives a live part back.
     *
     * @return bytes that were reserved
     * @throws IllegalArgumentException if there is none of that number
     */
    long free(long part) {
        if (most.length == 1) {
            return common.free(part);
        }
        int block = common.checkLive(part);
        int budget = budgetOf(block);
        TieredAllocator range = rangeOf(block);
        long bytes = range.free(part);
        if (budget != Budget.NONE) {
            used[budget] -= bytes;
            usedKept[budget] -= range == common ? 0 : bytes;
        }
        return bytes;
    }

    /** The range that a block lies in. */
    TieredAllocator rangeOf(int block) {
        long offset = common.offset(block);
        if (offset >= commonBytes) {
            for (TieredAllocator own : kept) {
                if (own != null && own.covers(offset)) {
                    return own;
                }
            }
        }
        return common;
    }

    private int budgetOf(int block) {
        return blocks.get(block, ORIGIN) & Kind.BUDGET_MASK;
    }

    /** The number of the budget that a live part is charged to. */
    int budget(int block) {
        return most.length == 1 ? Budget.NONE : budgetOf(block);
    }

    // ---- figures ----

    /** At least the bytes of the largest part that can be allocated, in any range. */
    long mostPlaceable() {
        long bytes = common.mostPlaceable();
        for (TieredAllocator own : kept) {
            bytes = Math.max(bytes, own == null ? 0 : own.mostPlaceable());
        }
        return bytes;
    }

    /** Bytes in use in the common range, those that wait in stripes included. */
    long commonUsedBytes() {
        long bytes = tally.usedBytes;
        for (long ofBudget : usedKept) {
            bytes -= ofBudget;
        }
        return bytes;
    }

    /** Free bytes in the range of a budget, which is not held for a request that waits. */
    long keptFreeBytes(int budget) {
        TieredAllocator own = kept[budget];
        return own == null ? 0 : own.capacity() - usedKept[budget] - own.heldBytes();
    }

    /** Free bytes that are held for requests that wait. */
    long heldBytes() {
        long bytes = common.heldBytes();
        for (TieredAllocator own : kept) {
            bytes += own == null ? 0 : own.heldBytes();
        }
        return bytes;
    }

    /** As {@link OffsetAllocator#availability}; all parts that wait are counted as free. */
    long availability(long size, int budget) {
        long parts = size > common.longest() ? 0 : common.availability(size);
        if (budget == Budget.NONE) {
            return parts;
        }
        TieredAllocator own = kept[budget];
        parts += own == null || size > own.longest() ? 0 : own.availability(size);
        QueuedRequest next = claimants[budget];
        long claimed = next == null ? 0 : common.leastReserved(next.size);
        return Math.min(parts, Math.max(0, most[budget] - used[budget] - claimed) / common.leastReserved(size));
    }

    List<BudgetUse> budgets() {
        List<BudgetUse> uses = new ArrayList<>(most.length);
        for (int budget = 1; budget < most.length; budget++) {
            TieredAllocator own = kept[budget];
            long guaranteed = own == null ? 0 : own.capacity();
            uses.add(new BudgetUse(guaranteed, most[budget], used[budget], guaranteed - usedKept[budget]));
        }
        return uses;
    }

    /** Shows every region once, in the order of addresses; parts that wait are free. */
    void forEachRegion(OffsetAllocator.RegionVisitor visitor) {
        common.forEachRegion(visitor);
        for (TieredAllocator own : kept) {
            if (own != null) {
                own.forEachRegion(visitor);
            }
        }
    }

    void checkInvariants() {
        long bytes = common.checkInvariants();
        for (int budget = 1; budget < kept.length; budget++) {
            TieredAllocator own = kept[budget];
            long inOwn = own == null ? 0 : own.checkInvariants();
            Invariants.equal("bytes used of those kept for budget " + budget, inOwn, usedKept[budget]);
            bytes += inOwn;
        }
        Invariants.equal("used bytes", bytes, tally.usedBytes);
        long[] charged = new long[used.length];
        common.forEachPart(part -> charged[budgetOf((int) part)] += common.reservedBytes((int) part));
        for (int budget = 1; budget < used.length; budget++) {
            Invariants.equal("bytes charged to budget " + budget, charged[budget], used[budget]);
            Invariants.equal("bytes above budget " + budget, 0, Math.max(0, used[budget] - most[budget]));
        }
    }

    long metadataBytes() {
        long bytes = blocks.metadataBytes() + common.metadataBytes();
        for (TieredAllocator own : kept) {
            bytes += own == null ? 0 : own.metadataBytes();
        }
        return bytes;
    }
}
