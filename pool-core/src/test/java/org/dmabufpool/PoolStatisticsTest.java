// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One snapshot adds up, whatever goes on meanwhile. */
class PoolStatisticsTest {

    private static final long CAPACITY = 4 << 20;
    private static final int SNAPSHOTS = 3_000;
    private static final int MOST_LOOKS = 200_000;

    private static DmaBufPool pool(boolean statistics) {
        return DmaBufPool.builder()
                .heap(new IdleHeap())
                .capacity(CAPACITY)
                .statistics(statistics)
                .build();
    }

    /** What holds in every snapshot. */
    private static void assertAddsUp(PoolStatistics now) {
        assertThat(now.sizeClasses().stream()
                        .mapToLong(SizeClass::reservedBytes)
                        .sum())
                .as("reserved by size class")
                .isEqualTo(now.usedBytes());
        assertThat(now.sizeClasses().stream().mapToLong(SizeClass::holeBytes).sum())
                .as("holes by size class")
                .isEqualTo(now.freeBytes());
        assertThat(now.sizeClasses().stream().mapToLong(SizeClass::slices).sum())
                .as("slices by size class, those in quarantine included")
                .isGreaterThanOrEqualTo(now.openSlices());
        assertThat(now.allocations() - now.releases()).isEqualTo(now.openSlices());
        assertThat(now.usedBytes() + now.freeBytes()).isEqualTo(now.capacityBytes());
        assertThat(now.peakUsedBytes()).isBetween(now.usedBytes(), now.capacityBytes());
        assertThat(now.largestFreeBytes()).isLessThanOrEqualTo(now.freeBytes());
        long tagged = now.tags().stream().mapToLong(TagUse::reservedBytes).sum();
        assertThat(tagged).as("held by tags").isLessThanOrEqualTo(now.usedBytes() - now.quarantinedBytes());
    }

    /** What holds as well while nobody allocates or releases. */
    private static void assertTagsHoldAll(PoolStatistics now) {
        assertThat(now.tags().stream().mapToLong(TagUse::reservedBytes).sum())
                .isEqualTo(now.usedBytes() - now.quarantinedBytes());
        assertThat(now.tags().stream().mapToLong(TagUse::slices).sum()).isEqualTo(now.openSlices());
        assertThat(now.tags().stream().mapToLong(TagUse::requestedBytes).sum()).isEqualTo(now.requestedBytes());
    }

    @Test
    @Timeout(120)
    void everySnapshotAddsUpWhileTwoThreadsAllocateAndRelease() throws InterruptedException {
        try (DmaBufPool pool = pool(true);
                Churn churn = new Churn(2, random -> sliceChurn(pool, random))) {
            for (int i = 0; i < SNAPSHOTS; i++) {
                assertAddsUp(pool.statistics());
            }
            churn.end();
            PoolStatistics end = pool.statistics();
            assertAddsUp(end);
            assertTagsHoldAll(end);
            assertThat(end.usedBytes()).isZero();
            assertThat(end.allocations()).as("there was something to see").isGreaterThan(SNAPSHOTS);
        }
    }

    /** The sabotage: the same numbers, asked for one after the other. */
    @Test
    @Timeout(120)
    void numbersAskedForOneAfterTheOtherDoNotAddUp() throws InterruptedException {
        OffsetAllocator allocator = AllocatorLayout.of(
                        CAPACITY, AllocatorLayout.DEFAULT_GRANULE, AllocatorLayout.DEFAULT_PAGE_SIZE)
                .createShared();
        int mismatches = 0;
        try (Churn churn = new Churn(2, random -> partChurn(allocator, random))) {
            for (int i = 0; i < MOST_LOOKS && mismatches == 0; i++) {
                long used = allocator.totals().usedBytes();
                long[] sum = {0};
                allocator.forEachPart(part -> sum[0] += allocator.reserved(part));
                mismatches += used == sum[0] ? 0 : 1;
            }
            churn.end();
        }
        assertThat(mismatches).isPositive();
    }

