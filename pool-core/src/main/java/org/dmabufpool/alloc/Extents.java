// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.AFTER;
import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.EDGE;
import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.RUN;
import static org.dmabufpool.alloc.BlockTable.SIZE;
import static org.dmabufpool.alloc.BlockTable.SPARE;
import static org.dmabufpool.alloc.BlockTable.WAITS;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The map of extents: hands out exact runs of whole pages.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages. Blocks adjoin and cover the whole range; no
 * two holes adjoin. The first block comes after an edge and the last one before it.
 *
 * <p><b>Placement.</b> A run below a limit is small. Large runs are taken from the lowest region of the range that has a hole
 * for them, small ones from the highest: so buffers that come and go often do not cut the places of frames in two. A large run
 * takes the beginning of its hole, a small one the end.
 *
 * <p><b>Reuse.</b> A camera gives a buffer back and takes one of the same size. So the run given back last waits as it is, and
 * is the answer if the next request is for just as many pages. Any other call joins it with its neighbours first; nothing
 * is ever held back from a request that needs it.
 *
 * <p><b>Alignment.</b> A block starts on any page. For alignments above a page, {@link AlignedHoles} finds a hole that has
 * enough behind its first aligned page; no size is rounded up and no list is scanned.
 */
final class Extents extends Margin {

    private final BlockTable blocks;
    private final HoleIndex index;
    /** What lies around the range. Its record also tells the first and the last block. */
    private final int edge;

    private @Nullable AlignedHoles aligned;

    private int pending = NONE;
    /** Its pages; 0 if it was taken again or joined. */
    private int pendingPages;

    /**
     * @param pages how many there are; all are free
     * @param smallLimit a run of fewer pages is small
     */
    Extents(BlockTable blocks, int pages, int smallLimit) {
        this.blocks = blocks;
        this.index = new HoleIndex(blocks, pages, smallLimit);
        this.edge = blocks.add();
        int hole = blocks.add();
        fill(edge, 0, Integer.MAX_VALUE, hole, hole, EDGE);
        fill(hole, 0, pages, edge, edge, HOLE);
        enter(hole);
    }

    private void fill(int block, int page, int count, int before, int after, int kind) {
        int at = block << RECORD;
        int[] table = blocks.words();
        table[at + OFFSET] = page;
        table[at + SIZE] = count;
        table[at + BEFORE] = before;
        table[at + AFTER] = after;
        table[at + KIND] = kind;
    }

    private void enter(int hole) {
        index.add(hole);
        AlignedHoles holes = aligned;
        if (holes != null) {
            holes.add(hole);
        }
    }

    private void takeOut(int hole) {
        index.remove(hole);
        AlignedHoles holes = aligned;
        if (holes != null) {
            holes.remove(hole);
        }
    }

    private static boolean isHole(int[] table, int block) {
        return table[(block << RECORD) + KIND] == HOLE;
    }

    /** Takes a run of {@code count} pages: its block, or {@link BlockTable#NONE} if none fits. */
    int allocate(int count) {
        if (count == pendingPages) {
            pendingPages = 0;
            return pending;
        }
        settle();
        int hole = find(count);
        return hole == NONE ? NONE : take(hole, takesEnd(count) ? blocks.get(hole, SIZE) - count : 0, count);
    }

    private int find(int count) {
        int hole = index.find(count);
        return hole == HoleIndex.UNSURE ? alignedHoles().atLeast(count, 1) : hole;
    }

    /** Whether a run of so many pages is taken from the end of a hole, and not from its beginning. */
    boolean takesEnd(int count) {
        return index.isSmall(count);
    }

    /** As {@link #allocate}, from a page on that is a multiple of {@code alignment}, a power of two above 1. */
    int allocateAligned(int count, int alignment) {
        settle();
        int hole = find(count);
        if (hole == NONE) {
            return NONE;
        }
        if (skipped(hole, count, alignment) < 0) {
            hole = index.find(count + alignment - 1);
            hole = hole > NONE ? hole : alignedHoles().atLeast(count, alignment);
        }
        return hole == NONE ? NONE : take(hole, skipped(hole, count, alignment), count);
    }

    /** Pages between the beginning of a hole and the aligned page that a run is to begin with; below 0 if it does not fit. */
    private int skipped(int hole, int count, int alignment) {
        int page = blocks.get(hole, OFFSET);
        int spare = blocks.get(hole, SIZE) - count;
        int first = -page & (alignment - 1);
        return first > spare ? -1 : takesEnd(count) ? ((page + spare) & -alignment) - page : first;
    }

    /** Makes room for more blocks; when this throws, nothing has changed. */
    void grow(int room) {
        AlignedHoles holes = aligned;
        if (holes == null) {
            blocks.grow(room);
            return;
        }
        @Nullable MaxTree[] larger = holes.larger(room);
        blocks.grow(room);
        holes.replace(larger);
    }

    private AlignedHoles alignedHoles() {
        AlignedHoles holes = aligned;
        if (holes == null) {
            holes = new AlignedHoles(blocks, index);
            aligned = holes;
        }
        return holes;
    }

