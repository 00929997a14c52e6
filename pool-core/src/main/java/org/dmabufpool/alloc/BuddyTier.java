// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Serves small runs of pages from chunks of 64 pages by the buddy rule: a run starts on a multiple of its order's size.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages.
 *
 * <p><b>Layout.</b> Two words per chunk, one bit per page: {@code starts} marks where live runs begin, {@code free} the
 * pages of none. Buddies need no merging, as neighbouring bits are neighbours; the tail of a block that a run does not
 * fill stays free for lower orders. A chunk is taken from the extents when no block is free, as long as the pages that
 * lie idle in chunks stay within the slack, and goes back when its last run is freed.
 */
final class BuddyTier {

    /** What {@link #allocate} returns when no block is free. */
    static final int NONE = Extents.NONE;

    /** Pages of the largest block: a whole chunk. */
    static final int LARGEST = Extents.CHUNK;

    private static final int ORDERS = 7;
    private static final long ALL_FREE = -1L;

    /** For each order: bits at multiples of its size. */
    private static final long[] ALIGNED = {
        -1L, 0x5555555555555555L, 0x1111111111111111L, 0x0101010101010101L, 0x0001000100010001L, 0x0000000100000001L, 1L
    };

    private final Extents extents;
    private final int slack;
    private final long[] starts;
    private final long[] free;
    /** For each order: the chunks whose largest free block is of it. */
    private final IndexSets chunks;

    private int freePages;

    /** @param slack pages that may lie idle in chunks */
    BuddyTier(Extents extents, int slack) {
        this.extents = extents;
        this.slack = slack;
        int length = Extents.chunk(extents.pages()) + 1;
        starts = new long[length];
        free = new long[length];
        chunks = new IndexSets(ORDERS, length);
    }

    int freePages() {
        return freePages;
    }

    /** Pages of the largest free block. */
    int largestBlock() {
        for (int order = ORDERS - 1; order >= 0; order--) {
            if (chunks.first(order) >= 0) {
                return 1 << order;
            }
        }
        return 0;
    }

    /**
     * Takes a run out of a chunk that is there.
     *
     * @param count pages wanted, 1 to {@link #LARGEST}
     * @param alignment what the first page is to be a multiple of: a power of two up to {@link #LARGEST}
     * @return the first page, or {@link #NONE}
     */
    int allocate(int count, int alignment) {
        int order = orderOf(Math.max(count, alignment));
        for (int larger = order; larger < ORDERS; larger++) {
            int chunk = chunks.first(larger);
            if (chunk >= 0) {
                return take(chunk, larger, order, count);
            }
        }
        return NONE;
    }

    /** The same, out of a new chunk if the slack and the extents allow one. */
    int allocateInNewChunk(int count) {
        if (freePages + LARGEST - count > slack) {
            return NONE;
        }
        int page = extents.allocateChunk();
        if (page == NONE) {
            return NONE;
        }
        int chunk = Extents.chunk(page);
        free[chunk] = ALL_FREE;
        freePages += LARGEST;
        chunks.add(ORDERS - 1, chunk);
        return take(chunk, ORDERS - 1, 0, count);
    }

    private int take(int chunk, int largest, int order, int count) {
        long before = free[chunk];
        int bit = Long.numberOfTrailingZeros(freeBlocks(before, order));
        long after = before & ~(run(count) << bit);
        starts[chunk] |= 1L << bit;
        free[chunk] = after;
        freePages -= count;
        move(chunk, largest, largestOrder(after));
        return chunk * LARGEST + bit;
    }

    /** Gives the live run that starts at {@code page} back. */
    void free(int page) {
        int chunk = Extents.chunk(page);
        int count = sizeAt(page);
        long before = free[chunk];
        long after = before | (run(count) << page);
        starts[chunk] &= ~(1L << page);
        free[chunk] = after;
        freePages += count;
        if (after == ALL_FREE) {
            release(chunk, largestOrder(before));
        } else {
            move(chunk, largestOrder(before), largestOrder(after));
        }
    }

    private void release(int chunk, int order) {
        move(chunk, order, NONE);
        free[chunk] = 0;
        freePages -= LARGEST;
        extents.free(chunk * LARGEST);
    }

    private void move(int chunk, int from, int to) {
        if (from == to) {
            return;
        }
        if (from != NONE) {
            chunks.remove(from, chunk);
        }
        if (to != NONE) {
            chunks.add(to, chunk);
        }
    }

    /** Whether the page lies in a chunk of this tier: such a chunk is never wholly free. */
    boolean covers(int page) {
        return starts[Extents.chunk(page)] != 0;
    }

    boolean isLive(int page) {
        return ((starts[Extents.chunk(page)] >>> page) & 1) != 0;
    }

    boolean isFree(int page) {
        return ((free[Extents.chunk(page)] >>> page) & 1) != 0;
    }

    /** Size of the live run that starts there. */
    int sizeAt(int page) {
        int chunk = Extents.chunk(page);
        long above = (starts[chunk] | free[chunk]) & (-2L << page);
        return Long.numberOfTrailingZeros(above) - (page & (LARGEST - 1));
    }

    private static long run(int count) {
        return -1L >>> (LARGEST - count);
    }

    /** The least order whose blocks hold that many pages. */
    private static int orderOf(int count) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
    }

    /** Bits where a free block of the order starts. */
    private static long freeBlocks(long free, int order) {
        long blocks = free;
        for (int o = 0; o < order; o++) {
            blocks &= blocks >>> (1 << o);
        }
        return blocks & ALIGNED[order];
    }

    /** The order of the largest free block, or {@link #NONE} in a full chunk. */
    private static int largestOrder(long free) {
        long blocks = free;
        int order = NONE;
        while (blocks != 0) {
            order++;
            blocks = order == ORDERS - 1 ? 0 : blocks & (blocks >>> (1 << order)) & ALIGNED[order + 1];
        }
        return order;
    }

    /** Every page of a chunk is free or in one live run; each chunk is listed under its largest free block. */
    void checkInvariants() {
        chunks.checkInvariants();
        int sum = 0;
        for (int chunk = 0; chunk < free.length; chunk++) {
            sum += Long.bitCount(free[chunk]);
            Invariants.equal("free starts in chunk " + chunk, 0, free[chunk] & starts[chunk]);
            if (starts[chunk] != 0) {
                Invariants.equal("extent of chunk " + chunk, LARGEST, extents.sizeAt(chunk * LARGEST));
                Invariants.equal("first page of chunk " + chunk, 1, (starts[chunk] | free[chunk]) & 1);
            } else {
                Invariants.equal("free pages without chunk " + chunk, 0, free[chunk]);
            }
            for (int order = 0; order < ORDERS; order++) {
                Invariants.equal(
                        "listing of chunk " + chunk + " under order " + order,
                        order == largestOrder(free[chunk]) ? 1 : 0,
                        chunks.contains(order, chunk) ? 1 : 0);
            }
        }
        Invariants.equal("free pages in chunks", sum, freePages);
    }

    long metadataBytes() {
        return 2L * free.length * Long.BYTES + chunks.metadataBytes();
    }
}
