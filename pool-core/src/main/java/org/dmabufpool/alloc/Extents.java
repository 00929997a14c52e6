// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hands out exact runs of pages: an exactly fitting hole first, then the smallest that is large enough.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages.
 *
 * <p><b>Layout.</b> Pages are looked at in chunks of 64. Blocks (live runs and holes) adjoin and cover every page; a
 * bit marks the page where a block starts:
 *
 * <pre>
 * chunk          0                     1                     2
 * pages          0....................63 64................127 128...
 * blocks         [live ][hole][live                  ][hole   ][live ...
 * starts         1      1     1                       1        1
 * holes          0      1     0                       1        0
 * tail           size of the last block that starts in the chunk: only it can leave the chunk
 * back           start of the block before the first one that starts in the chunk
 * </pre>
 *
 * <p>Within a chunk the distance to the next bit is a block's size; {@code tail} and {@code back} link what crosses the
 * border of a chunk, so that a block's size and both its neighbours are found without a search.
 *
 * <p><b>Finding a hole.</b> {@link HoleIndex} finds the smallest that is large enough: an exactly fitting one if there
 * is any. For alignments above a page there is a {@link MaxTree} per alignment, made when it is first asked for: it
 * holds what is left of a hole behind its first aligned page, so that the lowest address is found in O(log n), no size
 * is rounded up and no list is scanned.
 */
final class Extents {

    /** What {@link #allocate} returns when no hole fits. */
    static final int NONE = -1;

    /** Pages per chunk: the bits of one word. */
    static final int CHUNK = Long.SIZE;

    private static final int CHUNK_SHIFT = 6;
    /** Exactly fitting holes that are tried for an alignment above a page before the tree is asked. */
    private static final int ALIGNED_TRIES = 8;

    private final int pages;
    private final long[] starts;
    private final long[] holes;
    private final int[] tail;
    private final int[] back;
    private final HoleIndex index;
    /** Trees by alignment: entry a, from 1 on, is for 2^a pages, once that has been asked for. */
    private final @Nullable MaxTree[] trees;

    /** One more than the highest alignment that has a tree. */
    private int alignments = 1;

    private int freePages;

    /** @param pages how many there are, 1 to 2^30 */
    Extents(int pages) {
        this.pages = pages;
        int chunks = chunk(pages) + 1;
        starts = new long[chunks];
        holes = new long[chunks];
        tail = new int[chunks];
        back = new int[chunks];
        index = new HoleIndex(chunks);
        trees = new MaxTree[Integer.SIZE];
        markStart(0);
        markStart(pages);
        link(0, pages);
        freePages = pages;
        addHole(0, pages);
    }

    static int chunk(int page) {
        return page >>> CHUNK_SHIFT;
    }

    int pages() {
        return pages;
    }

    int freePages() {
        return freePages;
    }

    /** Size of the largest hole. */
    int largestHole() {
        return index.largest();
    }

    /**
     * Takes a run.
     *
     * @param count pages wanted, 1 or more
     * @param alignment what the first page is to be a multiple of: a power of two
     * @return the first page, or {@link #NONE}
     */
    int allocate(int count, int alignment) {
        if (alignment > 1) {
            return allocateAligned(count, alignment);
        }
        int hole = smallestHole(count);
        if (hole != NONE) {
            takeFront(hole, sizeAt(hole), count);
        }
        return hole;
    }

    private int smallestHole(int count) {
        int size = index.smallAtLeast(count);
        if (size != 0) {
            return holeOfSize(index.chunkOfSmall(size), size);
        }
        int chunk = index.largeAtLeast(count);
        return chunk == HoleIndex.NONE ? NONE : lastStart(chunk);
    }

    private int allocateAligned(int count, int alignment) {
        int hole = exactAlignedHole(count, alignment);
        if (hole == NONE) {
            int chunk = alignedTree(alignment).firstAtLeast(count);
            if (chunk < 0) {
                return NONE;
            }
            hole = firstHole(chunk, count, alignment);
        }
        int page = alignUp(hole, alignment);
        take(hole, page, count);
        return page;
    }

    /** Only the large holes' lists are looked at: a small hole that fits is found by its address as well. */
    private int exactAlignedHole(int count, int alignment) {
        if (count < CHUNK) {
            return NONE;
        }
        int chunk = index.exactly(count);
        for (int tries = 0; chunk != HoleIndex.NONE && tries < ALIGNED_TRIES; tries++) {
            int hole = lastStart(chunk);
            if ((hole & (alignment - 1)) == 0) {
                return hole;
            }
            chunk = index.exactlyAfter(chunk, count);
        }
        return NONE;
    }

    /**
     * Takes a run that starts on a multiple of its size, without a tree.
     *
     * @param count pages wanted: a power of two
     * @return the first page, or {@link #NONE} if no hole is sure to hold such a run wherever it starts
     */
    int allocateOnOwnSize(int count) {
        int hole = smallestHole(2 * count - 1);
        if (hole == NONE) {
            return NONE;
        }
        int page = alignUp(hole, count);
        take(hole, page, count);
        return page;
    }

    /** Makes {@code count} pages at {@code page}, which lie in the hole at {@code hole}, a live run. */
    private void take(int hole, int page, int count) {
        int size = sizeAt(hole);
        if (hole != page) {
            removeHole(hole, size);
            cut(hole, page, hole + size);
            addHole(hole, page - hole);
            addHole(page, size - (page - hole));
        }
        takeFront(page, size - (page - hole), count);
    }

    /** Makes the first {@code count} pages of the hole a live run. */
    private void takeFront(int hole, int size, int count) {
        removeHole(hole, size);
        if (size != count) {
            cut(hole, hole + count, hole + size);
            addHole(hole + count, size - count);
        }
        freePages -= count;
    }

    /** Gives the live run that starts at {@code page} back and joins it with the holes beside it. */
    void free(int page) {
        int size = sizeAt(page);
        int end = page + size;
        freePages += size;
        if (isHole(end)) {
            int more = sizeAt(end);
            removeHole(end, more);
            join(page, end, end + more);
            end += more;
        }
        int hole = page;
        int before = page == 0 ? 0 : before(page);
        if (isHole(before)) {
            removeHole(before, page - before);
            join(before, page, end);
            hole = before;
        }
        addHole(hole, end - hole);
    }

    private void addHole(int page, int size) {
        int chunk = chunk(page);
        markHole(page);
        if (size < CHUNK) {
            index.addSmall(chunk, size);
        } else {
            index.addLarge(chunk, size);
        }
        if (alignments > 1) {
            refreshTrees(chunk);
        }
    }

    private void removeHole(int page, int size) {
        int chunk = chunk(page);
        clearHole(page);
        if (size >= CHUNK) {
            index.removeLarge(chunk);
        } else if (!holdsSize(chunk, size)) {
            index.removeSmall(chunk, size);
        }
        if (alignments > 1) {
            refreshTrees(chunk);
        }
    }

    /** Whether a live run starts there. */
    boolean isLive(int page) {
        return page < pages && (((starts[chunk(page)] & ~holes[chunk(page)]) >>> page) & 1) != 0;
    }

    boolean isHole(int page) {
        return ((holes[chunk(page)] >>> page) & 1) != 0;
    }

    /** Size of the block that starts there. */
    int sizeAt(int page) {
        int chunk = chunk(page);
        long above = starts[chunk] & (-2L << page);
        return above == 0 ? tail[chunk] : Long.numberOfTrailingZeros(above) - (page & (CHUNK - 1));
    }

    /** Start of the block before the one that starts at {@code page}. */
    private int before(int page) {
        int chunk = chunk(page);
        long below = starts[chunk] & ((1L << page) - 1);
        return below == 0 ? back[chunk] : (chunk << CHUNK_SHIFT) + highestBit(below);
    }

    private int lastStart(int chunk) {
        return (chunk << CHUNK_SHIFT) + highestBit(starts[chunk]);
    }

    /** The block from {@code from} to {@code end} becomes two that meet at {@code middle}. */
    private void cut(int from, int middle, int end) {
        markStart(middle);
        link(from, middle);
        link(middle, end);
    }

    /** Two blocks that meet at {@code middle} become one. */
    private void join(int from, int middle, int end) {
        starts[chunk(middle)] &= ~(1L << middle);
        link(from, end);
    }

    /** Notes a block that crosses the border of its chunk on both sides; one that does not is told by its bits. */
    private void link(int from, int end) {
        int chunk = chunk(from);
        int next = chunk(end);
        if (chunk != next) {
            tail[chunk] = end - from;
            back[next] = from;
        }
    }

    private void markStart(int page) {
        starts[chunk(page)] |= 1L << page;
    }

    private void markHole(int page) {
        holes[chunk(page)] |= 1L << page;
    }

    private void clearHole(int page) {
        holes[chunk(page)] &= ~(1L << page);
    }

    /** First hole of the chunk that has {@code count} pages from an aligned page on; there is one. */
    private int firstHole(int chunk, int count, int alignment) {
        long rest = holes[chunk];
        while (true) {
            int page = (chunk << CHUNK_SHIFT) + Long.numberOfTrailingZeros(rest);
            assert Steps.count();
            if (sizeAt(page) - (alignUp(page, alignment) - page) >= count) {
                return page;
            }
            rest &= rest - 1;
        }
    }

    private int holeOfSize(int chunk, int count) {
        long rest = holes[chunk];
        while (true) {
            int page = (chunk << CHUNK_SHIFT) + Long.numberOfTrailingZeros(rest);
            assert Steps.count();
            if (sizeAt(page) == count) {
                return page;
            }
            rest &= rest - 1;
        }
    }

    private boolean holdsSize(int chunk, int size) {
        for (long rest = holes[chunk]; rest != 0; rest &= rest - 1) {
            assert Steps.count();
            if (sizeAt((chunk << CHUNK_SHIFT) + Long.numberOfTrailingZeros(rest)) == size) {
                return true;
            }
        }
        return false;
    }

    private void refreshTrees(int chunk) {
        for (int order = 1; order < alignments; order++) {
            MaxTree tree = trees[order];
            if (tree != null) {
                tree.set(chunk, largestAligned(chunk, 1 << order));
            }
        }
    }

    /** The most pages that a hole of the chunk has from an aligned page on. */
    private int largestAligned(int chunk, int alignment) {
        int most = 0;
        for (long rest = holes[chunk]; rest != 0; rest &= rest - 1) {
            int page = (chunk << CHUNK_SHIFT) + Long.numberOfTrailingZeros(rest);
            most = Math.max(most, sizeAt(page) - (alignUp(page, alignment) - page));
        }
        return most;
    }

    private MaxTree alignedTree(int alignment) {
        int order = Integer.numberOfTrailingZeros(alignment);
        MaxTree tree = trees[order];
        if (tree == null) {
            tree = new MaxTree(starts.length);
            for (int chunk = 0; chunk < starts.length; chunk++) {
                if (holes[chunk] != 0) {
                    tree.set(chunk, largestAligned(chunk, alignment));
                }
            }
            trees[order] = tree;
            alignments = Math.max(alignments, order + 1);
        }
        return tree;
    }

    private static int alignUp(int page, int alignment) {
        return (page + alignment - 1) & -alignment;
    }

    private static int highestBit(long word) {
        return CHUNK - 1 - Long.numberOfLeadingZeros(word);
    }

    /** Blocks adjoin, no two holes do, and every figure that is kept follows from the bits. */
    void checkInvariants() {
        checkBlocks();
        index.checkInvariants(holes, this::sizeAt);
        for (int order = 0; order < trees.length; order++) {
            MaxTree tree = trees[order];
            if (tree != null) {
                tree.checkInvariants();
                checkLeaves(tree, 1 << order);
            }
        }
    }

    private void checkBlocks() {
        int free = 0;
        int blocks = 0;
        int previous = NONE;
        int page = 0;
        while (page < pages) {
            int size = sizeAt(page);
            Invariants.equal("start bit of page " + page, 1, (starts[chunk(page)] >>> page) & 1);
            Invariants.equal("block before page " + page, previous, previous == NONE ? NONE : before(page));
            if (isHole(page)) {
                Invariants.equal(
                        "holes beside each other at page " + page, 0, previous != NONE && isHole(previous) ? 1 : 0);
                free += size;
            }
            blocks++;
            previous = page;
            page += size;
        }
        Invariants.equal("end of the last block", pages, page);
        Invariants.equal("free pages", free, freePages);
        Invariants.equal(
                "start bits",
                blocks + 1,
                Arrays.stream(starts).map(Long::bitCount).sum());
    }

    private void checkLeaves(MaxTree tree, int alignment) {
        for (int chunk = 0; chunk < starts.length; chunk++) {
            Invariants.equal("holes without start in chunk " + chunk, 0, holes[chunk] & ~starts[chunk]);
            Invariants.equal("largest hole of chunk " + chunk, largestAligned(chunk, alignment), tree.get(chunk));
        }
    }

    long metadataBytes() {
        long bytes = starts.length * (2L * Long.BYTES + 2L * Integer.BYTES) + index.metadataBytes();
        for (MaxTree tree : trees) {
            bytes += tree == null ? 0 : tree.metadataBytes();
        }
        return bytes;
    }
}
