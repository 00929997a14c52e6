// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of powers of two: how the range is covered, halved, and joined again. */
class BuddyExtentsTest {

    private static final long PAGE = 4096;

    private final BlockTable blocks = new BlockTable();

    private BuddyExtents extents(int pages) {
        return new BuddyExtents(blocks, 0, pages, 0, 0);
    }

    private List<Integer> sizes(Extents extents) {
        List<Integer> sizes = new ArrayList<>();
        extents.forEachBlock(block -> sizes.add(blocks.get(block, BlockTable.SIZE)));
        return sizes;
    }

    private int page(int run) {
        assertThat(run).isNotEqualTo(BlockTable.NONE);
        return blocks.get(run, BlockTable.OFFSET);
    }

    @Test
    void theRangeIsCoveredByTheLargestBlocks() {
        BuddyExtents extents = extents(25);
        assertThat(sizes(extents)).containsExactly(16, 8, 1);
        assertThat(extents.largest()).isEqualTo(16);
        extents.checkInvariants();
    }

    @Test
    void aRequestReservesTheNextPowerOfTwo() {
        BuddyExtents extents = extents(64);
        assertThat(extents.reserved(1)).isEqualTo(1);
        assertThat(extents.reserved(2)).isEqualTo(2);
        assertThat(extents.reserved(3)).isEqualTo(4);
        assertThat(extents.reserved(33)).isEqualTo(64);
        assertThat(extents.reserved(1 << 24)).isEqualTo(1 << 24);
        assertThat(extents.reserved((1 << 24) + 1)).isEqualTo(1 << 25);
    }

    @Test
    void aBlockIsHalvedUntilAHalfIsTheRunAndJoinedAgain() {
        BuddyExtents extents = extents(16);
        int run = extents.allocate(2);
        assertThat(page(run)).isZero();
        assertThat(sizes(extents)).containsExactly(2, 2, 4, 8);
        extents.free(run);
        assertThat(page(extents.allocate(16))).isZero();
        assertThat(sizes(extents)).containsExactly(16);
    }

    @Test
    void neighboursOfOneSizeThatAreNoBuddiesStayApart() {
        BuddyExtents extents = extents(16);
        List<Integer> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runs.add(extents.allocate(4));
        }
        extents.free(runs.get(1));
        extents.free(runs.get(2));
        assertThat(extents.allocate(8)).isEqualTo(BlockTable.NONE);
        assertThat(sizes(extents)).containsExactly(4, 4, 4, 4);
        extents.checkInvariants();
    }

    @Test
    void theSmallestBlockThatIsLargeEnoughIsHalved() {
        BuddyExtents extents = extents(16);
        extents.allocate(1);
        assertThat(sizes(extents)).containsExactly(1, 1, 2, 4, 8);
        assertThat(page(extents.allocate(2))).isEqualTo(2);
        assertThat(page(extents.allocate(2))).isEqualTo(4);
        assertThat(sizes(extents)).containsExactly(1, 1, 2, 2, 2, 8);
    }

    @Test
    void anAlignmentUpToTheSizeCostsNothingAndAHigherOneTakesTheBeginningOfALargerBlock() {
        BuddyExtents extents = extents(16);
        assertThat(page(extents.allocate(1))).isZero();
        assertThat(page(extents.allocateAligned(4, 4))).isEqualTo(4);
        assertThat(page(extents.allocateAligned(1, 8))).isEqualTo(8);
        assertThat(sizes(extents)).containsExactly(1, 1, 2, 4, 1, 1, 2, 4);
    }

    @Test
    void aSmallBlockOnTheAlignmentServesWhereNoLargeOneIsLeft() {
        BuddyExtents extents = extents(16);
        int first = extents.allocate(1);
        int second = extents.allocate(1);
        extents.allocate(2);
        int third = extents.allocate(1);
        extents.allocate(1);
        extents.allocate(2);
        extents.allocate(8);
        extents.free(second);
        extents.free(third);
        assertThat(extents.allocateAligned(1, 8)).isEqualTo(BlockTable.NONE);
        extents.free(first);
        assertThat(page(extents.allocateAligned(1, 8))).isZero();
    }

    /** However full the table of blocks is when one is halved down to a page. */
    @ParameterizedTest
    @ValueSource(ints = {24, 32, 40, 48, 56, 62})
    void thereIsRoomForAllHalves(int blocksBefore) {
        BuddyExtents extents = extents(1 << 24);
        for (int i = 0; i < blocksBefore; i++) {
            makeRoom(extents);
            extents.allocate(1 << 18);
        }
        makeRoom(extents);
        assertThat(page(extents.allocate(1))).isEqualTo(blocksBefore << 18);
        extents.checkInvariants();
    }

    private void makeRoom(Extents extents) {
        Growth.makeRoom(blocks, extents);
    }

    @Test
    void whatIsReservedBeyondARequestMayBeManyGigabytes() {
        long capacity = 32L << 30;
        OffsetAllocator allocator = AllocatorLayout.ofCapacity(capacity)
                .withPlacement(Placement.BUDDY)
                .create();
        long bytes = (16L << 30) + 1;
        long part = allocator.allocate(bytes, 1);
        assertThat(allocator.reserved(part)).isEqualTo(capacity);
        assertThat(allocator.requested(part)).isEqualTo(bytes);
        assertThat(allocator.totals().requestedBytes()).isEqualTo(bytes);
        allocator.free(part);
        assertThat(allocator.totals().requestedBytes()).isZero();
    }

    @Test
    void whatFitsInNoBlockIsRefusedAsFragmentedThoughAllIsFree() {
        OffsetAllocator allocator = AllocatorLayout.ofCapacity(25 * PAGE)
                .withPlacement(Placement.BUDDY)
                .create();
        assertThat(allocator.allocate(17 * PAGE, 1)).isEqualTo(OffsetAllocator.FRAGMENTED);
        assertThat(allocator.availability(17 * PAGE)).isZero();
        assertThat(allocator.totals().largestFree()).isEqualTo(16 * PAGE);
    }
}
