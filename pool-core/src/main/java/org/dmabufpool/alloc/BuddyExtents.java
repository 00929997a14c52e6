// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.AFTER;
import static org.dmabufpool.alloc.BlockTable.BEFORE;
import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.SIZE;

/**
 * Blocks of a power of two of pages, each beginning on a multiple of its size.
 *
 * <p>The range is covered by the largest such blocks, so one of 25 pages by these:
 *
 * <pre>
 * page   0                16        24 25
 *        |       16       |    8    |1|
 * </pre>
 *
 * <p>A block is halved until a half is as large as the run that is asked for; the other halves are holes. The two halves of a
 * block are buddies. A run given back is joined with its buddy if that is a hole, what comes of it with its own buddy, and so
 * on: no two holes are buddies. A block's buddy adjoins it, before or behind as the block's page has the bit of its size or
 * not; so the chain of blocks tells it, and no table of buddies is kept.
 */
final class BuddyExtents extends Extents {

    /** Records that a request takes besides those of halves: a slot, with some to spare. */
    private static final int OTHER_RECORDS = 3;

    /**
     * @param firstPage where the range begins
     * @param pages how many there are; all are free
     * @param smallLimit a run of fewer pages is small
     * @param regionBits binary logarithm of the number of regions
     */
    BuddyExtents(BlockTable blocks, int firstPage, int pages, int smallLimit, int regionBits) {
        super(blocks, firstPage, pages, smallLimit, regionBits);
        blocks.keepRoomFor(Integer.SIZE - Integer.numberOfLeadingZeros(pages) + OTHER_RECORDS);
        int page = firstPage;
        while (page < firstPage + pages) {
            int size = largestAt(page, firstPage + pages - page);
            append(page, size);
            page += size;
        }
    }

    /** The largest block that begins with a page and has at most so many. */
    private static int largestAt(int page, int most) {
        int aligned = page == 0 ? Integer.MAX_VALUE : Integer.lowestOneBit(page);
        return Math.min(aligned, Integer.highestOneBit(most));
    }

    @Override
    int reserved(int count) {
        return Integer.highestOneBit(2 * count - 1);
    }

    @Override
    int enoughFor(int count, int alignment) {
        return Math.max(count, alignment);
    }

    @Override
    int largestWithin(int page, int count) {
        int size = Integer.highestOneBit(count);
        while ((-page & (size - 1)) + size > count) {
            size >>= 1;
        }
        return size;
    }

    @Override
    boolean alignsRuns() {
        return true;
    }

    @Override
    int cut(int hole, int skip, int count) {
        takeOut(hole);
        int[] table = blocks.words();
        int at = hole << RECORD;
        int page = table[at + OFFSET];
        int wanted = page + skip;
        int size = table[at + SIZE];
        while (size > count) {
            assert Steps.count();
            size >>= 1;
            if (wanted < page + size) {
                enter(insert(page + size, size, hole, table[at + AFTER]));
            } else {
                enter(insert(page, size, table[at + BEFORE], hole));
                page += size;
            }
        }
        table[at + OFFSET] = page;
        table[at + SIZE] = size;
        return hole;
    }

    @Override
    int join(int run) {
        int[] table = blocks.words();
        int block = run;
        int buddy = buddyOf(table, block);
        while (isHole(table, buddy) && table[(buddy << RECORD) + SIZE] == table[(block << RECORD) + SIZE]) {
            assert Steps.count();
            takeOut(buddy);
            boolean isBefore = table[(block << RECORD) + BEFORE] == buddy;
            int first = isBefore ? buddy : block;
            int second = isBefore ? block : buddy;
            link(first, table[(second << RECORD) + AFTER]);
            blocks.remove(second);
            table[(first << RECORD) + SIZE] <<= 1;
            block = first;
            buddy = buddyOf(table, block);
        }
        table[(block << RECORD) + KIND] = HOLE;
        enter(block);
        return block;
    }

    @Override
    int joinHeld(int block) {
        return block;
    }

    /** The block on the side where a block's buddy lies; the buddy, if it has the block's size. */
    private static int buddyOf(int[] table, int block) {
        int at = block << RECORD;
        return table[at + ((table[at + OFFSET] & table[at + SIZE]) == 0 ? AFTER : BEFORE)];
    }

    @Override
    void checkBlock(int block) {
        int size = blocks.get(block, SIZE);
        int buddy = buddyOf(blocks.words(), block);
        boolean holes = blocks.get(block, KIND) == HOLE && blocks.get(buddy, KIND) == HOLE;
        Invariants.equal("bits of the size of block " + block, 1, Integer.bitCount(size));
        Invariants.equal(
                "page of block " + block + " beyond a multiple of its size", 0, blocks.get(block, OFFSET) & (size - 1));
        Invariants.equal("hole and buddy " + block, 0, holes && blocks.get(buddy, SIZE) == size ? 1 : 0);
    }
}
