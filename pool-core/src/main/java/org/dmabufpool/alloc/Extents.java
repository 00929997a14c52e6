// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.AFTER;
import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.CHUNK;
import static org.dmabufpool.alloc.BlockTable.EDGE;
import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.KIND_BITS;
import static org.dmabufpool.alloc.BlockTable.KIND_MASK;
import static org.dmabufpool.alloc.BlockTable.NEXT;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.RECENT;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.RUN;
import static org.dmabufpool.alloc.BlockTable.SIZE;
import static org.dmabufpool.alloc.BlockTable.SLAB;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Hands out exact runs of pages from one or more ranges: an exactly fitting hole first, then the smallest that is large
 * enough.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages.
 *
 * <p><b>Ranges.</b> The blocks of a range adjoin and cover it; no two holes do. The first block comes after an edge and
 * the last one before it. Chunks are ranges too, with an edge of their own: what was cut from a chunk is never joined with
 * what lies around it.
 *
 * <p><b>Alignment.</b> A block starts on any page. For alignments above a page, {@link AlignedHoles} finds a hole that has
 * enough behind its first aligned page; no size is rounded up and no list is scanned.
 */
final class Extents extends Margin {

    /** Holes of the right size that are tried for an alignment before the tree is asked. */
    private static final int ALIGNED_TRIES = 8;
    /** Blocks that are looked at from the end of a range for room. */
    private static final int END_TRIES = 8;

    private final BlockTable blocks;
    private final HoleIndex index;
    /** What lies around ranges. Its record also tells the last block of the range that changed last at its end. */
    private final int edge;
    /** What lies around chunks. */
    private final int chunkEdge;

    private int idlePages;
    private @Nullable AlignedHoles aligned;

    /** @param index where holes are entered; nobody else does */
    Extents(BlockTable blocks, HoleIndex index) {
        this.blocks = blocks;
        this.index = index;
        edge = addEdge();
        chunkEdge = addEdge();
    }

    private int addEdge() {
        int block = blocks.add();
        int at = block << RECORD;
        int[] table = blocks.words();
        table[at + KIND] = EDGE;
        table[at + BEFORE] = block;
        table[at + AFTER] = block;
        return block;
    }

    /** Pages of the holes of chunks. */
    int idlePages() {
        return idlePages;
    }

    /** Notes pages of a chunk, or of {@link BlockTable#NONE}, that have become free; without a branch. */
    private void addIdle(int pages, int chunk) {
        idlePages += pages & (-chunk >> (Integer.SIZE - 1));
    }

