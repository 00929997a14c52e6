// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Observers are told of each thing that happens, once, when it is done, with the facts. */
@Timeout(60)
class PoolObserverTest {

    private static final long CAPACITY = 1 << 20;

    private final RecordingObserver observer = new RecordingObserver();
    private final TroubledHeap heap = new TroubledHeap(new ModelHeap());
    private final DmaBufPool pool = DmaBufPool.builder()
            .name("watched")
            .heap(heap)
            .capacity(CAPACITY)
            .observer(observer)
            .build();

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void theLifeOfASliceIsToldInOrder() {
        long begin = System.nanoTime();
        Slice slice = pool.allocate(SliceRequest.of(1000).tag("frame"));
        assertThat(observer.lastNanos).isBetween(0L, System.nanoTime() - begin);
        CpuAccess access = slice.write();
        access.close();
        slice.close();
        long most = System.nanoTime() - begin;
        String range = slice.offset() + "+" + slice.reservedLength();
        assertThat(observer.calls)
                .containsExactly(
                        "allocated frame",
                        "synced START WRITE " + range,
                        "started WRITE",
                        "synced END WRITE " + range,
                        "ended WRITE",
                        "released frame");
        for (List<SliceFacts> facts :
                List.of(observer.allocated, observer.started, observer.ended, observer.released)) {
            assertFactsOf(slice, facts.get(0));
            assertThat(facts.get(0).ageNanos()).isBetween(0L, most + TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void assertFactsOf(Slice slice, SliceFacts facts) {
        assertThat(facts.pool()).isEqualTo("watched");
        assertThat(facts.handle()).isEqualTo(slice.handle());
        assertThat(facts.offset()).isEqualTo(slice.offset());
        assertThat(facts.length()).isEqualTo(slice.length());
        assertThat(facts.reservedLength()).isEqualTo(slice.reservedLength());
        assertThat(facts.tag()).isEqualTo(slice.tag());
    }

    @Test
    void handlesAreToldAsSlicesAre() {
        SliceHandles handles = pool.handles();
        long handle = handles.allocate(1000, 0, "frame");
        handles.start(handle, Direction.READ);
        handles.end(handle, Direction.READ);
        String range = handles.offset(handle) + "+" + handles.reservedLength(handle);
        handles.release(handle);
        assertThat(observer.calls)
                .containsExactly(
                        "allocated frame",
                        "synced START READ " + range,
                        "started READ",
                        "synced END READ " + range,
                        "ended READ",
                        "released frame");
        assertThat(observer.released).extracting(SliceFacts::handle).containsExactly(handle);
    }

    @Test
    void theAgeAtTheReleaseIsHowLongTheSliceWasHeld() throws InterruptedException {
        Slice slice = pool.allocate(1000);
        Thread.sleep(30);
        slice.close();
        assertThat(observer.allocated.get(0).ageNanos()).isLessThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(observer.released.get(0).ageNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(28));
    }

    @Test
    void whatNeverBeganIsNotTold() {
        Slice slice = pool.allocate(1000);
        heap.refused = SyncPhase.START;
        assertThatThrownBy(slice::read).isInstanceOf(HeapException.class);
        assertThatThrownBy(() -> pool.handles().start(slice.handle(), Direction.READ))
                .isInstanceOf(HeapException.class);
        heap.refused = null;
        try (CpuAccess access = slice.read()) {
            assertThatThrownBy(slice::close).isInstanceOf(AccessConflictException.class);
            assertThatThrownBy(slice::write).isInstanceOf(AccessConflictException.class);
        }
        assertThat(observer.calls)
                .containsOnlyOnce("started READ", "ended READ")
                .doesNotContain("started WRITE");
        assertThat(observer.released).isEmpty();
        slice.close();
        slice.close();
        assertThat(observer.released).hasSize(1);
    }

    @Test
    void anEndThatIsRefusedIsAnEnd() {
        Slice slice = pool.allocate(1000);
        CpuAccess access = slice.read();
        heap.refused = SyncPhase.END;
        assertThatThrownBy(access::close).isInstanceOf(HeapException.class);
        heap.refused = null;
        assertThat(observer.calls).endsWith("started READ", "ended READ");
        slice.close();
    }

    @Test
    void refusalsSayWhy() {
        Slice all = pool.allocate(CAPACITY);
        SliceRequest more = SliceRequest.of(8192).alignment(4096).tag("more");
        assertThatThrownBy(() -> pool.allocate(more)).isInstanceOf(PoolExhaustedException.class);
        assertThat(pool.tryAllocate(more)).isEmpty();
        assertThat(pool.handles().tryAllocate(8192, 4096, "more")).isEqualTo(SliceHandles.NONE);
        all.close();
        assertThatThrownBy(() -> pool.allocate(CAPACITY + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.handles().allocate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(observer.calls)
                .containsSubsequence(
                        "refused EXHAUSTED by watched",
                        "refused EXHAUSTED by watched",
                        "refused EXHAUSTED by watched",
                        "refused INVALID by watched",
                        "refused INVALID by watched");
        assertThat(observer.refused)
                .containsExactly(more, more, more, SliceRequest.of(CAPACITY + 1), SliceRequest.of(0));
        assertThat(pool.statistics().exhausted()).isEqualTo(3);
        assertThat(pool.statistics().invalid()).isEqualTo(2);
    }

    @Test
    void enoughInPiecesIsFragmented() {
        List<Slice> slices = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            slices.add(pool.allocate(CAPACITY / 16));
        }
        slices.sort(java.util.Comparator.comparingLong(Slice::offset));
        for (int i = 0; i < 16; i += 2) {
            slices.get(i).close();
        }
        assertThatThrownBy(() -> pool.allocate(CAPACITY / 4)).isInstanceOf(PoolExhaustedException.class);
        assertThat(observer.calls).endsWith("refused FRAGMENTED by watched");
        assertThat(pool.statistics().fragmented()).isEqualTo(1);
        assertThat(pool.statistics().exhausted()).isZero();
        slices.forEach(Slice::close);
    }

    @Test
    void askingForTheAvailabilityIsNoRequest() {
        assertThatThrownBy(() -> pool.availability(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(observer.calls).isEmpty();
        assertThat(pool.statistics().invalid()).isZero();
    }

    @Test
    void aRequestThatWaitsIsToldOnceWithItsWait() throws Exception {
        Slice all = pool.allocate(CAPACITY);
        CompletableFuture<Slice> waiting = CompletableFuture.supplyAsync(
                () -> pool.allocate(SliceRequest.of(1000).tag("late"), Duration.ofSeconds(30)));
        await().until(() -> pool.statistics().waiting() == 1);
        Thread.sleep(20);
        assertThat(pool.statistics().waits()).as("moves when a wait ends").isZero();
        all.close();
        Slice late = waiting.get(30, TimeUnit.SECONDS);
        assertThat(observer.lastNanos).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(18));
        assertThat(observer.calls).containsOnlyOnce("allocated late");
        assertThat(observer.refused).isEmpty();
        PoolStatistics after = pool.statistics();
        assertThat(after.waits()).isEqualTo(1);
        assertThat(after.waiting()).isZero();
        assertThat(after.waitNanos()).isBetween(TimeUnit.MILLISECONDS.toNanos(18), observer.lastNanos);
        assertThat(after.exhausted()).isZero();
        late.close();
    }

    @Test
    void aWaitInVainIsOneRefusal() {
        Slice all = pool.allocate(CAPACITY);
        assertThatThrownBy(() -> pool.allocate(1000, Duration.ofMillis(20))).isInstanceOf(PoolExhaustedException.class);
        assertThat(observer.calls).containsOnlyOnce("refused EXHAUSTED by watched");
        assertThat(observer.lastNanos).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(pool.statistics().exhausted()).isEqualTo(1);
        assertThat(pool.statistics().waits()).isEqualTo(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pool.allocate(1000, Duration.ofMinutes(1))).isInstanceOf(PoolExhaustedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(observer.refused).hasSize(2);
        assertThat(pool.statistics().exhausted()).isEqualTo(2);
        all.close();
    }

    @Test
    void aTagThatIsNullTakesNothing() {
        assertThatThrownBy(() -> pool.handles().allocate(1000, 0, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> pool.handles().tryAllocate(1000, 0, null)).isInstanceOf(NullPointerException.class);
        assertThat(pool.statistics().usedBytes()).isZero();
    }

    @Test
    void whatAnObserverThrowsIsLoggedOnceAndReachesNobody() {
        RecordingObserver second = new RecordingObserver();
        PoolObserver broken = new PoolObserver() {
            @Override
            public void allocated(SliceFacts slice, long nanos) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void accessStarted(SliceFacts slice, Direction direction) {
                throw new NoClassDefFoundError("broken");
            }

            @Override
            public void accessEnded(SliceFacts slice, Direction direction) {
                throw new AssertionError("broken");
            }

            @Override
            public void released(SliceFacts slice) {
                throw new UnsupportedOperationException("broken");
            }
        };
        try (LogCapture log = new LogCapture(PoolObservers.class);
                DmaBufPool own = DmaBufPool.builder()
                        .heap(heap)
                        .capacity(CAPACITY)
                        .observer(broken)
                        .observer(second)
                        .build()) {
            for (int i = 0; i < 3; i++) {
                try (Slice slice = own.allocate(1000)) {
                    slice.readWrite().close();
                }
            }
            assertThat(own.statistics().usedBytes()).isZero();
            assertThat(second.released).hasSize(3);
            assertThat(second.ended).hasSize(3);
            assertThat(log.messages()).hasSize(1);
            assertThat(log.messages().get(0)).contains(broken.getClass().getName());
        }
    }
}
