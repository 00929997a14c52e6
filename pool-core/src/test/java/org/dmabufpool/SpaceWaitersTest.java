// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for space gets it when it comes back, and waits no longer than told. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SpaceWaitersTest {

    private static final int WAITERS = 4;
    private static final long NONE = -1;
    private static final int SOON_SECONDS = 10;
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);

    private final SpaceWaiters waiters = new SpaceWaiters();
    private final AtomicLong space = new AtomicLong();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** Takes one piece of what there is. */
    private long take() {
        return space.getAndUpdate(pieces -> Math.max(0, pieces - 1)) > 0 ? 0 : NONE;
    }

    private void giveBack(int pieces) {
        space.addAndGet(pieces);
        waiters.wake();
    }

    private List<Future<Long>> wait(int count, LongSupplier attempt) {
        List<Future<Long>> waits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waits.add(threads.submit(() -> waiters.await(attempt, LONG)));
        }
        await().until(() -> waiters.waiting() == count);
        return waits;
    }

    @Test
    void whatIsThereIsTakenWithoutWaiting() throws Exception {
        space.set(1);
        assertThat(waiters.await(this::take, 0)).isZero();
        assertThat(waiters.await(this::take, 0)).isEqualTo(NONE);
    }

    @Test
    void timeThatIsUpGivesTheLastAnswer() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        long answer = waiters.await(() -> -10 - attempts.getAndIncrement(), TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(attempts.get()).as("looked at the begin and at the end").isGreaterThanOrEqualTo(2);
        assertThat(answer).isEqualTo(-10 - (attempts.get() - 1));
        assertThat(waiters.waiting()).isZero();
    }

    @Test
    void eachReleaseServesOneOfManyAndTheOthersWaitOn() throws Exception {
        List<Future<Long>> waits = wait(WAITERS, this::take);
        for (int left = WAITERS - 1; left >= 0; left--) {
            giveBack(1);
            int expected = left;
            await().until(() -> waiters.waiting() == expected
                    && waits.stream().filter(Future::isDone).count() == WAITERS - expected);
        }
        for (Future<Long> wait : waits) {
            assertThat(wait.get()).isZero();
        }
    }

    @Test
    void oneReleaseWakesAllItServes() throws Exception {
        List<Future<Long>> waits = wait(WAITERS, this::take);
        giveBack(WAITERS);
        for (Future<Long> wait : waits) {
            assertThat(wait.get(SOON_SECONDS, TimeUnit.SECONDS)).isZero();
        }
    }

    /** The release is over, or stands at the lock, before the waiter has looked to the end. */
    @Test
    void spaceThatComesBackDuringTheLookIsNotMissed() throws Exception {
        Thread release = new Thread(() -> giveBack(1));
        Future<Long> wait = threads.submit(() -> waiters.await(
                () -> {
                    long answer = take();
                    if (release.getState() == Thread.State.NEW) {
                        release.start();
                        untilOverOrHeldUp(release);
                    }
                    return answer;
                },
                LONG));
        assertThat(wait.get(SOON_SECONDS, TimeUnit.SECONDS)).isZero();
        release.join();
    }

    private static void untilOverOrHeldUp(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void noWakeIsMissedInLongUse() throws Exception {
        int rounds = 5_000;
        List<Future<?>> takers = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            takers.add(threads.submit(() -> {
                for (int round = 0; round < rounds; round++) {
                    assertThat(waiters.await(this::take, LONG)).isZero();
                }
                return null;
            }));
        }
        for (int i = 0; i < WAITERS * rounds; i++) {
            giveBack(1);
            if (i % WAITERS == 0) {
                Thread.yield();
            }
        }
        for (Future<?> taker : takers) {
            taker.get(50, TimeUnit.SECONDS);
        }
        assertThat(space.get()).isZero();
    }

    @Test
    void anInterruptedWaiterLeavesAndTheOthersAreServed() throws Exception {
        List<Future<Long>> waits = wait(2, this::take);
        waits.get(0).cancel(true);
        await().until(() -> waiters.waiting() == 1);
        giveBack(1);
        assertThat(waits.get(1).get(SOON_SECONDS, TimeUnit.SECONDS)).isZero();
        assertThat(space.get()).isZero();
    }

    @Test
    void whoIsInterruptedBeforeIsTold() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> waiters.await(() -> NONE, LONG)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(waiters.waiting()).isZero();
    }

    @Test
    void aCloseWakesAllWithItsError() {
        AtomicInteger closed = new AtomicInteger();
        List<Future<Long>> waits = wait(WAITERS, () -> {
            if (closed.get() > 0) {
                throw new PoolClosedException("closed");
            }
            return NONE;
        });
        closed.set(1);
        waiters.wake();
        for (Future<Long> wait : waits) {
            assertThatThrownBy(() -> wait.get(SOON_SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(PoolClosedException.class);
        }
        assertThat(waiters.waiting()).isZero();
    }
}
