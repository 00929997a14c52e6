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
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for space is served in turn, waits no longer than told, and leaves nothing behind. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SpaceWaitsTest {

    private static final long PAGE = 4096;
    private static final long CAPACITY = 64 * PAGE;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int SOON_SECONDS = 20;

    private final DmaBufPool pool = DmaBufPool.builder()
            .name("waits")
            .heap(ModelHeap.coherent())
            .capacity(CAPACITY)
            .build();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void nothingIsLeftBehind() {
        threads.shutdownNow();
        if (!pool.isClosed()) {
            PoolStatistics now = pool.statistics();
            assertThat(now.waiting()).isZero();
            assertThat(now.heldBytes()).isZero();
            assertThat(now.usedBytes()).isZero();
            assertThat(now.largestFreeBytes()).isEqualTo(CAPACITY);
            pool.close();
        }
    }

    private Future<Slice> waitFor(SliceRequest request) {
        int before = pool.waiters();
        Future<Slice> answer = threads.submit(() -> pool.allocate(request, LONG));
        await().until(() -> pool.waiters() == before + 1);
        return answer;
    }

    private static Slice soon(Future<Slice> answer) throws Exception {
        return answer.get(SOON_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void firstComeFirstServed() throws Exception {
        List<Slice> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(pool.allocate(CAPACITY / 4));
        }
        List<Future<Slice>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(waitFor(SliceRequest.of(CAPACITY / 4)));
        }
        for (int i = 0; i < 4; i++) {
            held.get(i).close();
            Slice served = soon(answers.get(i));
            assertThat(pool.waiters()).isEqualTo(3 - i);
            assertThat(answers.stream().filter(Future::isDone)).hasSize(i + 1);
            held.add(served);
        }
        held.subList(4, 8).forEach(Slice::close);
    }

    @Test
    void theUrgentGoAheadInTheirOwnOrder() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        Future<Slice> preview = waitFor(SliceRequest.of(CAPACITY).tag("preview"));
        Future<Slice> shutter = waitFor(SliceRequest.of(CAPACITY).tag("shutter").urgent());
        Future<Slice> second = waitFor(SliceRequest.of(CAPACITY).tag("second").urgent());
        held.close();
        for (Future<Slice> next : List.of(shutter, second, preview)) {
            Slice served = soon(next);
            served.close();
        }
    }

    @Test
    void whatIsHeldForTheFirstIsNobodyElsesButTheUrgents() throws Exception {
        Slice low = pool.allocate(CAPACITY / 4);
        Future<Slice> first = waitFor(SliceRequest.of(CAPACITY - PAGE));
        assertThat(pool.statistics().heldBytes()).isEqualTo(CAPACITY - CAPACITY / 4 - PAGE);
        assertThat(pool.availability(PAGE)).isEqualTo(1);
        assertThat(pool.availability(2 * PAGE)).isZero();
        assertThat(pool.tryAllocate(2 * PAGE)).isEmpty();
        assertThat(pool.handles().tryAllocate(2 * PAGE)).isEqualTo(SliceHandles.NONE);
        assertThatThrownBy(() -> pool.allocate(2 * PAGE))
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("held for the first of 1 requests that wait=" + (CAPACITY - CAPACITY / 4 - PAGE));
        pool.allocate(PAGE).close();
        try (Slice shutter = pool.allocate(SliceRequest.of(2 * PAGE).urgent())) {
            assertThat(shutter.length()).isEqualTo(2 * PAGE);
        }
        long handle = pool.handles().tryAllocate(SliceRequest.of(2 * PAGE).urgent());
        pool.handles().release(handle);
        assertThat(first.isDone()).isFalse();
        low.close();
        soon(first).close();
    }

    @Test
    void aReleaseServesAllThatFit() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        List<Future<Slice>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(waitFor(SliceRequest.of(CAPACITY / 4)));
        }
        held.close();
        for (Future<Slice> answer : answers) {
            soon(answer).close();
        }
    }

    @Test
    void whoIsLateLeavesAndTheNextHasItsTurn() throws Exception {
        Slice held = pool.allocate(CAPACITY / 2);
        assertThatThrownBy(() -> pool.allocate(SliceRequest.of(CAPACITY), Duration.ofMillis(5)))
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("after a wait of 5 ms");
        assertThat(pool.statistics().heldBytes()).isZero();
        Future<Slice> whole = waitFor(SliceRequest.of(CAPACITY));
        Future<Slice> half = waitFor(SliceRequest.of(CAPACITY / 2));
        whole.cancel(true);
        soon(half).close();
        held.close();
    }

    @Test
    void handlesWaitInTheSameQueue() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        Future<Slice> first = waitFor(SliceRequest.of(CAPACITY));
        Future<Long> second = threads.submit(
                () -> pool.handles().allocate(SliceRequest.of(CAPACITY).tag("raw"), LONG.toNanos()));
        await().until(() -> pool.waiters() == 2);
        held.close();
        soon(first).close();
        pool.handles().release(second.get(SOON_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void aClosedPoolEndsAllWaits() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        Future<Slice> waiting = waitFor(SliceRequest.of(1));
        CompletableFuture<Slice> later = pool.allocateAsync(SliceRequest.of(1), LONG);
        assertThatThrownBy(pool::close).isInstanceOf(OpenSlicesException.class);
        assertThatThrownBy(() -> soon(waiting)).hasCauseInstanceOf(PoolClosedException.class);
        assertThatThrownBy(() -> later.get(SOON_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(PoolClosedException.class);
        held.close();
    }

    @Test
    void noReleaseIsMissedInLongUse() throws Exception {
        int rounds = 2_000;
        List<Future<?>> takers = new ArrayList<>();
        AtomicBoolean late = new AtomicBoolean();
        for (int i = 0; i < 8; i++) {
            long bytes = (1 + 5 * i) * PAGE;
            takers.add(threads.submit(() -> {
                for (int round = 0; round < rounds && !late.get(); round++) {
                    Slice slice = pool.allocate(SliceRequest.of(bytes), LONG);
                    if (round % 16 == 0) {
                        Thread.yield();
                    }
                    slice.close();
                }
            }));
        }
        try {
            for (Future<?> taker : takers) {
                taker.get(60, TimeUnit.SECONDS);
            }
        } finally {
            late.set(true);
        }
    }

    // ---- without a thread that waits ----

    @Test
    void anAnswerIsCompleteAtOnceIfThereIsSpace() {
        CompletableFuture<Slice> answer = pool.allocateAsync(SliceRequest.of(1).tag("now"), LONG);
        assertThat(answer).isCompleted();
        answer.join().close();
    }

    @Test
    void anAnswerIsCompletedByTheExecutor() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        ConcurrentLinkedQueue<Runnable> work = new ConcurrentLinkedQueue<>();
        CompletableFuture<Slice> answer = pool.allocateAsync(SliceRequest.of(CAPACITY), LONG, work::add);
        assertThat(pool.waiters()).isEqualTo(1);
        held.close();
        assertThat(answer).isNotDone();
        assertThat(pool.waiters()).isZero();
        work.forEach(Runnable::run);
        answer.join().close();
        assertThat(pool.statistics().waits()).isEqualTo(1);
    }

    @Test
    void anExecutorThatRefusesLosesNothing() {
        Slice held = pool.allocate(CAPACITY);
        CompletableFuture<Slice> answer = pool.allocateAsync(SliceRequest.of(CAPACITY), LONG, work -> {
            throw new RejectedExecutionException("shut down");
        });
        held.close();
        answer.join().close();
    }

    @Test
    void anAnswerFailsWhenTimeIsUp() {
        Slice held = pool.allocate(CAPACITY);
        CompletableFuture<Slice> answer = pool.allocateAsync(SliceRequest.of(1).tag("raw"), Duration.ofMillis(20));
        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("tag 'raw'");
        assertThatThrownBy(pool.allocateAsync(SliceRequest.of(1), Duration.ZERO)::join)
                .hasCauseInstanceOf(PoolExhaustedException.class);
        assertThat(pool.waiters()).isZero();
        held.close();
    }

    @Test
    void aCancelledAnswerLeavesTheQueueOrClosesItsSlice() {
        Slice held = pool.allocate(CAPACITY);
        ConcurrentLinkedQueue<Runnable> work = new ConcurrentLinkedQueue<>();
        CompletableFuture<Slice> early = pool.allocateAsync(SliceRequest.of(CAPACITY), LONG, Runnable::run);
        early.cancel(false);
        assertThat(pool.waiters()).isZero();
        assertThat(pool.statistics().exhausted()).as("nobody was refused").isZero();
        CompletableFuture<Slice> served = pool.allocateAsync(SliceRequest.of(CAPACITY), LONG, work::add);
        held.close();
        served.cancel(false);
        assertThat(pool.statistics().usedBytes()).isEqualTo(CAPACITY);
        work.forEach(Runnable::run);
    }
}
