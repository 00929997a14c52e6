// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One range for many threads: how it is divided, and that nobody can tell. */
class SharedAllocatorTest {

    private static final long PAGE = 4096;
    private static final long PAGES = 64;
    private static final long CAPACITY = PAGES * PAGE;

    private final SharedAllocator allocator = Stripes.allocator(
            AllocatorLayout.ofCapacity(CAPACITY).withSlabLimit(0).withChunks(0, 0));
    private final Stripes stripes = new Stripes(allocator);
    private final ExecutorService other = Executors.newSingleThreadExecutor();

    @AfterEach
    void theAllocatorIsSound() throws InterruptedException {
        allocator.checkInvariants();
        other.shutdown();
        assertThat(other.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    /** What another thread does while this one waits for it. */
    private <T> T elsewhere(Callable<T> step) throws Exception {
        return other.submit(step).get(1, TimeUnit.MINUTES);
    }

    private long take(long pages) {
        return allocator.allocate(pages * PAGE, 1);
    }

    private long takeFrom(int stripe, long pages) {
        stripes.use(stripe);
        return take(pages);
    }

    private long page(long part) {
        return allocator.offset(part) / PAGE;
    }

    /** Stripe 0 with the first 32 pages, stripe 1 with the others, and a page taken in each. */
    private long[] twoTerritories() {
        long first = takeFrom(0, 1);
        long[] parts = {first, takeFrom(1, 1)};
        assertThat(Stripes.of(parts[1])).isEqualTo(1);
        assertThat(stripes.withTerritory()).isEqualTo(2);
        return parts;
    }

    @Test
    void oneThreadAloneUsesOneStripeForAll() {
        for (int i = 0; i < PAGES; i++) {
            assertThat(Stripes.of(take(1))).isZero();
        }
        assertThat(stripes.withTerritory()).isEqualTo(1);
    }

    @Test
    void aThreadThatFindsItsStripeBusyMovesToAnotherAndStays() throws Exception {
        Future<Long> part;
        stripes.get(0).lock();
        try {
            part = other.submit(() -> take(1));
            // To get a territory it needs all locks, so it cannot finish yet.
            Awaitility.await().until(() -> stripes.isUsed(1));
        } finally {
            stripes.get(0).unlock();
        }
        assertThat(Stripes.of(part.get(1, TimeUnit.MINUTES))).isEqualTo(1);
        assertThat(Stripes.of(elsewhere(() -> take(1)))).isEqualTo(1);
        assertThat(stripes.withTerritory()).isEqualTo(2);
    }

    @Test
    void whoHasATerritoryWaitsForNobodyElse() throws Exception {
        twoTerritories();
        stripes.use(1);
        stripes.get(0).lock();
        try {
            long part = elsewhere(() -> take(3));
            assertThat(Stripes.of(part)).isEqualTo(1);
            assertThat(elsewhere(() -> allocator.free(part))).isEqualTo(3 * PAGE);
        } finally {
            stripes.get(0).unlock();
        }
    }

    @Test
    void aThreadWhoseOwnStripeIsBusyForAMomentStays() throws Exception {
        elsewhere(() -> take(1));
        Thread thread = elsewhere(Thread::currentThread);
        Future<Long> part;
        stripes.get(0).lock();
        try {
            part = other.submit(() -> take(1));
            Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        } finally {
            stripes.get(0).unlock();
        }
        assertThat(Stripes.of(part.get(1, TimeUnit.MINUTES))).isZero();
        assertThat(stripes.isUsed(1)).isFalse();
    }

    @Test
    void aTerritoryThatWasTooSmallForLongGrows() {
        twoTerritories();
        assertThat(Stripes.of(takeFrom(1, 30))).isEqualTo(1);
        int inVain = 0;
        while (Stripes.of(take(1)) == 0) {
            assertThat(++inVain).isLessThan(32);
        }
        assertThat(inVain).as("requests that other stripes served first").isPositive();
    }

    @Test
    void whereAllAreBusyAThreadWaits() throws Exception {
        for (int i = 0; i < Stripes.MOST; i++) {
            stripes.get(i).lock();
        }
        Future<Long> part = other.submit(() -> take(1));
        for (int i = Stripes.MOST - 1; i >= 0; i--) {
            stripes.get(i).unlock();
        }
        assertThat(part.get(1, TimeUnit.MINUTES)).isNotNegative();
    }

    @Test
    void aStripeWithoutTerritoryTakesTheBackHalfOfTheLargestHole() {
        long[] parts = twoTerritories();
        assertThat(page(parts[0])).isZero();
        // 63 pages were free behind the first one: 31 of them go.
        assertThat(page(parts[1])).isEqualTo(33);
        assertThat(allocator.totals().largestFree())
                .as("32 pages before the border")
                .isEqualTo(32 * PAGE);
    }

    @Test
    void holesNotWorthHalvingStayWhole() {
        SharedAllocator small = Stripes.allocator(
                AllocatorLayout.ofCapacity(1000 * PAGE).withSlabLimit(0).withChunks(0, 0));
        Stripes its = new Stripes(small);
        assertThat(small.allocate(990 * PAGE, 1)).isNotNegative();
        its.use(1);
        assertThat(Stripes.of(small.allocate(PAGE, 1))).isZero();
        assertThat(its.withTerritory()).isEqualTo(1);
        small.checkInvariants();
    }

    @Test
    void allStripesComeToHaveTerritories() {
        for (int i = 0; i < Stripes.MOST; i++) {
            assertThat(Stripes.of(takeFrom(i, 1))).isEqualTo(i);
        }
        assertThat(stripes.withTerritory()).isEqualTo(Stripes.MOST);
    }

    @Test
    void whatOneStripeCannotServeAnotherDoes() {
        twoTerritories();
        assertThat(Stripes.of(takeFrom(1, 32))).isZero();
        assertThat(Stripes.of(takeFrom(0, 30))).isEqualTo(1);
    }

    @Test
    void whatFitsAcrossABorderOnlyIsServed() {
        long[] parts = twoTerritories();
        allocator.free(parts[1]);
        assertThat(allocator.totals().largestFree()).isEqualTo(63 * PAGE);
        long across = takeFrom(1, 63);
        assertThat(page(across)).isEqualTo(1);
        assertThat(stripes.withTerritory()).as("all of it is stripe 0's again").isEqualTo(1);
        assertThat(take(1)).isEqualTo(OffsetAllocator.NO_SPACE);
    }

    @Test
    void whatFitsAcrossABorderOnlyIsServedWithItsAlignment() {
        long[] parts = twoTerritories();
        allocator.free(parts[1]);
        stripes.use(1);
        long across = allocator.allocate(40 * PAGE, 16 * PAGE);
        assertThat(page(across)).isEqualTo(16);
    }

    @Test
    void requestsAcrossManyBordersAreServed() {
        List<Long> parts = new ArrayList<>();
        for (int i = 0; i < Stripes.MOST; i++) {
            parts.add(takeFrom(i, 1));
        }
        parts.forEach(allocator::free);
        assertThat(allocator.totals().largestFree()).isEqualTo(CAPACITY);
        assertThat(page(takeFrom(5, PAGES))).isZero();
        assertThat(stripes.withTerritory()).isEqualTo(1);
    }

    @Test
    void territoriesAreDividedAgainAfterTheyWereJoined() {
        long[] parts = twoTerritories();
        allocator.free(parts[0]);
        allocator.free(parts[1]);
        allocator.free(takeFrom(1, PAGES));
        assertThat(stripes.withTerritory()).isEqualTo(1);
        twoTerritories();
        stripes.use(7);
        assertThat(Stripes.of(take(1))).isEqualTo(7);
    }

    @Test
    void whatIsRefusedIsRefusedAtOnceUntilSomethingComesBack() {
        long part = take(60);
        assertThat(stripes.refusedFrom()).isEqualTo(Long.MAX_VALUE);
        assertThat(take(5)).isEqualTo(OffsetAllocator.NO_SPACE);
        assertThat(stripes.refusedFrom()).isEqualTo(5 * PAGE);

        assertThat(allocator.allocate(4 * PAGE + 1, 1)).isEqualTo(OffsetAllocator.NO_SPACE);
        assertThat(stripes.refusedFrom()).isEqualTo(4 * PAGE + 1);
        assertThat(take(7)).isEqualTo(OffsetAllocator.NO_SPACE);
        assertThat(stripes.refusedFrom()).isEqualTo(4 * PAGE + 1);

        assertThat(take(4)).isNotNegative();
        allocator.free(part);
        assertThat(stripes.refusedFrom()).isEqualTo(Long.MAX_VALUE);
        assertThat(take(60)).isNotNegative();
    }

    @Test
    void refusedAtOnceMeansWithoutALock() throws Exception {
        take(PAGES);
        assertThat(take(1)).isEqualTo(OffsetAllocator.NO_SPACE);
        for (int i = 0; i < Stripes.MOST; i++) {
            stripes.get(i).lock();
        }
        try {
            assertThat(elsewhere(() -> take(1))).isEqualTo(OffsetAllocator.NO_SPACE);
        } finally {
            for (int i = Stripes.MOST - 1; i >= 0; i--) {
                stripes.get(i).unlock();
            }
        }
    }

    @Test
    void aRefusalForItsAlignmentRefusesNothingElse() {
        assertThat(page(take(33))).isZero();
        assertThat(allocator.allocate(31 * PAGE, 32 * PAGE)).isEqualTo(OffsetAllocator.FRAGMENTED);
        assertThat(stripes.refusedFrom()).isEqualTo(Long.MAX_VALUE);
        assertThat(take(31)).isNotNegative();
    }

    @Test
    void aRefusalSaysWhetherEnoughIsFree() {
        long first = take(20);
        take(20);
        allocator.free(first);
        assertThat(take(30)).isEqualTo(OffsetAllocator.FRAGMENTED);
        assertThat(take(44)).isEqualTo(OffsetAllocator.FRAGMENTED);
        assertThat(take(45)).isEqualTo(OffsetAllocator.NO_SPACE);
    }

    @Test
    void anyThreadGivesBackAndTheStripeItCameFromHasIt() throws Exception {
        long[] parts = twoTerritories();
        assertThat(elsewhere(() -> allocator.free(parts[1]))).isEqualTo(PAGE);
        stripes.use(1);
        assertThat(take(1)).as("the same part of stripe 1").isEqualTo(parts[1]);
    }

    @Test
    void aPartIsGivenBackOnce() {
        long[] parts = twoTerritories();
        allocator.free(parts[1]);
        assertThatThrownBy(() -> allocator.free(parts[1])).isInstanceOf(IllegalArgumentException.class);
        for (long wrong : new long[] {-1, -2, 0, Long.MAX_VALUE, 8L << OffsetAllocator.BLOCK_BITS, parts[0] + 1000}) {
            assertThatThrownBy(() -> allocator.free(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Long.toString(wrong));
        }
        assertThat(allocator.totals().liveCount()).isEqualTo(1);
    }

    @Test
    void thePeakIsNeverTooLow() {
        long[] parts = twoTerritories();
        assertThat(allocator.totals().peakUsedBytes()).isEqualTo(2 * PAGE);
        allocator.free(parts[0]);
        allocator.free(parts[1]);
        long large = takeFrom(1, 20);
        allocator.free(large);
        assertThat(allocator.totals().peakUsedBytes()).isBetween(20 * PAGE, 22 * PAGE);
        assertThat(allocator.totals().usedBytes()).isZero();
    }
}
