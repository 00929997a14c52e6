// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One map for many threads: what waits in stripes, and that nobody can tell. */
class SharedAllocatorTest {

    private static final long PAGE = 4096;
    private static final long PAGES = 64;
    private static final long CAPACITY = PAGES * PAGE;

    private final SharedAllocator allocator = Stripes.allocator(AllocatorLayout.ofCapacity(CAPACITY)
            .withSlabLimit(0)
            .withSmallLimit(0)
            .withWaitingLimit(CAPACITY));
    private final Stripes stripes = new Stripes(allocator);

    @AfterEach
    void theAllocatorIsSound() {
        allocator.checkInvariants();
    }

    private long take(long pages) {
        return allocator.allocate(pages * PAGE, 1);
    }

    private void give(int stripe, long part) {
        stripes.use(stripe);
        allocator.free(part);
    }

    private long page(long part) {
        return allocator.offset(part) / PAGE;
    }

    @Test
    void nothingWaitsWhileThreadsDoNotMeet() {
        allocator.free(take(1));
        allocator.free(take(3));
        assertThat(stripes.isContended()).isFalse();
        assertThat(stripes.waitingBytes()).isZero();
    }

    @Test
    void whoFindsTheMapBusyLetsSmallPartsWait() throws Exception {
        long part = take(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        Future<Long> large;
        stripes.mapLock().lock();
        try {
            large = other.submit(() -> take(20));
            Awaitility.await().until(stripes::isContended);
        } finally {
            stripes.mapLock().unlock();
        }
        assertThat(large.get(1, TimeUnit.MINUTES)).isNotNegative();
        assertThat(other.submit(() -> allocator.free(part)).get(1, TimeUnit.MINUTES))
                .isEqualTo(PAGE);
        assertThat(stripes.waitingBytes()).isEqualTo(PAGE);
        assertThat(other.submit(() -> take(1)).get(1, TimeUnit.MINUTES)).isEqualTo(part);
        assertThat(stripes.waitingBytes()).isZero();
        other.shutdown();
        assertThat(other.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void aPartThatWaitsIsTakenAgainAsItIs() {
        take(1);
        long part = take(2);
        take(1);
        give(1, part);
        assertThat(stripes.waitingBytes()).isEqualTo(2 * PAGE);
        assertThat(allocator.allocate(PAGE + 1, 1)).isEqualTo(part);
        assertThat(allocator.requested(part)).isEqualTo(PAGE + 1);
    }

    @Test
    void aPartThatWaitsIsNotLive() {
        long part = take(2);
        give(0, part);
        assertThatThrownBy(() -> allocator.free(part)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> allocator.offset(part)).isInstanceOf(IllegalArgumentException.class);
        assertThat(allocator.totals().liveCount()).isZero();
        assertThat(allocator.totals().usedBytes()).isZero();
        assertThat(allocator.totals().requestedBytes()).isZero();
        List<Long> live = new ArrayList<>();
        allocator.forEachPart(live::add);
        assertThat(live).isEmpty();
    }

    @Test
    void largePartsDoNotWait() {
        give(0, take(17));
        assertThat(stripes.waitingBytes()).isZero();
    }

    @Test
    void noMoreWaitsThanMay() {
        SharedAllocator tight = Stripes.allocator(
                AllocatorLayout.ofCapacity(CAPACITY).withSlabLimit(0).withWaitingLimit(2 * PAGE));
        Stripes its = new Stripes(tight);
        long[] parts = new long[5];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = tight.allocate(PAGE, 1);
        }
        for (long part : parts) {
            its.use(2);
            tight.free(part);
        }
        assertThat(its.waitingBytes()).isEqualTo(2 * PAGE);
        tight.checkInvariants();
    }

    @Test
    void whatWaitsInAnyStripeIsTakenBeforeARefusal() {
        long part = take(2);
        take(PAGES - 2);
        give(3, part);
        stripes.use(0);
        assertThat(take(2)).isEqualTo(part);
    }

    @Test
    void whatWaitsJoinsItsNeighboursBeforeARefusal() {
        long[] parts = new long[8];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = take(8);
        }
        for (int i = 0; i < 4; i++) {
            give(i, parts[i]);
        }
        assertThat(allocator.totals().largestFree()).isEqualTo(32 * PAGE);
        assertThat(stripes.waitingBytes()).isEqualTo(32 * PAGE);
        assertThat(page(take(32))).isZero();
        assertThat(stripes.waitingBytes()).isZero();
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
    void aRefusalGoesByWhatIsFreeNowAndNotEarlier() {
        SharedAllocator four = Stripes.allocator(AllocatorLayout.ofCapacity(4 * PAGE));
        long[] parts = new long[4];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = four.allocate(PAGE, 1);
        }
        four.free(parts[0]);
        four.free(parts[2]);
        assertThat(four.allocate(2 * PAGE, 1)).isEqualTo(OffsetAllocator.FRAGMENTED);
        four.allocate(PAGE, 1);
        assertThat(four.allocate(2 * PAGE, 1)).isEqualTo(OffsetAllocator.NO_SPACE);
    }

    @Test
    void aRefusalForItsAlignmentRefusesNothingElse() {
        assertThat(page(take(33))).isZero();
        assertThat(allocator.allocate(31 * PAGE, 32 * PAGE)).isEqualTo(OffsetAllocator.FRAGMENTED);
        assertThat(take(31)).isNotNegative();
    }

    @Test
    void aFullTableOfPartsIsExhaustion() {
        AllocatorLayout layout = AllocatorLayout.ofCapacity(1000 * PAGE);
        SharedAllocator full =
                new SharedAllocator(layout, new Ranges(layout, new BlockTable(100), null), true, Stripes.COUNT);
        List<Long> parts = new ArrayList<>();
        long part = full.allocate(PAGE, 1);
        for (; part >= 0; part = full.allocate(PAGE, 1)) {
            parts.add(part);
        }
        assertThat(part).isEqualTo(OffsetAllocator.NO_SPACE);
        assertThat(parts).hasSizeBetween(80, 100).doesNotHaveDuplicates();
        full.checkInvariants();
        for (int i = 0; i <= BlockTable.MOST_FOR_A_REQUEST; i++) {
            full.free(parts.remove(parts.size() - 1));
        }
        full.free(full.allocate(2 * PAGE, 1));
        full.checkInvariants();
    }

    @Test
    void anyThreadGivesBack() {
        long part = take(3);
        give(1, part);
        stripes.use(2);
        assertThat(allocator.totals().largestFree()).isEqualTo(CAPACITY);
        assertThat(page(take(PAGES))).isZero();
    }

    @Test
    void aPartIsGivenBackOnce() {
        long first = take(1);
        long second = take(1);
        allocator.free(second);
        assertThatThrownBy(() -> allocator.free(second)).isInstanceOf(IllegalArgumentException.class);
        for (long wrong : new long[] {-1, -2, 0, Long.MAX_VALUE, 8L << OffsetAllocator.BLOCK_BITS, first + 1000}) {
            assertThatThrownBy(() -> allocator.free(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Long.toString(wrong));
        }
        assertThat(allocator.totals().liveCount()).isEqualTo(1);
    }

    @Test
    void thePeakIsTheMostUsedAtOneMoment() {
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            stripes.use(stripe);
            for (int i = 0; i < 3; i++) {
                give(stripe, take(8));
                give(stripe, take(5));
            }
        }
        assertThat(allocator.totals().peakUsedBytes()).isEqualTo(8 * PAGE);
        long first = take(8);
        stripes.use(0);
        take(5);
        allocator.free(first);
        take(2);
        assertThat(allocator.totals().peakUsedBytes()).isEqualTo(13 * PAGE);
    }
}
