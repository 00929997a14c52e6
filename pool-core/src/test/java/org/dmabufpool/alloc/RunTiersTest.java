// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When chunks are made and used, and when they go. Here 64 pages, runs of up to 4 are small, chunks have 8. */
class RunTiersTest {

    private static final int PAGES = 64;
    private static final int SLACK = 10;

    private final BlockTable blocks = new BlockTable();
    private final RunTiers runs = new RunTiers(blocks, PAGES, 4, SLACK);

    RunTiersTest() {
        runs.settledExtents().addRange(0, PAGES);
    }

    @AfterEach
    void theTiersAreSound() {
        runs.checkInvariants();
    }

    private int page(int run) {
        assertThat(run).isNotEqualTo(BlockTable.NONE);
        return blocks.get(run, BlockTable.OFFSET);
    }

    @Test
    void smallRunsLiveTogetherNearTheEndAndOthersFromTheBeginning() {
        assertThat(page(runs.allocate(2))).isEqualTo(56);
        assertThat(page(runs.allocate(5))).isZero();
        assertThat(page(runs.allocate(4))).isEqualTo(58);
    }

    @Test
    void thereIsNoNewChunkOnceTooMuchWouldLieIdle() {
        assertThat(page(runs.allocate(1))).isEqualTo(56);
        assertThat(page(runs.allocate(3))).isEqualTo(57);
        assertThat(page(runs.allocate(3))).isEqualTo(60);
        assertThat(page(runs.allocate(4)))
                .as("1 and 4 idle pages are within the slack")
                .isEqualTo(48);
        assertThat(page(runs.allocate(4))).isEqualTo(52);
        int third = runs.allocate(1);
        assertThat(page(third)).as("the last idle page").isEqualTo(63);
        assertThat(runs.settledExtents().idlePages()).isZero();
    }

    @Test
    void beyondTheSlackASmallRunIsTakenFromTheBackOfAHole() {
        RunTiers tight = new RunTiers(new BlockTable(), PAGES, 4, 5);
        tight.settledExtents().addRange(0, PAGES);
        int run = tight.allocate(2);
        assertThat(run).isNotEqualTo(BlockTable.NONE);
        assertThat(tight.settledExtents().idlePages()).isZero();
        assertThat(tight.largestFree()).isEqualTo(62);
        tight.checkInvariants();
    }

    @Test
    void whereThereCanBeNoMoreBlocksThereIsNoRoomUntilSomeHaveGone() {
        BlockTable few = new BlockTable(100);
        RunTiers full = new RunTiers(few, 200, 0, 0);
        full.settledExtents().addRange(0, 200);
        Deque<Integer> taken = new ArrayDeque<>();
        while (full.makeRoom()) {
            taken.push(full.allocate(1));
        }
        assertThat(taken)
                .hasSizeBetween(90, 100)
                .doesNotContain(BlockTable.NONE)
                .doesNotHaveDuplicates();
        assertThat(few.end()).isLessThanOrEqualTo(101);
        full.checkInvariants();
        for (int i = 0; i <= BlockTable.MOST_FOR_A_REQUEST; i++) {
            full.free(taken.pop());
        }
        full.settledExtents();
        assertThat(full.makeRoom()).isTrue();
        assertThat(full.allocate(1)).isNotEqualTo(BlockTable.NONE);
        full.checkInvariants();
    }

    @Test
    void recordsThatAreLeftOverAreUsedBeforeTheTableGrows() {
        BlockTable table = new BlockTable();
        RunTiers tiers = new RunTiers(table, 1 << 20, 0, 0);
        tiers.settledExtents().addRange(0, 1 << 20);
        Deque<Integer> taken = new ArrayDeque<>();
        int room = table.room();
        while (table.hasRoom()) {
            taken.push(tiers.allocate(1));
        }
        while (!taken.isEmpty()) {
            tiers.free(taken.pop());
        }
        tiers.settledExtents();
        assertThat(table.hasRoom()).isFalse();
        assertThat(tiers.makeRoom()).isTrue();
        assertThat(table.room()).isEqualTo(room);
        assertThat(tiers.allocate(1)).isNotEqualTo(BlockTable.NONE);
        tiers.checkInvariants();
    }

    @Test
    void aRunThatOnlyAChunkHasRoomForIsTakenThere() {
        runs.allocate(1);
        runs.allocate(1);
        assertThat(page(runs.allocate(56))).isZero();
        assertThat(runs.largestFree()).isEqualTo(6);
        assertThat(page(runs.allocate(6))).isEqualTo(58);
        assertThat(runs.allocate(1)).isEqualTo(BlockTable.NONE);
    }

    @Test
    void aChunkThatFellEmptyIsNotInTheWayOfALargeRun() {
        int small = runs.allocate(1);
        runs.free(small);
        assertThat(page(runs.allocate(PAGES))).isZero();
    }

    @Test
    void aChunkGoesBackWithItsLastRun() {
        int first = runs.allocate(1);
        int second = runs.allocate(2);
        runs.free(first);
        runs.settle();
        assertThat(runs.largestFree()).isEqualTo(56);
        runs.free(second);
        assertThat(runs.largestFree()).isEqualTo(PAGES);
        assertThat(runs.settledExtents().idlePages()).isZero();
    }

    @Test
    void theRunGivenBackLastIsTheAnswerToARequestForItsSize() {
        runs.allocate(10);
        int second = runs.allocate(10);
        runs.allocate(10);
        runs.free(second);
        assertThat(runs.allocate(10)).isEqualTo(second);
        assertThat(page(second)).isEqualTo(10);
    }

    @Test
    void theRunGivenBackLastIsNotHeldBackFromALargerRequest() {
        int all = runs.allocate(PAGES - 4);
        runs.free(all);
        assertThat(page(runs.allocate(PAGES))).isZero();
    }

    @Test
    void alignedRunsMayLieInChunksWhereNothingElseHasRoom() {
        runs.allocate(1);
        runs.allocate(56);
        assertThat(page(runs.allocateAligned(4, 4))).isEqualTo(60);
        assertThat(runs.allocateAligned(4, 4)).isEqualTo(BlockTable.NONE);
    }
}
