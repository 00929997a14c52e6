// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.WeakReference;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabufpool.log.Log;
import org.jspecify.annotations.Nullable;

/**
 * What a pool does beside the work of its users: once a second it looks at the clock and for leaks, and while devices are at
 * work it looks at their fences. One daemon thread for all pools, which ends a while after the last of them; pools that were
 * dropped without close are forgotten. Safe for use by many threads.
 *
 * <p><b>Fences</b> are looked at for the first time after half a millisecond, then whenever an eighth of the time has passed
 * that is waited already, up to 10 ms: a wait is noticed late by an eighth at most, for some ten looks.
 */
final class Maintenance {

    private static final Log LOG = new Log(Maintenance.class);
    private static final long PERIOD_MILLIS = 1000;
    private static final long IDLE_SECONDS = 10;
    private static final long SHORTEST_NANOS = 500_000;
    private static final long LONGEST_NANOS = 10_000_000;
    private static final int SHARE = 8;
    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private final WeakReference<SliceStore> store;
    private final String poolName;
    private final AtomicBoolean checkIsDue = new AtomicBoolean();
    private volatile long waitingSince;
    private @Nullable Future<?> period;

    Maintenance(SliceStore store, String poolName) {
        this.store = new WeakReference<>(store);
        this.poolName = poolName;
    }

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "dmabuf-pool maintenance");
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** Runs {@link SliceStore#runMaintenance} once a second from now on, until {@link #stop}. */
    synchronized void begin() {
        period = THREAD.scheduleWithFixedDelay(
                () -> step(SliceStore::runMaintenance), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void stop() {
        if (period != null) {
            period.cancel(false);
        }
    }

    /**
     * Something new is waited for: {@link SliceStore#checkWaiting} is run in a while, and again until nothing is waited for.
     * Throws nothing: where there is no memory for it, the next call, or the next second, makes up for it.
     */
    void checkLater() {
        waitingSince = System.nanoTime();
        if (checkIsDue.compareAndSet(false, true)) {
            schedule(SHORTEST_NANOS);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What a step throws is logged by itself.
    private void schedule(long nanos) {
        boolean scheduled = false;
        try {
            THREAD.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
            scheduled = true;
        } catch (OutOfMemoryError | StackOverflowError e) {
            LOG.fine(e, "fences are looked at later");
        } finally {
            if (!scheduled) {
                checkIsDue.set(false);
            }
        }
    }

    private void check() {
        checkIsDue.set(false);
        step(pool -> {
            if (pool.checkWaiting() && checkIsDue.compareAndSet(false, true)) {
                long waited = System.nanoTime() - waitingSince;
                schedule(Math.max(SHORTEST_NANOS, Math.min(LONGEST_NANOS, waited / SHARE)));
            }
        });
    }

    /** One piece of work for a pool. */
    private interface Work {
        void on(SliceStore store);
    }

    private void step(Work work) {
        SliceStore pool = store.get();
        if (pool == null) {
            throw new CancellationException("the pool was dropped without close");
        }
        try {
            work.on(pool);
        } catch (RuntimeException | Error e) {
            LOG.warning(e, () -> "maintenance of pool '" + poolName + "' failed; it goes on");
        }
    }
}