    /** Makes {@code count} pages of a hole a run, from the page on that is {@code skip} behind its first. */
    private int take(int hole, int skip, int count) {
        int[] table = blocks.words();
        int at = hole << RECORD;
        int rest = table[at + SIZE] - skip - count;
        int run = hole;
        if (skip > 0) {
            run = insert(table[at + OFFSET] + skip, count, hole, table[at + AFTER]);
            if (rest > 0) {
                enter(insert(table[at + OFFSET] + skip + count, rest, run, table[(run << RECORD) + AFTER]));
            }
            change(hole, table[at + OFFSET], skip);
        } else if (rest > 0) {
            run = insert(table[at + OFFSET], count, table[at + BEFORE], hole);
            change(hole, table[at + OFFSET] + count, rest);
        } else {
            takeOut(hole);
        }
        blocks.words()[(run << RECORD) + KIND] = RUN;
        return run;
    }

    /** A new block of kind HOLE between two others, in no list yet. */
    private int insert(int page, int count, int before, int after) {
        int block = blocks.add();
        int[] table = blocks.words();
        int at = block << RECORD;
        table[at + OFFSET] = page;
        table[at + SIZE] = count;
        table[at + BEFORE] = before;
        table[at + AFTER] = after;
        table[at + KIND] = HOLE;
        table[(before << RECORD) + AFTER] = block;
        table[(after << RECORD) + BEFORE] = block;
        return block;
    }

    /** Gives a hole another place and size. */
    private void change(int hole, int page, int count) {
        index.remove(hole);
        int[] table = blocks.words();
        table[(hole << RECORD) + OFFSET] = page;
        table[(hole << RECORD) + SIZE] = count;
        index.add(hole);
        AlignedHoles holes = aligned;
        if (holes != null) {
            holes.add(hole);
        }
    }

    /** Gives a run back, which is a block that is not a hole. */
    void free(int run) {
        settle();
        int[] table = blocks.words();
        table[(run << RECORD) + KIND] = RUN;
        table[(run << RECORD) + SPARE] = WAITS;
        pending = run;
        pendingPages = table[(run << RECORD) + SIZE];
    }

    /** Joins the run given back last with its neighbours. */
    private void settle() {
        if (pendingPages != 0) {
            pendingPages = 0;
            join(pending);
        }
    }

    private void join(int run) {
        int[] table = blocks.words();
        int at = run << RECORD;
        int before = table[at + BEFORE];
        int after = table[at + AFTER];
        boolean joinsBefore = isHole(table, before);
        boolean joinsAfter = isHole(table, after);
        if (joinsBefore) {
            int size = table[(before << RECORD) + SIZE] + table[at + SIZE];
            if (joinsAfter) {
                takeOut(after);
                size += table[(after << RECORD) + SIZE];
            }
            link(before, joinsAfter ? table[(after << RECORD) + AFTER] : after);
            blocks.remove(run);
            if (joinsAfter) {
                blocks.remove(after);
            }
            change(before, table[(before << RECORD) + OFFSET], size);
        } else if (joinsAfter) {
            int size = table[at + SIZE] + table[(after << RECORD) + SIZE];
            link(before, after);
            blocks.remove(run);
            change(after, table[at + OFFSET], size);
        } else {
            table[at + KIND] = HOLE;
            enter(run);
        }
    }

    /** Makes two blocks neighbours. */
    private void link(int before, int after) {
        int[] table = blocks.words();
        table[(before << RECORD) + AFTER] = after;
        table[(after << RECORD) + BEFORE] = before;
    }

    /** Size of the largest hole, the run given back last aside. */
    int largest() {
        int most = index.largest();
        return most == HoleIndex.UNSURE ? alignedHoles().largest() : most;
    }

    /** The run given back last, if it waits to be taken again, or {@link BlockTable#NONE}. */
    int pending() {
        return pendingPages == 0 ? NONE : pending;
    }

    /** Shows every block in the order of addresses. */
    void forEachBlock(IntConsumer visitor) {
        for (int block = blocks.get(edge, AFTER); block != edge; block = blocks.get(block, AFTER)) {
            visitor.accept(block);
        }
    }

    /** Blocks are linked with those they adjoin, cover the range, and no two holes adjoin. */
    void checkInvariants(int pages) {
        int[] sums = new int[2];
        forEachBlock(block -> {
            int after = blocks.get(block, AFTER);
            Invariants.equal("first page of block " + block, sums[0], blocks.get(block, OFFSET));
            Invariants.equal("size of block " + block + " above 0", 1, blocks.get(block, SIZE) > 0 ? 1 : 0);
            Invariants.equal("block before block " + after, block, blocks.get(after, BEFORE));
            boolean hole = blocks.get(block, KIND) == HOLE;
            Invariants.equal("hole beside hole " + block, 0, hole && blocks.get(after, KIND) == HOLE ? 1 : 0);
            sums[0] += blocks.get(block, SIZE);
            sums[1] += hole ? 1 : 0;
        });
        Invariants.equal("pages of all blocks", pages, sums[0]);
        index.checkInvariants(sums[1]);
        AlignedHoles trees = aligned;
        if (trees != null) {
            trees.checkInvariants();
        }
    }

    long metadataBytes() {
        AlignedHoles trees = aligned;
        return index.metadataBytes() + (trees == null ? 0 : trees.metadataBytes());
    }
}
