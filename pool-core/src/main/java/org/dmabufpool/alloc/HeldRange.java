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
import static org.dmabufpool.alloc.BlockTable.RUN;
import static org.dmabufpool.alloc.BlockTable.SIZE;

/**
 * The range of pages that is held for the request which is first in the queue: which one it is, and whether the request fits yet.
 *
 * <p>Not safe for use by many threads. The range is chosen so that those who use it now, and are to be waited for, use the
 * fewest pages; of such ranges the one with the fewest free pages, which nobody else may have meanwhile. These are blocks
 * of kind HELD, that are in no index:
 *
 * <pre>
 * blocks  | run | hole | run | HELD | run | HELD | slab | HELD | hole | run |
 * range                      [--------------------------------]
 * </pre>
 *
 * <p>A run or a slab that lies across the end of the range is held as a whole when it is given back.
 *
 * <p>The request may fit where a hole and a HELD block adjoin, or where a hole is formed outside of the range. So each block that
 * comes free is looked at, in O(1), together with its free neighbours.
 */
final class HeldRange {

    /** Where no range is held, all pages lie before it. */
    private static final int NOWHERE = Integer.MAX_VALUE;
    /** A page in use that was so when the last range was chosen weighs more than all pages that were not. */
    private static final int OLD_SHIFT = 32;
    /** Ranges are counted by the bits of a record that are left. */
    private static final int MOST_EPOCHS = -1 >>> Kind.BUDGET_BITS;

    private final BlockTable blocks;
    private final int edge;
    private final int firstPage;
    private final int endPage;
    private final Front begin = new Front();
    private final Front end = new Front();

    private int from = NOWHERE;
    private int to = NOWHERE;
    private int count;
    private int alignment;
    private boolean fits;

    /** How many ranges were chosen; a run keeps the number that was current when it was taken. */
    private int epoch;

    /**
     * @param edge the block around the range of all
     * @param firstPage where the range of all begins
     * @param pages how many there are in all
     */
    HeldRange(BlockTable blocks, int edge, int firstPage, int pages) {
        this.blocks = blocks;
        this.edge = edge;
        this.firstPage = firstPage;
        this.endPage = firstPage + pages;
    }

    /** Whether a block lies in the range, if only in part. */
    boolean holds(int page, int size) {
        return page + size > from && page < to;
    }

    /** Whether a range is held. */
    boolean isHeld() {
        return from != NOWHERE;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** Whether the request that the range is held for fits somewhere. */
    boolean fits() {
        return fits;
    }

    /** How many ranges were chosen, which a new run keeps as its age. */
    int epoch() {
        return epoch;
    }

    /** No range is held any more. */
    void clear() {
        from = NOWHERE;
        to = NOWHERE;
        fits = false;
    }

    /** A block has come free, of kind HOLE or HELD: notes whether the request fits now. */
    void noteFree(int block) {
        int first = block;
        while (isFree(blocks.get(first, BEFORE))) {
            first = blocks.get(first, BEFORE);
        }
        int page = blocks.get(first, OFFSET);
        int behind = page;
        for (int next = first; isFree(next); next = blocks.get(next, AFTER)) {
            behind += blocks.get(next, SIZE);
        }
        fits |= alignUp(page) + (long) count <= behind;
    }

    private boolean isFree(int block) {
        int kind = blocks.get(block, KIND) & KIND_MASK;
        return kind == HOLE || kind == HELD;
    }

    private int alignUp(int page) {
        return (page + alignment - 1) & -alignment;
    }

    private int alignDown(int page) {
        return page & -alignment;
    }

    // ---- the choice ----

    /**
     * Chooses the range for a request that fits nowhere.
     *
     * @param newAlignment a power of two, in pages
     * @param again whether pages that were in use already when the last range was chosen are to be avoided before all others
     * @return whether there is one, which is not so only where the alignment leaves none
     */
    boolean choose(int newCount, int newAlignment, boolean again) {
        count = newCount;
        alignment = newAlignment;
        int best = NONE - 1;
        long leastUsed = Long.MAX_VALUE;
        int leastFree = Integer.MAX_VALUE;
        // The best range begins where a block begins, or ends where one ends, but for the alignment.
        for (int side = 0; side < 2; side++) {
            begin.restart(again);
            end.restart(again);
            for (int block = blocks.get(edge, AFTER); block != edge; block = blocks.get(block, AFTER)) {
                int page = blocks.get(block, OFFSET);
                int first = side == 0 ? alignUp(page) : alignDown(page + blocks.get(block, SIZE) - count);
                if (first >= firstPage && first <= endPage - count) {
                    begin.moveTo(first);
                    end.moveTo(first + count);
                    long used = end.begun() - begin.ended();
                    int free = end.free() - begin.free();
                    if (used < leastUsed || (used == leastUsed && free < leastFree)) {
                        leastUsed = used;
                        leastFree = free;
                        best = first;
                    }
                }
            }
        }
        epoch = (epoch + 1) & MOST_EPOCHS;
        fits = false;
        from = best < 0 ? NOWHERE : best;
        to = best < 0 ? NOWHERE : best + count;
        return best >= 0;
    }

    /** Adds up what lies before a page that moves forward. */
    private final class Front {
        private boolean again;
        private int page;
        /** The block that the page is in, or that begins there. */
        private int block;
        /** What weighs all that is in use before that block. */
        private long ended;
        /** Free pages before that block. */
        private int free;

        void restart(boolean newAgain) {
            again = newAgain;
            page = firstPage;
            block = blocks.get(edge, AFTER);
            ended = 0;
            free = 0;
        }

        void moveTo(int newPage) {
            page = newPage;
            while (block != edge && blocks.get(block, OFFSET) + blocks.get(block, SIZE) <= page) {
                ended += weight(block);
                free += isFree(block) ? blocks.get(block, SIZE) : 0;
                block = blocks.get(block, AFTER);
            }
        }

        /** What weighs all that is in use and ends before the page. */
        long ended() {
            return ended;
        }

        /** What weighs all that is in use and begins before the page. */
        long begun() {
            return block == edge || blocks.get(block, OFFSET) == page ? ended : ended + weight(block);
        }

        /** Free pages before the page. */
        int free() {
            return block == edge || !isFree(block) ? free : free + page - blocks.get(block, OFFSET);
        }

        private long weight(int counted) {
            if (isFree(counted)) {
                return 0;
            }
            int kind = blocks.get(counted, KIND) & KIND_MASK;
            boolean old = again && (kind != RUN || blocks.get(counted, ORIGIN) >>> Kind.BUDGET_BITS != epoch);
            return old ? (long) blocks.get(counted, SIZE) << OLD_SHIFT : blocks.get(counted, SIZE);
        }
    }
}
