// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

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

/**
 * The tiers behind one face: slots of slabs below a page, runs from chunks above, exact extents for the rest.
 *
 * <p>Not safe for use by many threads, but for {@link #offset}, {@link #reserved} and {@link #requested} of a live part
 * that was handed to the thread.
 *
 * <p>A request that its own tier cannot serve is served by any that can: what is below a page by a page of its own, then
 * by a larger slot; a small run by the extents; a larger one by a chunk. So {@link #largestFree} is the
 * largest part that is free in any tier.
 *
 * <p>Among several that share a range, each has a territory of its own, in one or more pieces, and may have none.
 */
final class TieredAllocator extends Margin implements OffsetAllocator {

    private final AllocatorLayout layout;
    private final long slabLimit;
    private final int pageShift;
    private final int lineShift;
    private final BlockTable blocks = new BlockTable();
    private final RunTiers runs;
    private final SlabTier slabs;

    private long territory;
    private long usedBytes;
    private long requestedBytes;
    private long peakUsedBytes;
    private long allocations;
    private long releases;

    /** @param all whether the whole range is its own; else it has no territory yet */
    TieredAllocator(AllocatorLayout layout, boolean all) {
        this.layout = layout;
        pageShift = Long.numberOfTrailingZeros(layout.extentUnit());
        lineShift = Long.numberOfTrailingZeros(layout.line());
        slabLimit = lineShift < pageShift ? layout.slabLimit() : 0;
        runs = new RunTiers(blocks, pages(layout.capacity()), pages(layout.smallRunLimit()), pages(layout.slack()));
        slabs = new SlabTier(blocks, runs, lineShift, pageShift - lineShift);
        if (all) {
            addTerritory(0, layout.capacity());
        }
    }

    private int pages(long bytes) {
        return (int) (bytes >>> pageShift);
    }

    @Override
    public long allocate(long size, long alignment) {
        layout.checkRequest(size, alignment);
        long part = place(size, alignment);
        return part == NO_SPACE && freeBytes() >= size ? FRAGMENTED : part;
    }

    /** As {@link #allocate}, for a request that has been checked, and without saying which failure it is. */
    long place(long size, long alignment) {
        if (!blocks.hasRoom() && !runs.makeRoom()) {
            return NO_SPACE;
        }
        if (size <= slabLimit && alignment <= slabLimit) {
            long slotSize = slabs.slotSize(alignUp(size, alignment));
            if (slotSize <= slabLimit) {
                return placeSmall(size, slotSize, alignment);
            }
        }
        return placePages(size, alignment);
    }

    private long placeSmall(long size, long slotSize, long alignment) {
        int slot = slabs.allocate(slotSize);
        return slot == NONE ? placePages(size, alignment) : reserve(slot, slotSize, size);
    }

    private long placePages(long size, long alignment) {
        int count = (int) ((size + (1L << pageShift) - 1) >>> pageShift);
        int run = alignment <= 1L << pageShift
                ? runs.allocate(count)
                : runs.allocateAligned(count, (int) (alignment >>> pageShift));
        if (run != NONE) {
            return reserve(run, (long) count << pageShift, size);
        }
        return count == 1 && slabLimit > 0 ? placeInLargerSlot(size, alignment) : NO_SPACE;
    }

    private long placeInLargerSlot(long size, long alignment) {
        int slot = slabs.allocateLarger(slabs.slotSize(size), alignment);
        return slot == NONE ? NO_SPACE : reserve(slot, (long) blocks.get(slot, SIZE) << lineShift, size);
    }

    private long reserve(int block, long bytes, long size) {
        blocks.words()[(block << RECORD) + SPARE] = (int) (bytes - size);
        usedBytes += bytes;
        requestedBytes += size;
        allocations++;
        peakUsedBytes = Math.max(peakUsedBytes, usedBytes);
        return block;
    }

    @Override
    public long free(long part) {
        int[] table = blocks.words();
        int at = checkPart(table, part);
        boolean slot = (table[at + KIND] & KIND_MASK) == SLOT;
        long bytes = (long) table[at + SIZE] << (slot ? lineShift : pageShift);
        usedBytes -= bytes;
        requestedBytes -= bytes - table[at + SPARE];
        releases++;
        if (slot) {
            slabs.free((int) part);
        } else {
            runs.free((int) part);
        }
        return bytes;
    }

    @Override
    public long offset(long part) {
        int[] table = blocks.words();
        int at = checkPart(table, part);
        return (long) table[at + OFFSET] << shift(table[at + KIND]);
    }

    @Override
    public long reserved(long part) {
        int[] table = blocks.words();
        int at = checkPart(table, part);
        return (long) table[at + SIZE] << shift(table[at + KIND]);
    }

    @Override
    public long requested(long part) {
        return reserved(part) - blocks.get((int) part, SPARE);
    }

    private int shift(int kind) {
        return (kind & KIND_MASK) == SLOT ? lineShift : pageShift;
    }

    /** Where the record of a live part begins in the table, which is looked up once: it is volatile. */
    private int checkPart(int[] table, long part) {
        if (blocks.contains(part)) {
            int at = (int) part << RECORD;
            int kind = table[at + KIND] & KIND_MASK;
            if (kind == RUN || kind == SLOT) {
                return at;
            }
        }
        throw notLive(part);
    }

