// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/** Threads that take parts from one range, leave them to each other, and give back what others took. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HandOverStressTest {

    private static final int THREADS = 4;
    private static final int STEPS = 40_000;
    private static final int PLACES = 64;
    private static final int GRANULE = 128;
    private static final long PAGE = 4096;
    private static final long CAPACITY = 256 * PAGE;
    private static final long NOTHING = -1;
    /** A sound allocator takes a fiftieth of it; what is broken on purpose may search without end. */
    private static final long MOST_SEARCH_STEPS = 100_000_000;

    private final SharedAllocator allocator =
            new SharedAllocator(AllocatorLayout.ofCapacity(CAPACITY).withWaitingLimit(32 * PAGE), true, 4);
    /** Where parts are left for whoever comes by. */
    private final AtomicLongArray places = new AtomicLongArray(PLACES);
    /** Who has each granule: 0 for nobody. */
    private final AtomicIntegerArray owners = new AtomicIntegerArray((int) (CAPACITY / GRANULE));

    @RepeatedTest(4)
    void noByteHasTwoOwnersAndAllComesBack(RepetitionInfo repetition) throws Exception {
        for (int place = 0; place < PLACES; place++) {
            places.set(place, NOTHING);
        }
        runTogether(repetition.getCurrentRepetition());
        for (int place = 0; place < PLACES; place++) {
            giveBack(places.getAndSet(place, NOTHING));
        }
        allocator.checkInvariants();
        AllocatorTotals totals = allocator.totals();
        assertThat(totals.usedBytes()).isZero();
        assertThat(totals.requestedBytes()).isZero();
        assertThat(totals.liveCount()).isZero();
        assertThat(totals.largestFree()).isEqualTo(CAPACITY);
        assertThat(allocator.allocate(CAPACITY, 1)).isNotNegative();
    }

    private void runTogether(int seed) throws Exception {
        Steps.limit(MOST_SEARCH_STEPS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> runs = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            SplittableRandom random = new SplittableRandom(31L * seed + thread);
            runs.add(threads.submit(() -> {
                start.await();
                for (int step = 0; step < STEPS; step++) {
                    leave(random);
                }
                return null;
            }));
        }
        try {
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            Steps.limit(Long.MAX_VALUE);
        }
    }

    /** Takes a part, leaves it in a place, and gives back what lay there, whoever took that. */
    private void leave(SplittableRandom random) {
        long most = random.nextInt(4) == 0 ? CAPACITY / 8 : 3 * PAGE;
        long part = allocator.allocate(1 + random.nextLong(most), 1L << random.nextInt(14));
        if (part >= 0) {
            own(part, 0, 1);
        }
        giveBack(places.getAndSet(random.nextInt(PLACES), part < 0 ? NOTHING : part));
    }

    private void giveBack(long part) {
        if (part != NOTHING) {
            own(part, 1, 0);
            allocator.free(part);
        }
    }

    /** All granules of a part change hands. */
    private void own(long part, int from, int to) {
        int first = (int) (allocator.offset(part) / GRANULE);
        int count = (int) (allocator.reserved(part) / GRANULE);
        for (int i = first; i < first + count; i++) {
            if (!owners.compareAndSet(i, from, to)) {
                throw new AssertionError("granule " + i + " of part " + part + " has two owners");
            }
        }
    }
}