    private static Step sliceChurn(DmaBufPool pool, SplittableRandom random) {
        Slice[] held = new Slice[32];
        return last -> {
            int at = random.nextInt(held.length);
            if (held[at] != null) {
                held[at].close();
            }
            held[at] = pool.tryAllocate(
                            SliceRequest.of(1 + random.nextInt(60_000)).tag("tag " + at % 3))
                    .orElse(null);
            for (int i = 0; last && i < held.length; i++) {
                if (held[i] != null) {
                    held[i].close();
                }
            }
        };
    }

    private static Step partChurn(OffsetAllocator allocator, SplittableRandom random) {
        long[] held = new long[32];
        java.util.Arrays.fill(held, -1);
        return last -> {
            int at = random.nextInt(held.length);
            if (held[at] >= 0) {
                allocator.free(held[at]);
            }
            held[at] = allocator.allocate(1 + random.nextInt(60_000), 1);
        };
    }

    /** A step of a thread that makes work; the last one tidies up. */
    private interface Step {
        void run(boolean last);
    }

    private interface Steps {
        Step of(SplittableRandom random);
    }

    /** Threads that allocate and release until they are told to end. */
    private static final class Churn implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        private final List<Thread> threads = new ArrayList<>();

        Churn(int count, Steps steps) {
            for (int i = 0; i < count; i++) {
                Step step = steps.of(new SplittableRandom(i));
                Thread thread = new Thread(() -> {
                    while (!over.get()) {
                        step.run(false);
                    }
                    step.run(true);
                });
                thread.setUncaughtExceptionHandler((of, e) -> failures.add(e));
                threads.add(thread);
            }
            threads.forEach(Thread::start);
        }

        void end() throws InterruptedException {
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }

