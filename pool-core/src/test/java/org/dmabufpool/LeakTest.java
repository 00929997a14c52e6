// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.heap.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Slices that are dropped without close are noticed, and no others. */
@Timeout(120)
class LeakTest {

    private static final long CAPACITY = 64 << 20;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final RecordingObserver observer = new RecordingObserver();
    private DmaBufPool pool = pool(LeakPolicy.GIVE_BACK);

    private DmaBufPool pool(LeakPolicy policy) {
        return DmaBufPool.builder()
                .name("leaky")
                .heap(new IdleHeap())
                .capacity(CAPACITY)
                .leaks(policy)
                .observer(observer)
                .build();
    }

    @AfterEach
    void close() {
        try {
            pool.close();
        } catch (OpenSlicesException e) {
            assertThat(e).hasMessageContaining("kept");
        }
    }

    @Test
    void aDroppedSliceIsToldOnceAndGivenBack() throws InterruptedException {
        long begin = System.nanoTime();
        long handle = drop("dropped", 10_000);
        Thread.sleep(20);
        sweepUntil(() -> assertThat(observer.leaked).hasSize(1));
        long most = System.nanoTime() - begin;
        SliceFacts leaked = observer.leaked.get(0);
        assertThat(leaked.pool()).isEqualTo("leaky");
        assertThat(leaked.handle()).isEqualTo(handle);
        assertThat(leaked.tag()).isEqualTo("dropped");
        assertThat(leaked.length()).isEqualTo(10_000);
        assertThat(leaked.reservedLength()).isGreaterThanOrEqualTo(10_000);
        assertThat(leaked.ageNanos()).isBetween(Duration.ofMillis(18).toNanos(), most);
        sweep(5);
        assertThat(observer.calls).containsOnlyOnce("leaked dropped, given back", "released dropped");
        PoolStatistics after = pool.statistics();
        assertThat(after.leaks()).isEqualTo(1);
        assertThat(after.leakedBytes()).isZero();
        assertThat(after.usedBytes()).isZero();
        assertThat(after.openSlices()).isZero();
        assertThat(after.releases()).isEqualTo(after.allocations());
    }

    @Test
    void byPolicyALeakedSliceIsKeptAndGivenBackByHand() {
        pool.close();
        pool = pool(LeakPolicy.KEEP);
        long handle = drop("kept by policy", 10_000);
        sweepUntil(() -> assertThat(observer.calls).contains("leaked kept by policy, kept"));
        sweep(5);
        assertThat(observer.leaked).hasSize(1);
        PoolStatistics kept = pool.statistics();
        assertThat(kept.leaks()).isEqualTo(1);
        assertThat(kept.leakedBytes()).isEqualTo(kept.usedBytes()).isPositive();
        assertThat(kept.openSlices()).isEqualTo(1);
        pool.handles().release(handle);
        PoolStatistics after = pool.statistics();
        assertThat(after.leaks()).isEqualTo(1);
        assertThat(after.leakedBytes()).isZero();
        assertThat(after.usedBytes()).isZero();
    }

    @Test
    void aSliceThatLeakedWithAnAccessOpenIsKept() {
        dropWithAccess("kept for its access");
        sweepUntil(() -> assertThat(observer.calls).contains("leaked kept for its access, kept"));
        PoolStatistics kept = pool.statistics();
        assertThat(kept.leakedBytes()).isEqualTo(kept.usedBytes()).isPositive();
    }

    @Test
    void aSliceThatWasOpenedOnceIsKeptAsAViewMayBeInUse() {
        dropAfterAccess("kept for its view");
        sweepUntil(() -> assertThat(observer.leaked).isNotEmpty());
        assertThat(observer.calls).contains("leaked kept for its view, kept");
        assertThat(pool.statistics().leakedBytes()).isPositive();
    }

    private void dropAfterAccess(String tag) {
        pool.allocate(SliceRequest.of(100).tag(tag)).write().close();
    }

    @Test
    void aLoanThatIsDroppedIsToldAndKeepsItsPlace() {
        dropLoan("kept while lent", "a camera");
        sweepUntil(() -> assertThat(observer.calls).contains("leaked a camera, kept"));
        PoolStatistics kept = pool.statistics();
        assertThat(kept.leaks()).isEqualTo(1);
        assertThat(kept.retiringSlices()).isEqualTo(1);
        assertThat(kept.leakedBytes()).isEqualTo(kept.retiringBytes());
    }

    private void dropLoan(String tag, String borrower) {
        try (Slice slice = pool.allocate(SliceRequest.of(100).tag(tag))) {
            slice.lend(Direction.WRITE, borrower);
        }
    }

    @Test
    void aSliceThatIsHeldIsNoLeakHoweverOldItIs() {
        Slice held = pool.allocate(SliceRequest.of(100).tag("held"));
        sweep(10);
        assertThat(observer.leaked).isEmpty();
        assertThat(held.isOpen()).isTrue();
        held.close();
        sweep(5);
        assertThat(observer.leaked).isEmpty();
    }

