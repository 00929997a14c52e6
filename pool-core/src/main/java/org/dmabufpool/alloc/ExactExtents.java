// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.AFTER;
import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.HELD;
import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.SIZE;

/** Runs of just as many pages as are asked for, beginning on any page. No two holes adjoin, and no two blocks of kind HELD. */
final class ExactExtents extends Extents {

    /**
     * @param firstPage where the range begins
     * @param pages how many there are; all are free
     * @param smallLimit a run of fewer pages is small
     * @param regionBits binary logarithm of the number of regions
     */
    ExactExtents(BlockTable blocks, int firstPage, int pages, int smallLimit, int regionBits) {
        super(blocks, firstPage, pages, smallLimit, regionBits);
        append(firstPage, pages);
    }

    @Override
    int reserved(int count) {
        return count;
    }

    @Override
    int enoughFor(int count, int alignment) {
        return count + alignment - 1;
    }

    @Override
    int largestWithin(int page, int count) {
        return count;
    }

    @Override
    boolean alignsRuns() {
        return false;
    }

    @Override
    int cut(int hole, int skip, int count) {
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
        return run;
    }

    @Override
    int join(int run) {
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
            return before;
        }
        if (joinsAfter) {
            int size = table[at + SIZE] + table[(after << RECORD) + SIZE];
            link(before, after);
            blocks.remove(run);
            change(after, table[at + OFFSET], size);
            return after;
        }
        table[at + KIND] = HOLE;
        enter(run);
        return run;
    }

    @Override
    int joinHeld(int block) {
        int before = blocks.get(block, BEFORE);
        int first = block;
        if (blocks.get(before, KIND) == HELD) {
            absorbNext(before);
            first = before;
        }
        if (blocks.get(blocks.get(first, AFTER), KIND) == HELD) {
            absorbNext(first);
        }
        return first;
    }

    /** Adds the pages of the next block to a block; both are in no list. */
    private void absorbNext(int block) {
        int[] table = blocks.words();
        int after = table[(block << RECORD) + AFTER];
        table[(block << RECORD) + SIZE] += table[(after << RECORD) + SIZE];
        link(block, table[(after << RECORD) + AFTER]);
        blocks.remove(after);
    }

    @Override
    void checkBlock(int block) {
        int kind = blocks.get(block, KIND);
        boolean joins = (kind == HOLE || kind == HELD) && blocks.get(blocks.get(block, AFTER), KIND) == kind;
        Invariants.equal("block to be joined with block " + block, 0, joins ? 1 : 0);
    }
}