        @Override
        public void close() {
            over.set(true);
        }
    }

    @Property(tries = 200)
    void agreesWithANaiveList(@ForAll @Size(max = 80) List<@IntRange(min = 0, max = 400_000) Integer> steps) {
        try (DmaBufPool pool = pool(true)) {
            List<Slice> held = new ArrayList<>();
            long allocations = 0;
            long refused = 0;
            for (int step : steps) {
                if (step % 3 == 0 && !held.isEmpty()) {
                    held.remove(step % held.size()).close();
                } else {
                    var slice = pool.tryAllocate(SliceRequest.of(1 + step).tag("tag " + step % 5));
                    slice.ifPresent(held::add);
                    allocations += slice.isPresent() ? 1 : 0;
                    refused += slice.isPresent() ? 0 : 1;
                }
                PoolStatistics now = pool.statistics();
                assertAddsUp(now);
                assertTagsHoldAll(now);
                assertThat(now.allocations()).isEqualTo(allocations);
                assertThat(now.exhausted() + now.fragmented()).isEqualTo(refused);
                assertHolds(now, held);
            }
            held.forEach(Slice::close);
        }
    }

    private static void assertHolds(PoolStatistics now, List<Slice> held) {
        assertThat(now.openSlices()).isEqualTo(held.size());
        assertThat(now.usedBytes())
                .isEqualTo(held.stream().mapToLong(Slice::reservedLength).sum());
        assertThat(now.requestedBytes())
                .isEqualTo(held.stream().mapToLong(Slice::length).sum());
        Map<String, Long> byTag = new HashMap<>();
        Map<Long, Long> byClass = new HashMap<>();
        for (Slice slice : held) {
            byTag.merge(slice.tag(), slice.reservedLength(), Long::sum);
            byClass.merge(Long.highestOneBit(slice.reservedLength()), 1L, Long::sum);
        }
        Map<String, Long> tags = new HashMap<>();
        now.tags().forEach(tag -> tags.put(tag.tag(), tag.reservedBytes()));
        assertThat(tags).isEqualTo(byTag);
        assertThat(now.tags()).isSortedAccordingTo((a, b) -> Long.compare(b.reservedBytes(), a.reservedBytes()));
        Map<Long, Long> classes = new HashMap<>();
        now.sizeClasses().stream()
                .filter(one -> one.slices() > 0)
                .forEach(one -> classes.put(one.fromBytes(), one.slices()));
        assertThat(classes).isEqualTo(byClass);
        assertThat(now.sizeClasses()).isSortedAccordingTo((a, b) -> Long.compare(a.fromBytes(), b.fromBytes()));
    }

    @Test
    void bytesInQuarantineAreUsedAndNobodys() {
        TroubledHeap heap = new TroubledHeap(new ModelHeap());
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(heap).capacity(CAPACITY).build()) {
            Slice lost = pool.allocate(10_000);
            Slice held = pool.allocate(SliceRequest.of(5_000).tag("held"));
            CpuAccess access = lost.write();
            heap.refused = SyncPhase.END;
            assertThatThrownBy(access::close).isInstanceOf(HeapException.class);
            assertThatThrownBy(lost::close).isInstanceOf(HeapException.class);
            heap.refused = null;
            PoolStatistics now = pool.statistics();
            assertAddsUp(now);
            assertTagsHoldAll(now);
            assertThat(now.quarantinedBytes()).isEqualTo(lost.reservedLength());
            assertThat(now.openSlices()).isEqualTo(1);
            assertThat(now.releases()).isEqualTo(1);
            assertThat(now.requestedBytes()).isEqualTo(5_000);
            assertThat(now.internalFragmentation()).isEqualTo(1 - 5_000.0 / held.reservedLength());
            held.close();
        }
    }

    @Test
    void agesGrowAndTheOldestIsTold() throws InterruptedException {
        try (DmaBufPool pool = pool(true)) {
            assertThat(pool.statistics().oldestSliceNanos()).isZero();
            try (Slice old = pool.allocate(SliceRequest.of(100).tag("old"))) {
                old.store().runMaintenance();
                Thread.sleep(30);
                old.store().runMaintenance();
                try (Slice young = pool.allocate(SliceRequest.of(100_000).tag("young"))) {
                    PoolStatistics now = pool.statistics();
                    TagUse first = now.tags().get(0);
                    assertThat(first.tag()).isEqualTo(young.tag());
                    assertThat(now.oldestSliceNanos())
                            .isGreaterThanOrEqualTo(28_000_000)
                            .isGreaterThan(first.oldestNanos())
                            .isEqualTo(now.tags().get(1).oldestNanos());
                }
            }
        }
    }

    @Test
    void offMeansNoSyncNoAgeAndNoLeakButMemoryIsCounted() throws InterruptedException {
        try (DmaBufPool pool = DmaBufPool.builder()
                        .heap(ModelHeap.supporting(SyncWay.PARTIAL))
                        .capacity(CAPACITY)
                        .statistics(false)
                        .build();
                Slice slice = pool.allocate(SliceRequest.of(1000).tag("counted"))) {
            slice.write().close();
            Thread.sleep(5);
            slice.store().runMaintenance();
            PoolStatistics now = pool.statistics();
            assertAddsUp(now);
            assertTagsHoldAll(now);
            assertThat(now.usedBytes()).isEqualTo(slice.reservedLength());
            assertThat(now.oldestSliceNanos()).isZero();
            assertThat(now.sync().callCount()).isZero();
            assertThat(now.sync().bytesAsked()).isZero();
            assertThat(now.syncWay()).isEqualTo(SyncWay.PARTIAL);
        }
    }

    @Test
    void aClosedPoolStillAnswers() {
        DmaBufPool pool = DmaBufPool.builder()
                .heap(ModelHeap.supporting(SyncWay.WINDOW))
                .capacity(CAPACITY)
                .build();
        Slice open = pool.allocate(SliceRequest.of(1000).tag("still open"));
        open.write().close();
        assertThatThrownBy(pool::close).isInstanceOf(OpenSlicesException.class);
        PoolStatistics now = pool.statistics();
        assertAddsUp(now);
        assertThat(now.openSlices()).isEqualTo(1);
        assertThat(now.windowsOpen()).isZero();
        assertThat(now.sync().callCount()).isEqualTo(2);
        assertThat(pool.dump()).contains("\"still open\"", "\"openSlices\": 1");
    }
}
