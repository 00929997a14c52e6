// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;

/**
 * Serves runs of pages from chunks of 64 units by the buddy rule: a run starts on a multiple of its order's size.
 *
 * <p>Not safe for use by many threads. A unit is a power of two of pages; sizes and positions are numbers of pages
 * unless a name says units.
 *
 * <p><b>Layout.</b> Two words side by side per chunk, one bit per unit: {@code starts} marks where live runs begin,
 * {@code free} the units of none. A run lasts up to the next bit of either. Buddies need no merging, as neighbouring
 * bits are neighbours, and the units of a block that a run does not fill stay free for lower orders:
 *
 * <pre>
 * units    0  1  2  3  4  5  6  7  8 ...
 * runs     [ 3 units ]  .  [1]  .  .  .  .
 * starts   1  0  0  0  1  0  0  0  0 ...
 * free     0  0  0  1  0  1  1  1  1 ...
 * </pre>
 *
 * <p>{@code spare} holds, for the first unit of a run, the pages that the last one has and the run does not need; they
 * count as idle.
 */
final class BuddyTier {

    /** What {@link #allocate} returns when no block is free. */
    static final int NONE = Extents.NONE;

    /** Units per chunk: the bits of one word. */
    static final int UNITS = Long.SIZE;

    private static final int UNITS_SHIFT = 6;
    private static final int ORDERS = 7;
    private static final long ALL_FREE = -1L;

    // For each order: bits at multiples of its size.
    private static final long EVERY_2 = 0x5555555555555555L;
    private static final long EVERY_4 = 0x1111111111111111L;
    private static final long EVERY_8 = 0x0101010101010101L;
    private static final long EVERY_16 = 0x0001000100010001L;
    private static final long EVERY_32 = 0x0000000100000001L;
    private static final long[] ALIGNED = {-1L, EVERY_2, EVERY_4, EVERY_8, EVERY_16, EVERY_32, 1L};

    private final int unitShift;
    /** For each chunk: its starts, then its free units. */
    private final long[] words;
    /** For each chunk: the order of its largest free block, or {@link #NONE}. */
    private final byte[] orders;
    /** For each order: the chunks whose largest free block is of it. */
    private final IndexSets chunks;

    private final byte[] spare;

    private int idlePages;

    /**
     * @param pages how many there are in all
     * @param unitShift binary logarithm of the pages of a unit, 0 to 6
     */
    BuddyTier(int pages, int unitShift) {
        this.unitShift = unitShift;
        int length = chunk(pages) + 1;
        words = new long[2 * length];
        orders = new byte[length];
        Arrays.fill(orders, (byte) NONE);
        chunks = new IndexSets(ORDERS, length);
        spare = new byte[unitShift == 0 ? 0 : length * UNITS];
    }

    private int chunk(int page) {
        return page >>> (unitShift + UNITS_SHIFT);
    }

    /** Pages of a chunk, which are also those of the largest block. */
    int chunkPages() {
        return UNITS << unitShift;
    }

    /** Pages of chunks that are in no live run. */
    int idlePages() {
        return idlePages;
    }

    /** Pages of the largest free block, or 0. */
    int largestBlock() {
        long orders = chunks.filled();
        return orders == 0 ? 0 : 1 << (Long.SIZE - 1 - Long.numberOfLeadingZeros(orders)) << unitShift;
    }

    /**
     * Takes a run.
     *
     * @param count pages wanted, 1 to {@link #chunkPages}
     * @param alignment what the first page is to be a multiple of: a power of two up to {@link #chunkPages}
     * @return the first page, or {@link #NONE}
     */
    int allocate(int count, int alignment) {
        int units = units(count);
        int order = orderOf(Math.max(units, alignment >>> unitShift));
        long larger = chunks.filled() & (-1L << order);
        if (larger == 0) {
            return NONE;
        }
        int chunk = chunks.first(Long.numberOfTrailingZeros(larger));
        long free = words[2 * chunk + 1];
        int unit = Long.numberOfTrailingZeros(freeBlocks(free, order));
        words[2 * chunk] |= 1L << unit;
        setFree(chunk, free & ~(run(units) << unit));
        idlePages -= count;
        int first = (chunk << UNITS_SHIFT) + unit;
        if (unitShift > 0) {
            spare[first] = (byte) ((units << unitShift) - count);
        }
        return first << unitShift;
    }

    /** Adds a chunk, all of it free, which starts on a multiple of its size. */
    void addChunk(int page) {
        idlePages += chunkPages();
        setFree(chunk(page), ALL_FREE);
    }

    /**
     * Gives the live run that starts at {@code page} back.
     *
     * @return whether its chunk is all free now, and has left this tier
     */
    boolean free(int page) {
        int chunk = chunk(page);
        int unit = page >>> unitShift;
        long starts = words[2 * chunk];
        long free = words[2 * chunk + 1];
        int units = unitsAt(unit, starts | free);
        idlePages += (units << unitShift) - spareAt(unit);
        words[2 * chunk] = starts & ~(1L << unit);
        long after = free | (run(units) << unit);
        if (after != ALL_FREE) {
            setFree(chunk, after);
            return false;
        }
        setFree(chunk, 0);
        idlePages -= chunkPages();
        return true;
    }