    @Test
    void amongManyClosedSlicesTheDroppedOneAloneIsTold() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        List<Thread> users = new ArrayList<>();
        for (int user = 0; user < 3; user++) {
            int seed = user;
            users.add(new Thread(() -> allocateAndClose(new SplittableRandom(seed), over)));
        }
        users.forEach(user -> {
            user.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
            user.start();
        });
        SliceStore store = store();
        for (int i = 0; i < 40; i++) {
            System.gc();
            store.runMaintenance();
        }
        assertThat(observer.leaked).isEmpty();
        long handle = drop("one of many", 500);
        sweepUntil(() -> assertThat(observer.leaked).isNotEmpty());
        over.set(true);
        for (Thread user : users) {
            user.join();
        }
        sweep(5);
        assertThat(failures).isEmpty();
        assertThat(observer.leaked).extracting(SliceFacts::handle).containsExactly(handle);
        assertThat(pool.statistics().usedBytes()).isZero();
    }

    /** Some are closed at once, some live through sweeps. */
    private void allocateAndClose(SplittableRandom random, AtomicBoolean over) {
        Slice[] held = new Slice[64];
        while (!over.get()) {
            int at = random.nextInt(held.length);
            if (held[at] != null) {
                held[at].close();
            }
            held[at] = pool.allocate(1 + random.nextInt(20_000));
            pool.allocate(1 + random.nextInt(20_000)).release();
        }
        for (Slice slice : held) {
            if (slice != null) {
                slice.close();
            }
        }
    }

    @Test
    void noDroppedSliceIsMissedHoweverOftenIsSwept() throws InterruptedException {
        int dropped = 20_000;
        DmaBufPool own = DmaBufPool.builder()
                .name("swept")
                .heap(new IdleHeap())
                .capacity(CAPACITY)
                .leaks(LeakPolicy.GIVE_BACK)
                .build();
        SliceStore store = store(own);
        quietly(() -> {
            Thread dropper = new Thread(() -> {
                for (int i = 0; i < dropped; i++) {
                    own.allocate(128);
                }
            });
            dropper.start();
            while (dropper.isAlive()) {
                store.runMaintenance();
            }
            await().atMost(LONG).untilAsserted(() -> {
                System.gc();
                store.runMaintenance();
                assertThat(own.statistics().leaks()).isEqualTo(dropped);
            });
        });
        assertThat(own.statistics().usedBytes()).isZero();
        own.close();
    }

    @Test
    void anObserverOfALeakMayWaitForAnotherThreadThatAsksThePool() {
        List<Long> seen = new ArrayList<>();
        DmaBufPool own = DmaBufPool.builder()
                .heap(new IdleHeap())
                .capacity(CAPACITY)
                .leaks(LeakPolicy.GIVE_BACK)
                .observer(new PoolObserver() {
                    @Override
                    public void leaked(SliceFacts slice, boolean givenBack) {
                        Thread other = new Thread(
                                () -> seen.add(OTHERS.get(0).statistics().leaks()));
                        other.start();
                        try {
                            other.join(10_000);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                })
                .build();
        OTHERS.add(own);
        SliceStore store = store(own);
        own.allocate(100);
        quietly(() -> await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            store.runMaintenance();
            assertThat(seen).containsExactly(1L);
        }));
        OTHERS.clear();
        own.close();
    }

    private static final List<DmaBufPool> OTHERS = new ArrayList<>();

    @Test
    void aLeakIsLoggedWithWhatIsKnownOfIt() {
        try (LogCapture log = new LogCapture(SliceStore.class)) {
            drop("logged", 10_000);
            sweepUntil(() -> assertThat(log.messages()).hasSize(1));
            assertThat(log.messages().get(0))
                    .contains("slice 'logged'", "10000 bytes", "pool 'leaky'", "went back to the pool");
        }
    }

    @Test
    void withoutStatisticsNothingIsLookedFor() {
        DmaBufPool blind = DmaBufPool.builder()
                .heap(new IdleHeap())
                .capacity(CAPACITY)
                .statistics(false)
                .observer(observer)
                .build();
        SliceStore store = store(blind);
        blind.allocate(100);
        for (int i = 0; i < 5; i++) {
            System.gc();
            store.runMaintenance();
        }
        assertThat(observer.leaked).isEmpty();
        assertThat(blind.statistics().openSlices()).isEqualTo(1);
    }

    @Test
    void aPoolDroppedWithoutCloseGivesItsMemoryBackAndSaysSo() {
        AtomicInteger closed = new AtomicInteger();
        try (LogCapture log = new LogCapture(DroppedPool.class)) {
            WeakReference<SliceStore> store = droppedPool(closed);
            await().atMost(LONG).untilAsserted(() -> {
                System.gc();
                assertThat(store.get()).isNull();
                assertThat(closed.get()).isEqualTo(1);
                assertThat(log.messages()).hasSize(1);
            });
            assertThat(log.messages().get(0)).contains("pool 'dropped'", "without being closed");
        }
    }

    private static WeakReference<SliceStore> droppedPool(AtomicInteger closed) {
        DmaBufPool dropped = DmaBufPool.builder()
                .name("dropped")
                .heap(new IdleHeap(closed::incrementAndGet))
                .capacity(CAPACITY)
                .build();
        dropped.allocate(100);
        return new WeakReference<>(store(dropped));
    }

    /** In a method of its own, so that no frame keeps the slice. */
    private long drop(String tag, long bytes) {
        return pool.allocate(SliceRequest.of(bytes).tag(tag)).handle();
    }

    private void dropWithAccess(String tag) {
        pool.allocate(SliceRequest.of(100).tag(tag)).write();
    }

    private SliceStore store() {
        return store(pool);
    }

    private static SliceStore store(DmaBufPool pool) {
        try (Slice slice = pool.allocate(1)) {
            return slice.store();
        }
    }

    private void sweep(int times) {
        SliceStore store = store();
        for (int i = 0; i < times; i++) {
            store.runMaintenance();
            System.gc();
        }
        store.runMaintenance();
    }

    private void sweepUntil(org.awaitility.core.ThrowingRunnable assertion) {
        SliceStore store = store();
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            store.runMaintenance();
            assertion.run();
        });
    }

    /** Without the warnings of each leak. */
    private static void quietly(Work work) {
        try (LogCapture log = new LogCapture(SliceStore.class)) {
            work.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private interface Work {
        void run() throws Exception;
    }
}
