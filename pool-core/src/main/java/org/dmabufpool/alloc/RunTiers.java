// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.CHUNK;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.KIND_BITS;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.RECENT;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.RUN;
import static org.dmabufpool.alloc.BlockTable.SIZE;

/**
 * Whole pages: small runs from chunks, where they live among their like, all others as extents.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages.
 *
 * <p><b>Chunks.</b> A chunk is an extent of twice the size of the largest small run, taken near the end of the range. A new
 * one is made only as long as the pages that lie idle in all chunks stay within the slack; other requests are served by
 * extents of their own, the smallest of them from the back of a hole: there they are less in the way of large ones. A
 * chunk in which nothing is live goes back when the slack is exceeded, and before a request is refused.
 *
 * <p><b>Reuse.</b> A camera gives a buffer back and takes one of the same size. So the run given back last waits as it is, and
 * is the answer if the next request is for just as many pages. Any other call joins it with its neighbours first; nothing
 * is ever held back from a request that needs it.
 */
final class RunTiers extends Margin {

    /** Pages of the largest run that is taken from the back of a hole, where there is no chunk for it. */
    private static final int BACK_LIMIT = 16;

    private final BlockTable blocks;
    private final HoleIndex index;
    private final Extents extents;
    private final int smallLimit;
    private final int chunkPages;
    private final int slack;

    /** The run given back last. */
    private int recent = NONE;
    /** Its pages; 0 if it was taken again or joined. */
    private int recentPages;

    /**
     * @param pages how many there are
     * @param smallLimit largest run that is taken from chunks; 0 for none
     * @param slack pages that may lie idle in chunks
     */
    RunTiers(BlockTable blocks, int pages, int smallLimit, int slack) {
        this.blocks = blocks;
        this.smallLimit = smallLimit;
        this.slack = slack;
        chunkPages = 2 * smallLimit;
        index = new HoleIndex(blocks, pages, smallLimit, chunkPages);
        extents = new Extents(blocks, index);
    }

    /**
     * Makes sure that the next request finds all the records it takes, so that it fails before it changes anything or not at all.
     *
     * @return whether it does; false if there are as many blocks as can be
     */
    boolean makeRoom() {
        if (blocks.hasRoom() || blocks.hasUnused()) {
            return true;
        }
        if (blocks.largerRoom() == blocks.room()) {
            return false;
        }
        extents.grow(blocks.largerRoom());
        return true;
    }

    /** Takes a run of {@code count} pages: its block, or {@link BlockTable#NONE} if none fits. */
    int allocate(int count) {
        if (count == recentPages) {
            recentPages = 0;
            blocks.words()[(recent << RECORD) + KIND] -= RECENT - RUN;
            return recent;
        }
        settle();
        int hole = index.find(count);
        return hole == NONE ? allocateElsewhere(count) : extents.takeFront(hole, count);
    }

    private int allocateElsewhere(int count) {
        if (count <= smallLimit && addChunk(count)) {
            return extents.takeFront(index.findInChunks(count), count);
        }
        int run = allocateAnywhere(count);
        return run == NONE && giveChunksBack() ? allocateAnywhere(count) : run;
    }

    private int allocateAnywhere(int count) {
        int hole = index.findOutsideChunks(count);
        if (hole == NONE && count <= chunkPages) {
            hole = index.findInChunks(count);
        }
        if (hole == NONE) {
            return NONE;
        }
        return count <= BACK_LIMIT ? extents.takeBack(hole, count) : extents.takeFront(hole, count);
    }

    private boolean addChunk(int count) {
        if (extents.idlePages() + chunkPages - count > slack) {
            return false;
        }
        int chunk = extents.takeNearEnd(chunkPages);
        if (chunk == NONE) {
            return false;
        }
        blocks.words()[(chunk << RECORD) + KIND] += CHUNK - RUN;
        extents.addChunk(chunk);
        return true;
    }

    /** As {@link #allocate}, from a page on that is a multiple of {@code alignment}, a power of two above 1. */
    int allocateAligned(int count, int alignment) {
        settle();
        int run = extents.allocateAligned(count, alignment);
        return run == NONE && giveChunksBack() ? extents.allocateAligned(count, alignment) : run;
    }

    /** Gives a run back by its block, whose kind is RUN. */
    void free(int run) {
        settle();
        int[] table = blocks.words();
        table[(run << RECORD) + KIND] += RECENT - RUN;
        recent = run;
        recentPages = table[(run << RECORD) + SIZE];
    }

    /** Joins the run given back last with its neighbours. */
    void settle() {
        if (recentPages != 0) {
            recentPages = 0;
            join(recent);
        }
    }

    private void join(int run) {
        int hole = extents.free(run);
        if (extents.idlePages() > slack && extents.isWholeChunk(hole)) {
            giveChunkBack(hole);
        }
    }

    private void giveChunkBack(int hole) {
        int chunk = blocks.get(hole, KIND) >>> KIND_BITS;
        extents.removeChunk(hole);
        extents.free(chunk);
    }

    /** Gives back all chunks in which nothing is live; tells whether there was any. */
    private boolean giveChunksBack() {
        boolean any = false;
        for (int hole = wholeChunk(); hole != NONE; hole = wholeChunk()) {
            assert Steps.count();
            giveChunkBack(hole);
            any = true;
        }
        return any;
    }

    private int wholeChunk() {
        return chunkPages == 0 ? NONE : index.findInChunks(chunkPages);
    }

    /** What runs are taken from, with nothing held back. */
    Extents settledExtents() {
        settle();
        giveChunksBack();
        return extents;
    }

    /** The largest hole outside of chunks, with nothing held back, or {@link BlockTable#NONE} if there is none. */
    int largestHole() {
        settledExtents();
        int pages = index.largestOutsideChunks();
        return pages == 0 ? NONE : index.findOutsideChunks(pages);
    }

    /** The largest run that {@link #allocate} would find. */
    int largestFree() {
        settledExtents();
        return index.largest();
    }

    void checkInvariants() {
        extents.checkInvariants(recentPages == 0 ? NONE : recent);
    }

    long metadataBytes() {
        return index.metadataBytes() + extents.metadataBytes();
    }
}