    private void enter(int hole, int size, int chunk) {
        index.add(hole, size, chunk);
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

    /** Whether the block is a whole chunk. */
    boolean isWholeChunk(int block) {
        int at = block << RECORD;
        int[] table = blocks.words();
        return ((table[at + BEFORE] ^ chunkEdge) | (table[at + AFTER] ^ chunkEdge)) == 0;
    }

    /** Whether a range begins with the block. */
    boolean beginsRange(int block) {
        return blocks.get(block, BEFORE) == edge;
    }

    /** Whether a range ends with the block. */
    boolean endsRange(int block) {
        return blocks.get(block, AFTER) == edge;
    }

    boolean isHole(int block) {
        return isHole(blocks.words(), block);
    }

    private static boolean isHole(int[] table, int block) {
        return (table[(block << RECORD) + KIND] & KIND_MASK) == HOLE;
    }

    /** Takes a run of {@code count} pages from a multiple of {@code alignment} on, a power of two above 1. */
    int allocateAligned(int count, int alignment) {
        int hole = alignedHole(count, alignment);
        if (hole == NONE) {
            return NONE;
        }
        int skipped = skipped(hole, alignment);
        return takeFront(skipped == 0 ? hole : split(hole, skipped), count);
    }

    /** Small holes that happen to suit come first, then one that suits wherever it begins, then any that there is. */
    private int alignedHole(int count, int alignment) {
        int hole = exactlyAligned(count, alignment);
        if (hole != NONE) {
            return hole;
        }
        hole = index.findOutsideChunks(count);
        if (hole != NONE && blocks.get(hole, SIZE) - skipped(hole, alignment) >= count) {
            return hole;
        }
        hole = index.findOutsideChunks(count + alignment - 1);
        return hole != NONE ? hole : alignedHoles().atLeast(count, alignment);
    }

    /** Pages between the beginning of a hole and the first aligned page from there on. */
    private int skipped(int hole, int alignment) {
        return -blocks.get(hole, OFFSET) & (alignment - 1);
    }

    private int exactlyAligned(int count, int alignment) {
        int hole = index.firstOf(count);
        for (int tries = 0; hole != NONE && tries < ALIGNED_TRIES; tries++) {
            assert Steps.count();
            if (blocks.get(hole, SIZE) == count && skipped(hole, alignment) == 0) {
                return hole;
            }
            hole = blocks.get(hole, NEXT);
        }
        return NONE;
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

    /**
     * Takes the last pages of a hole close to the end of a range, else of the smallest hole that has as many: what
     * lives among its like there is not in the way of large runs.
     */
    int takeNearEnd(int count) {
        int hole = blocks.get(edge, BEFORE);
        for (int tries = 0; hole != edge && tries < END_TRIES; tries++) {
            assert Steps.count();
            if (isHole(hole) && blocks.get(hole, SIZE) >= count) {
                return takeBack(hole, count);
            }
            hole = blocks.get(hole, BEFORE);
        }
        hole = index.findOutsideChunks(count);
        return hole == NONE ? NONE : takeBack(hole, count);
    }

    /** Makes the last {@code count} pages of the hole a run. */
    int takeBack(int hole, int count) {
        int size = blocks.get(hole, SIZE);
        return takeFront(size == count ? hole : split(hole, size - count), count);
    }

    /** Cuts a hole in two, which are to be taken or withdrawn next, as holes do not adjoin; gives the one behind. */
    private int split(int hole, int keep) {
        int behind = blocks.add();
        int[] table = blocks.words();
        int at = hole << RECORD;
        int to = behind << RECORD;
        int after = table[at + AFTER];
        int chunk = table[at + KIND] >>> KIND_BITS;
        int rest = table[at + SIZE] - keep;
        takeOut(hole);
        table[to + OFFSET] = table[at + OFFSET] + keep;
        table[to + SIZE] = rest;
        table[to + BEFORE] = hole;
        table[to + AFTER] = after;
        table[to + KIND] = table[at + KIND];
        table[(after << RECORD) + BEFORE] = behind;
        table[at + AFTER] = behind;
        table[at + SIZE] = keep;
        enter(hole, keep, chunk);
        enter(behind, rest, chunk);
        return behind;
    }

    /** Makes the first {@code count} pages of the hole a run. */
    int takeFront(int hole, int count) {
        int[] table = blocks.words();
        int at = hole << RECORD;
        int kind = table[at + KIND];
        int rest = table[at + SIZE] - count;
        takeOut(hole);
        addIdle(-count, kind >>> KIND_BITS);
        if (rest == 0) {
            table[at + KIND] = kind + (RUN - HOLE);
            return hole;
        }
        int run = blocks.add();
        table = blocks.words();
        int to = run << RECORD;
        int page = table[at + OFFSET];
        int before = table[at + BEFORE];
        table[to + OFFSET] = page;
        table[to + SIZE] = count;
        table[to + BEFORE] = before;
        table[to + AFTER] = hole;
        table[to + KIND] = kind + (RUN - HOLE);
        table[(before << RECORD) + AFTER] = run;
        table[at + BEFORE] = run;
        table[at + OFFSET] = page + count;
        table[at + SIZE] = rest;
        enter(hole, rest, kind >>> KIND_BITS);
        return run;
    }

    /**
     * Gives a run back and joins it with the holes beside it.
     *
     * @param run a block that is not a hole, whatever its kind has become since it was taken
     * @return the hole that it is part of now
     */
    int free(int run) {
        int[] table = blocks.words();
        int at = run << RECORD;
        int before = table[at + BEFORE];
        int after = table[at + AFTER];
        int chunk = table[at + KIND] >>> KIND_BITS;
        int size = table[at + SIZE];
        boolean joinBefore = isHole(table, before);
        addIdle(size, chunk);
        if (isHole(table, after)) {
            takeOut(after);
            size += table[(after << RECORD) + SIZE];
            int next = table[(after << RECORD) + AFTER];
            blocks.remove(after);
            after = next;
        }
        int hole = run;
        if (joinBefore) {
            takeOut(before);
            size += table[(before << RECORD) + SIZE];
            blocks.remove(run);
            hole = before;
        } else {
            table[at + KIND] = (chunk << KIND_BITS) | HOLE;
        }
        table[(hole << RECORD) + SIZE] = size;
        table[(hole << RECORD) + AFTER] = after;
        table[(after << RECORD) + BEFORE] = hole;
        enter(hole, size, chunk);
        return hole;
    }

    /** Adds a range, all free. */
    void addRange(int page, int count) {
        addFree(page, count, edge, NONE);
    }

    /** Makes the pages of a block a chunk, all free. */
    void addChunk(int chunk) {
        addFree(blocks.get(chunk, OFFSET), blocks.get(chunk, SIZE), chunkEdge, chunk);
    }

    private void addFree(int page, int count, int around, int chunk) {
        int hole = blocks.add();
        int[] table = blocks.words();
        int at = hole << RECORD;
        table[at + OFFSET] = page;
        table[at + SIZE] = count;
        table[at + BEFORE] = around;
        table[at + AFTER] = around;
        table[at + KIND] = (chunk << KIND_BITS) | HOLE;
        table[(around << RECORD) + BEFORE] = hole;
        addIdle(count, chunk);
        enter(hole, count, chunk);
    }

    /** Takes a chunk apart by the hole that covers it. */
    void removeChunk(int hole) {
        takeOut(hole);
        addIdle(-blocks.get(hole, SIZE), blocks.get(hole, KIND) >>> KIND_BITS);
        blocks.remove(hole);
    }

    /** Makes the hole at the end of a range, and so the range, larger by free pages behind it. */
    void extend(int hole, int pages) {
        takeOut(hole);
        int size = blocks.get(hole, SIZE) + pages;
        blocks.words()[(hole << RECORD) + SIZE] = size;
        enter(hole, size, NONE);
    }

    /** Takes the last pages of a hole, or all of them, out of its range, which ends there and begins anew behind. */
    void withdraw(int hole, int pages) {
        int[] table = blocks.words();
        int at = hole << RECORD;
        int rest = table[at + SIZE] - pages;
        int after = table[at + AFTER];
        int last = rest == 0 ? table[at + BEFORE] : hole;
        takeOut(hole);
        table[(last << RECORD) + AFTER] = edge;
        table[(edge << RECORD) + BEFORE] = last;
        if (after != edge) {
            table[(after << RECORD) + BEFORE] = edge;
        }
        if (rest == 0) {
            blocks.remove(hole);
        } else {
            table[at + SIZE] = rest;
            enter(hole, rest, NONE);
        }
    }

    /** Shows every hole and every run, chunks aside, in the order of addresses. */
    void forEachRun(IntConsumer visitor) {
        IntStream.range(1, blocks.end())
                .filter(this::isHoleOrRun)
                .mapToLong(block -> ((long) blocks.get(block, OFFSET) << Integer.SIZE) | block)
                .sorted()
                .forEach(key -> visitor.accept((int) key));
    }

    private boolean isHoleOrRun(int block) {
        int kind = blocks.get(block, KIND) & KIND_MASK;
        return kind == HOLE || kind == RUN || kind == RECENT || kind == SLAB;
    }

    /**
     * Blocks are linked with those they adjoin, no two holes adjoin, and every figure that is kept follows from them.
     *
     * @param recent the only block that may be of kind RECENT
     */
    void checkInvariants(int recent) {
        int idle = 0;
        int holes = 0;
        for (int block = 1; block < blocks.end(); block++) {
            if (isHoleOrRun(block) || (blocks.get(block, KIND) & KIND_MASK) == CHUNK) {
                checkLinks(block);
            }
            if ((blocks.get(block, KIND) & KIND_MASK) == HOLE) {
                idle += blocks.get(block, KIND) > KIND_MASK ? blocks.get(block, SIZE) : 0;
                holes++;
            }
            int waits = (blocks.get(block, KIND) & KIND_MASK) == RECENT ? block : recent;
            Invariants.equal("block that waits to be taken again", recent, waits);
        }
        Invariants.equal("idle pages", idle, idlePages);
        index.checkInvariants(holes);
        AlignedHoles trees = aligned;
        if (trees != null) {
            trees.checkInvariants();
        }
    }

    private void checkLinks(int block) {
        int chunk = blocks.get(block, KIND) >>> KIND_BITS;
        int around = chunk == NONE ? edge : chunkEdge;
        int after = blocks.get(block, AFTER);
        Invariants.equal("size of block " + block + " above 0", 1, blocks.get(block, SIZE) > 0 ? 1 : 0);
        if (after == around) {
            return;
        }
        Invariants.equal("block before block " + after, block, blocks.get(after, BEFORE));
        Invariants.equal(
                "begin of block " + after,
                blocks.get(block, OFFSET) + blocks.get(block, SIZE),
                blocks.get(after, OFFSET));
        Invariants.equal("chunk of block " + after, chunk, blocks.get(after, KIND) >>> KIND_BITS);
        Invariants.equal("holes beside each other at block " + block, 0, isHole(block) && isHole(after) ? 1 : 0);
    }

    long metadataBytes() {
        AlignedHoles holes = aligned;
        return holes == null ? 0 : holes.metadataBytes();
    }
}