    private void setFree(int chunk, long free) {
        words[2 * chunk + 1] = free;
        int before = orders[chunk];
        int after = largestOrder(free);
        if (before != after) {
            orders[chunk] = (byte) after;
            if (before != NONE) {
                chunks.remove(before, chunk);
            }
            if (after != NONE) {
                chunks.add(after, chunk);
            }
        }
    }

    /** Whether the page lies in a chunk of this tier: such a chunk has a live run. */
    boolean covers(int page) {
        return words[2 * chunk(page)] != 0;
    }

    /** First page of the chunk. */
    int chunkOf(int page) {
        return page & -chunkPages();
    }

    /** Whether a live run starts there. */
    boolean isLive(int page) {
        boolean onUnit = (page & ((1 << unitShift) - 1)) == 0;
        return onUnit && ((words[2 * chunk(page)] >>> (page >>> unitShift)) & 1) != 0;
    }

    /** Size of the live run that starts there. */
    int sizeAt(int page) {
        int chunk = chunk(page);
        int unit = page >>> unitShift;
        return (unitsAt(unit, words[2 * chunk] | words[2 * chunk + 1]) << unitShift) - spareAt(unit);
    }

    private static int unitsAt(int unit, long bounds) {
        return Long.numberOfTrailingZeros(bounds & (-2L << unit)) - (unit & (UNITS - 1));
    }

    private int spareAt(int unit) {
        return unitShift == 0 ? 0 : spare[unit];
    }

    private int units(int count) {
        return (count + (1 << unitShift) - 1) >>> unitShift;
    }

    private static long run(int units) {
        return -1L >>> (UNITS - units);
    }

    /** The least order whose blocks hold that many units. */
    private static int orderOf(int units) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(units - 1);
    }

    /** Bits where a free block of the order starts; a shift by 0 does nothing, so there is no branch. */
    private static long freeBlocks(long free, int order) {
        int shifts = (1 << order) - 1;
        long blocks = free;
        blocks &= blocks >>> (shifts & 1);
        blocks &= blocks >>> (shifts & 2);
        blocks &= blocks >>> (shifts & 4);
        blocks &= blocks >>> (shifts & 8);
        blocks &= blocks >>> (shifts & 16);
        blocks &= blocks >>> (shifts & 32);
        return blocks & ALIGNED[order];
    }

    /** The order of the largest free block, or {@link #NONE} in a full chunk; without a branch. */
    private static int largestOrder(long free) {
        long two = free & (free >>> 1) & EVERY_2;
        long four = two & (two >>> 2) & EVERY_4;
        long eight = four & (four >>> 4) & EVERY_8;
        long sixteen = eight & (eight >>> 8) & EVERY_16;
        long thirtyTwo = sixteen & (sixteen >>> 16) & EVERY_32;
        long all = thirtyTwo & (thirtyTwo >>> 32) & 1;
        return NONE + any(free) + any(two) + any(four) + any(eight) + any(sixteen) + any(thirtyTwo) + (int) all;
    }

    private static int any(long bits) {
        return (int) ((bits | -bits) >>> (Long.SIZE - 1));
    }

    /** Shows every run of a chunk, live or free, in the order of addresses. */
    void forEachRun(int chunkPage, Pages.RunVisitor visitor) {
        int page = chunkPage;
        while (page < chunkPage + chunkPages()) {
            if (isLive(page)) {
                int size = sizeAt(page);
                visitor.run(page, size, true);
                page += size;
            } else {
                int from = page;
                while (page < chunkPage + chunkPages() && !isLive(page)) {
                    page++;
                }
                visitor.run(from, page - from, false);
            }
        }
    }

    /** Every unit of a chunk is free or in one live run; each chunk is listed under its largest free block. */
    void checkInvariants() {
        chunks.checkInvariants();
        int idle = 0;
        for (int chunk = 0; chunk < orders.length; chunk++) {
            long starts = words[2 * chunk];
            long free = words[2 * chunk + 1];
            Invariants.equal("free starts in chunk " + chunk, 0, free & starts);
            Invariants.equal("bound of chunk " + chunk, starts == 0 ? 0 : 1, (starts | free) & 1);
            Invariants.equal("largest order of chunk " + chunk, largestOrder(free), orders[chunk]);
            for (int order = 0; order < ORDERS; order++) {
                Invariants.equal(
                        "listing of chunk " + chunk + " under order " + order,
                        order == orders[chunk] ? 1 : 0,
                        chunks.contains(order, chunk) ? 1 : 0);
            }
            idle += Long.bitCount(free) << unitShift;
            for (long rest = starts; rest != 0; rest &= rest - 1) {
                idle += spareAt((chunk << UNITS_SHIFT) + Long.numberOfTrailingZeros(rest));
            }
        }
        Invariants.equal("idle pages", idle, idlePages);
    }

    long metadataBytes() {
        return (long) words.length * Long.BYTES + orders.length + spare.length + chunks.metadataBytes();
    }
}
