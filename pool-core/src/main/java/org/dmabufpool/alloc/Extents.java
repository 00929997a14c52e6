// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.AFTER;
import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.EDGE;
import static org.dmabufpool.alloc.BlockTable.HELD;
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
 * The map of extents: hands out runs of whole pages. How a hole is cut and joined, a subclass decides.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages. Blocks adjoin and cover the whole range. The
 * first block comes after an edge and the last one before it.
 *
 * <p><b>Placement.</b> A run below a limit is small. Large runs are taken from the lowest region of the range that has a hole
 * for them, small ones from the highest: so buffers that come and go often do not cut the places of frames in two. A large run
 * takes the beginning of its hole, a small one the end.
 *
 * <p><b>Reuse.</b> A camera gives a buffer back and takes one of the same size. So the run given back last waits as it is, and
 * is the answer if the next request is for just as many pages. Any other call joins it with its neighbours first; nothing
 * is ever held back from a request that needs it.
 *
 * <p><b>Alignment.</b> For alignments above a page, {@link AlignedHoles} finds a hole that has enough behind its first aligned
 * page; no size is rounded up for it and no list is scanned.
 *
 * <p><b>Index.</b> A hole can be found between {@link #enter} and {@link #takeOut}.
 *
 * <p><b>Held range.</b> For a request that waits a range is held: its free pages are of kind HELD, and in no index.
 */
abstract class Extents extends Margin {

    final BlockTable blocks;
    private final HoleIndex index;
    /** What lies around the range. Its record also tells the first and the last block. */
    private final int edge;

    private final int firstPage;
    private final int pages;
    private final HeldRange held;

    private @Nullable AlignedHoles aligned;
    /** Where holes begin; null where no run is asked for by its place. */
    private @Nullable HoleStarts starts;

    private int pending = NONE;
    /** Its pages; 0 if it was taken again or joined. */
    private int pendingPages;
    /** Pages of the hole formed last. */
    private int lastJoined;
    /** Pages of all blocks of kind HELD. */
    private int heldPages;
    /** As {@link HeldRange#epoch}, above the bits of a budget. */
    private int origin;

    /**
     * No block yet: a subclass {@link #append}s holes that cover the range.
     *
     * @param firstPage where the range begins
     * @param pages how many there are to be
     * @param smallLimit a run of fewer pages is small
     * @param regionBits binary logarithm of the number of regions
     */
    Extents(BlockTable blocks, int firstPage, int pages, int smallLimit, int regionBits) {
        this.blocks = blocks;
        this.index = new HoleIndex(blocks, firstPage, pages, smallLimit, regionBits);
        this.edge = blocks.add();
        int at = edge << RECORD;
        int[] table = blocks.words();
        table[at + SIZE] = Integer.MAX_VALUE;
        table[at + BEFORE] = edge;
        table[at + AFTER] = edge;
        table[at + KIND] = EDGE;
        this.firstPage = firstPage;
        this.pages = pages;
        this.held = new HeldRange(blocks, edge, firstPage, pages);
    }

    // ---- what subclasses decide ----

    /** How many pages are reserved for a request of {@code count} pages. */
    abstract int reserved(int count);

    /** A hole of so many pages has {@code count} ones from a multiple of {@code alignment} on, wherever it lies. */
    abstract int enoughFor(int count, int alignment);

    /** The most pages of a run in free pages in one piece, {@code count} from {@code page} on, were they all joined. */
    abstract int largestWithin(int page, int count);

    /** Whether a run begins on a multiple of its pages. */
    abstract boolean alignsRuns();

    /**
     * Makes {@code count} pages of a hole, from the page on that is {@code skip} behind its first, a block of kind HOLE that is
     * in no list; what is left of the hole is entered.
     */
    abstract int cut(int hole, int skip, int count);

    /** Makes a run part of the holes, together with those beside it that it can be joined with; returns the hole. */
    abstract int join(int run);

    /** Joins a block of kind HELD with such blocks beside it, if it can be; returns the block. */
    abstract int joinHeld(int block);

    /** Checks what holds of a block besides that the next one begins where it ends. */
    abstract void checkBlock(int block);

    // ---- runs begin and end ----

    /** Takes a run of {@code count} pages, a number that is {@link #reserved}: its block, or {@link BlockTable#NONE} if none fits. */
    final int allocate(int count) {
        if (count == pendingPages) {
            pendingPages = 0;
            return pending;
        }
        coalescePending();
        int hole = find(count);
        return hole == NONE ? NONE : take(hole, takesEnd(count) ? blocks.get(hole, SIZE) - count : 0, count);
    }

    private int find(int count) {
        int hole = index.find(count);
        return hole == HoleIndex.UNSURE ? alignedHoles().atLeast(count, 1) : hole;
    }

    /** Whether a run of so many pages is taken from the end of a hole, and not from its beginning. */
    final boolean takesEnd(int count) {
        return index.isSmall(count);
    }

    /** As {@link #allocate}, from a page on that is a multiple of {@code alignment}, a power of two above 1. */
    final int allocateAligned(int count, int alignment) {
        coalescePending();
        int hole = find(count);
        if (hole == NONE) {
            return NONE;
        }
        if (skipped(hole, count, alignment) < 0) {
            hole = index.find(enoughFor(count, alignment));
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

    private int take(int hole, int skip, int count) {
        int run = cut(hole, skip, count);
        blocks.words()[(run << RECORD) + KIND] = RUN;
        return run;
    }

    /** From now on runs that begin with one of the first pages may be asked for by their place. */
    final void keepStarts(int pages) {
        HoleStarts kept = new HoleStarts(pages);
        index.forEach(hole -> kept.add(blocks.get(hole, OFFSET), hole));
        starts = kept;
    }

    /**
     * Takes a run by its place.
     *
     * @param page its first page, of those that {@link #keepStarts} covers
     * @return its block, or {@link BlockTable#NONE} if not all of its pages are free
     */
    final int allocateAt(int page, int count) {
        coalescePending();
        HoleStarts kept = starts;
        int hole = kept == null ? NONE : kept.lastUpTo(page);
        int skip = page - blocks.get(hole, OFFSET);
        return hole != NONE && skip + count <= blocks.get(hole, SIZE) ? take(hole, skip, count) : NONE;
    }

    /** Gives a run back, which is a block that is not a hole. */
    final void free(int run) {
        coalescePending();
        int[] table = blocks.words();
        table[(run << RECORD) + KIND] = RUN;
        table[(run << RECORD) + SPARE] = WAITS;
        pending = run;
        pendingPages = table[(run << RECORD) + SIZE];
    }

    /** Joins the run given back last with its neighbours. */
    private void coalescePending() {
        if (pendingPages != 0) {
            pendingPages = 0;
            giveBack(pending);
        }
    }

    private void giveBack(int run) {
        if (isHeld(run)) {
            heldPages += blocks.get(run, SIZE);
            blocks.words()[(run << RECORD) + KIND] = HELD;
            held.noteFree(joinHeld(run));
            return;
        }
        int hole = join(run);
        lastJoined = blocks.get(hole, SIZE);
        if (held.isHeld()) {
            held.noteFree(hole);
        }
    }

    // ---- a range is held for a request ----

    /**
     * Holds a range for a request that fits nowhere, see {@link HeldRange}. There is room for two more records.
     *
     * @param again whether to choose where runs have come and gone since the last range was chosen
     * @return whether there is one
     */
    final boolean hold(int count, int alignment, boolean again) {
        coalescePending();
        boolean chosen =
                count <= pages && held.choose(count, alignsRuns() ? Math.max(alignment, count) : alignment, again);
        origin = held.epoch() << Kind.BUDGET_BITS;
        if (!chosen) {
            return false;
        }
        for (int block = firstHeld(); block != NONE; block = nextHeld(block)) {
            if (isHole(blocks.words(), block)) {
                holdHole(block);
            }
        }
        return true;
    }

    /** Holds what lies in the range of a hole. */
    private void holdHole(int hole) {
        takeOut(hole);
        int begin = blocks.get(hole, OFFSET);
        int end = begin + blocks.get(hole, SIZE);
        int heldBegin = Math.max(begin, held.from());
        int heldEnd = Math.min(end, held.to());
        if (begin < heldBegin) {
            enter(insert(begin, heldBegin - begin, blocks.get(hole, BEFORE), hole));
        }
        if (heldEnd < end) {
            enter(insert(heldEnd, end - heldEnd, hole, blocks.get(hole, AFTER)));
        }
        int[] table = blocks.words();
        table[(hole << RECORD) + OFFSET] = heldBegin;
        table[(hole << RECORD) + SIZE] = heldEnd - heldBegin;
        table[(hole << RECORD) + KIND] = HELD;
        heldPages += heldEnd - heldBegin;
    }

    /** Makes all blocks of kind HELD holes. */
    final void unhold() {
        held.clear();
        heldPages = 0;
        int block = blocks.get(edge, AFTER);
        while (block != edge) {
            block = blocks.get(blocks.get(block, KIND) == HELD ? join(block) : block, AFTER);
        }
    }

    /** The first block that lies in the held range, if only in part; there is one. */
    final int firstHeld() {
        int block = blocks.get(edge, AFTER);
        while (!isHeld(block)) {
            block = blocks.get(block, AFTER);
        }
        return block;
    }

    /** The next block that lies in the held range, or {@link BlockTable#NONE}. */
    final int nextHeld(int block) {
        int next = blocks.get(block, AFTER);
        return next != edge && isHeld(next) ? next : NONE;
    }

    /** Whether a block, which is not a slot, lies in this range. */
    final boolean covers(int block) {
        return coversPage(blocks.get(block, OFFSET));
    }

    final boolean coversPage(int page) {
        return page >= firstPage && page < firstPage + pages;
    }

    /** Whether a block lies in the held range, if only in part. */
    final boolean isHeld(int block) {
        return held.holds(blocks.get(block, OFFSET), blocks.get(block, SIZE));
    }

    /** Whether a range is held. */
    final boolean holdsRange() {
        return held.isHeld();
    }

    /** Whether the request that the range is held for fits now. */
    final boolean holdFits() {
        return held.fits();
    }

    /** Free pages that are held. */
    final int heldPages() {
        return heldPages;
    }

    /** What a new run keeps: how many ranges have been held, above the bits of its budget, which are 0. */
    final int origin() {
        return origin;
    }

    /** Joins the run given back last with its neighbours; pages of the hole that was formed last. */
    final int lastJoined() {
        coalescePending();
        int last = lastJoined;
        lastJoined = 0;
        return last;
    }

    /** At least the size of the largest hole. */
    final int atMostLargest() {
        int most = index.largest();
        return most == HoleIndex.UNSURE ? pages : most;
    }

    // ---- holes come and go ----

    /** A hole can be found from now on, by the place and the size that its record says. */
    final void enter(int hole) {
        index.add(hole);
        HoleStarts kept = starts;
        if (kept != null) {
            kept.add(blocks.get(hole, OFFSET), hole);
        }
        AlignedHoles holes = aligned;
        if (holes != null) {
            holes.add(hole);
        }
    }

    /** A hole cannot be found any more; it has the place and the size that it was entered with. */
    final void takeOut(int hole) {
        index.remove(hole);
        removeStart(hole);
        AlignedHoles holes = aligned;
        if (holes != null) {
            holes.remove(hole);
        }
    }

    private void removeStart(int hole) {
        HoleStarts kept = starts;
        if (kept != null) {
            kept.remove(blocks.get(hole, OFFSET));
        }
    }

    /** Gives a hole another place and size. */
    final void change(int hole, int page, int count) {
        index.remove(hole);
        removeStart(hole);
        int[] table = blocks.words();
        table[(hole << RECORD) + OFFSET] = page;
        table[(hole << RECORD) + SIZE] = count;
        enter(hole);
    }

    // ---- the chain of blocks ----

    /** Adds a hole behind all blocks. */
    final void append(int page, int count) {
        enter(insert(page, count, blocks.get(edge, BEFORE), edge));
    }

    /** A new block of kind HOLE between two others, in no list yet. */
    final int insert(int page, int count, int before, int after) {
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

    /** Makes two blocks neighbours. */
    final void link(int before, int after) {
        int[] table = blocks.words();
        table[(before << RECORD) + AFTER] = after;
        table[(after << RECORD) + BEFORE] = before;
    }

    static boolean isHole(int[] table, int block) {
        return table[(block << RECORD) + KIND] == HOLE;
    }

    /** Shows every block in the order of addresses. */
    final void forEachBlock(IntConsumer visitor) {
        for (int block = blocks.get(edge, AFTER); block != edge; block = blocks.get(block, AFTER)) {
            visitor.accept(block);
        }
    }

    /** As {@link TieredAllocator#prepareToGrow}. */
    final Runnable prepareToGrow(int room) {
        AlignedHoles holes = aligned;
        if (holes == null) {
            return () -> {};
        }
        @Nullable MaxTree[] larger = holes.larger(room);
        return () -> holes.replace(larger);
    }

    private AlignedHoles alignedHoles() {
        AlignedHoles holes = aligned;
        if (holes == null) {
            holes = new AlignedHoles(blocks, index);
            aligned = holes;
        }
        return holes;
    }

    // ---- figures ----

    /** Size of the largest hole, the run given back last aside. */
    final int largest() {
        int most = index.largest();
        return most == HoleIndex.UNSURE ? alignedHoles().largest() : most;
    }

    /** The run given back last, if it waits to be taken again, or {@link BlockTable#NONE}. */
    final int pending() {
        return pendingPages == 0 ? NONE : pending;
    }

    /** Blocks are linked with those they adjoin, cover the range, and are as the subclass has them. */
    final void checkInvariants() {
        int[] sums = {firstPage, 0, 0};
        forEachBlock(block -> {
            int after = blocks.get(block, AFTER);
            Invariants.equal("first page of block " + block, sums[0], blocks.get(block, OFFSET));
            Invariants.equal("size of block " + block + " above 0", 1, blocks.get(block, SIZE) > 0 ? 1 : 0);
            Invariants.equal("block before block " + after, block, blocks.get(after, BEFORE));
            checkBlock(block);
            sums[0] += blocks.get(block, SIZE);
            int kind = blocks.get(block, KIND);
            sums[1] += kind == HOLE ? 1 : 0;
            sums[2] += kind == HELD ? blocks.get(block, SIZE) : 0;
            boolean free = kind == HOLE || kind == HELD;
            Invariants.equal("HELD of block " + block, kind == HELD ? 1 : 0, free && isHeld(block) ? 1 : 0);
        });
        Invariants.equal("pages of all blocks", pages, sums[0] - firstPage);
        Invariants.equal("held pages", sums[2], heldPages);
        index.checkInvariants(sums[1]);
        AlignedHoles trees = aligned;
        if (trees != null) {
            trees.checkInvariants();
        }
        HoleStarts kept = starts;
        if (kept != null) {
            kept.checkInvariants(visitor -> index.forEach(hole -> visitor.hole(blocks.get(hole, OFFSET), hole)));
        }
    }

    final long metadataBytes() {
        AlignedHoles trees = aligned;
        HoleStarts kept = starts;
        return index.metadataBytes()
                + (trees == null ? 0 : trees.metadataBytes())
                + (kept == null ? 0 : kept.metadataBytes());
    }
}
