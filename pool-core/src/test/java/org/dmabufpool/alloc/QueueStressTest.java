// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads that allocate, wait, give up and give back, with budgets and without: no page has two owners, and all comes back. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class QueueStressTest {

    private static final long PAGE = 4096;
    private static final int PAGES = 64;
    private static final int THREADS = 8;
    private static final int STEPS = 20_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void noPageHasTwoOwnersAndAllComesBack(Placement placement) throws Exception {
        SharedAllocator allocator = new SharedAllocator(
                AllocatorLayout.ofCapacity(PAGES * PAGE)
                        .withPlacement(placement)
                        .withBudgets(List.of(new Budget(8 * PAGE, 16 * PAGE), new Budget(0, 8 * PAGE))),
                true);
        AtomicIntegerArray owners = new AtomicIntegerArray(PAGES);
        List<Future<Integer>> users = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int seed = thread;
            users.add(threads.submit(() -> new User(allocator, owners, seed).run()));
        }
        int served = 0;
        for (Future<Integer> user : users) {
            served += user.get();
        }
        assertThat(served).as("requests that waited and were served").isPositive();
        AllocatorTotals totals = allocator.totals();
        assertThat(totals.usedBytes()).isZero();
        assertThat(totals.queuedRequests()).isZero();
        assertThat(totals.heldBytes()).isZero();
        assertThat(totals.budgets()).allMatch(use -> use.usedBytes() == 0);
        assertThat(totals.peakUsedBytes()).isBetween(1L, PAGES * PAGE);
        allocator.checkInvariants();
    }

    /** One thread's parts and requests. */
    private static final class User {

        private final SharedAllocator allocator;
        private final AtomicIntegerArray owners;
        private final SplittableRandom random;
        private final int name;
        private final List<Long> parts = new ArrayList<>();
        private int served;

        User(SharedAllocator allocator, AtomicIntegerArray owners, int seed) {
            this.allocator = allocator;
            this.owners = owners;
            this.random = new SplittableRandom(seed);
            this.name = seed + 1;
        }

        int run() {
            for (int step = 0; step < STEPS; step++) {
                if (parts.size() > random.nextInt(4)) {
                    give();
                } else if (random.nextInt(3) == 0) {
                    waitAWhile();
                } else {
                    take(allocator.allocate(size(), 1, kind()));
                }
            }
            while (!parts.isEmpty()) {
                give();
            }
            return served;
        }

        private long size() {
            return PAGE * (1 + random.nextInt(random.nextInt(4) == 0 ? 24 : 4));
        }

        private int kind() {
            return Kind.of(0, random.nextInt(4) % 3);
        }

        private void waitAWhile() {
            SilentRequest request = new SilentRequest(size(), kind(), random.nextInt(8) == 0);
            long part = allocator.allocateOrQueue(request);
            if (part == OffsetAllocator.QUEUED) {
                for (int look = random.nextInt(200); look > 0 && request.part() == 0; look--) {
                    Thread.yield();
                }
                part = allocator.leaveQueue(request) ? OffsetAllocator.NO_SPACE : request.part();
                served += part > 0 ? 1 : 0;
            }
            take(part);
        }

        private void take(long part) {
            if (part > 0) {
                own(part, 0, name);
                parts.add(part);
            }
        }

        private void give() {
            long part = parts.remove(random.nextInt(parts.size()));
            own(part, name, 0);
            allocator.free(part);
        }

        private void own(long part, int before, int after) {
            int first = (int) (allocator.offset(part) / PAGE);
            for (int page = first; page < first + allocator.reserved(part) / PAGE; page++) {
                if (!owners.compareAndSet(page, before, after)) {
                    throw new AssertionError("page " + page + " of part " + part + " is of " + owners.get(page));
                }
            }
        }
    }
}