    static IllegalArgumentException notLive(long part) {
        return new IllegalArgumentException(
                "no live part has the number " + part + ": it was freed before, or is not what allocate returned");
    }

    private static long alignUp(long size, long alignment) {
        return (size + alignment - 1) & -alignment;
    }

    @Override
    public long capacity() {
        return layout.capacity();
    }

    @Override
    public AllocatorTotals totals() {
        return new AllocatorTotals(
                layout.capacity(), usedBytes, requestedBytes, peakUsedBytes, largestFree(), allocations, releases);
    }

    /** Bytes of the territory that are not reserved for any live part. */
    long freeBytes() {
        return territory - usedBytes;
    }

    /** Bytes reserved for live parts. */
    long usedBytes() {
        return usedBytes;
    }

    /** Bytes that were asked for when the live parts were reserved. */
    long requestedBytes() {
        return requestedBytes;
    }

    /** The most bytes that were reserved since {@link #resetPeak}. */
    long peakUsedBytes() {
        return peakUsedBytes;
    }

    void resetPeak() {
        peakUsedBytes = usedBytes;
    }

    long allocations() {
        return allocations;
    }

    long releases() {
        return releases;
    }

    /** The largest part that is free in any tier. */
    long largestFree() {
        return Math.max((long) runs.largestFree() << pageShift, slabs.largestFree());
    }

    @Override
    public void forEachRegion(RegionVisitor visitor) {
        runs.settledExtents().forEachRun(block -> {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            if (kind == SLAB) {
                slabs.forEachSlot(block, visitor);
            } else {
                long offset = (long) blocks.get(block, OFFSET) << pageShift;
                visitor.region(offset, (long) blocks.get(block, SIZE) << pageShift, kind != HOLE);
            }
        });
    }

    @Override
    public void forEachPart(PartVisitor visitor) {
        for (int block = 1; block < blocks.end(); block++) {
            int kind = blocks.get(block, KIND) & KIND_MASK;
            if (kind == RUN || kind == SLOT) {
                visitor.part(block);
            }
        }
    }

    /** Makes sure that {@link #addTerritory} cannot fail; whether it would find room. */
    boolean makeRoom() {
        return runs.makeRoom();
    }

    /** Adds pages to the territory that adjoin no hole of it. */
    void addTerritory(long offset, long bytes) {
        runs.settledExtents().addRange(pages(offset), pages(bytes));
        territory += bytes;
    }

    /** Makes a hole at the end of a piece of the territory, and so the piece, larger. */
    void extendTerritory(int hole, long bytes) {
        runs.settledExtents().extend(hole, pages(bytes));
        territory += bytes;
    }

    /** Takes the last bytes of a hole, or all of them, out of the territory. */
    void withdrawTerritory(int hole, long bytes) {
        runs.settledExtents().withdraw(hole, pages(bytes));
        territory -= bytes;
    }

    /** Whether nothing was ever its own, or all has been withdrawn. */
    boolean hasNoTerritory() {
        return territory == 0;
    }

    /** The largest hole outside of chunks, or {@link BlockTable#NONE}. */
    int largestHole() {
        return runs.largestHole();
    }

    /** First byte of a hole. */
    long holeOffset(int hole) {
        return (long) blocks.get(hole, OFFSET) << pageShift;
    }

    /** Bytes of a hole. */
    long holeBytes(int hole) {
        return (long) blocks.get(hole, SIZE) << pageShift;
    }

    /** Shows the holes that a piece of the territory begins or ends with. */
    void forEachHoleAtBorder(BorderVisitor visitor) {
        Extents extents = runs.settledExtents();
        for (int block = 1; block < blocks.end(); block++) {
            if (blocks.get(block, KIND) == HOLE) {
                if (extents.beginsRange(block) || extents.endsRange(block)) {
                    visitor.hole(block);
                }
            }
        }
    }

    /** Is shown holes at borders. */
    @FunctionalInterface
    interface BorderVisitor {
        void hole(int hole);
    }

    /** No byte is lost, none is in two places, and when nothing is live each piece of the territory is one hole. */
    void checkInvariants() {
        runs.checkInvariants();
        slabs.checkInvariants();
        long[] sums = new long[4];
        forEachRegion((offset, length, live) -> {
            Invariants.equal("overlap of the region at " + offset, 0, offset < sums[0] ? 1 : 0);
            sums[0] = offset + length;
            sums[1] += length;
            sums[2] += live ? length : 0;
            sums[3] += live ? 1 : 0;
        });
        Invariants.equal("bytes of all regions", territory, sums[1]);
        Invariants.equal("used bytes", sums[2], usedBytes);
        Invariants.equal("live parts", sums[3], allocations - releases);
        long[] parts = new long[2];
        forEachPart(part -> {
            parts[0]++;
            parts[1] += requested(part);
        });
        Invariants.equal("parts with a number", allocations - releases, parts[0]);
        Invariants.equal("requested bytes", parts[1], requestedBytes);
        if (allocations == releases) {
            long[] holes = new long[1];
            forEachHoleAtBorder(hole -> holes[0] += holeBytes(hole));
            Invariants.equal("bytes of holes at borders, when nothing is live", territory, holes[0]);
        }
    }

    @Override
    public long metadataBytes() {
        return blocks.metadataBytes() + runs.metadataBytes() + slabs.metadataBytes();
    }
}
