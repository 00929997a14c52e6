// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolStatistics;
import org.jspecify.annotations.Nullable;

/** Takes a snapshot of a pool twice a second and remembers the figures of the last minutes. Safe for use by many threads. */
final class Sampler implements AutoCloseable {

    static final long INTERVAL_MILLIS = 500;
    /** Five minutes. */
    private static final int MOST_REMEMBERED = 600;
    /** A minute. */
    static final int LATENCY_INTERVALS = 120;

    private final DmaBufPool pool;
    private final TracePlayer player;
    private final LatencyWindow latency;
    private final Deque<Past> history = new ArrayDeque<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sampler");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Snapshot latest;
    private volatile @Nullable String problem;

    Sampler(DmaBufPool pool, TracePlayer player, LatencyWindow latency) {
        this.pool = pool;
        this.player = player;
        this.latency = latency;
    }

    /** The figures of an earlier snapshot; its map is forgotten. */
    record Past(long number, long epochMillis, Figures figures) {}

    /** A snapshot and those before it, the oldest first; the snapshot's own figures are the last. */
    record View(Snapshot now, List<Past> history) {}

    @SuppressWarnings("FutureReturnValueIgnored") // What goes wrong is kept in problem.
    void start() {
        sample();
        timer.scheduleAtFixedRate(this::sample, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * The latest snapshot and the history after another one.
     *
     * @param since number of the last snapshot that need not be in the history
     * @return empty if the pool is closed
     */
    synchronized Optional<View> view(long since) {
        Snapshot now = latest;
        if (now == null || pool.isClosed()) {
            return Optional.empty();
        }
        List<Past> wanted = new ArrayList<>();
        for (Past past : history) {
            if (past.number() > since) {
                wanted.add(past);
            }
        }
        return Optional.of(new View(now, wanted));
    }

    private void sample() {
        try {
            remember(player.between(this::look));
        } catch (RuntimeException failure) {
            problem = failure.toString();
        }
    }

    /** Why the latest snapshot is not of now; null if it is. */
    @Nullable
    String problem() {
        return problem;
    }

    private synchronized Snapshot look() {
        PoolStatistics statistics = pool.statistics();
        LatencyWindow.Latency recent = latency.turn();
        return new Snapshot(
                latest == null ? 1 : latest.number() + 1,
                System.currentTimeMillis(),
                statistics,
                pool.dump(),
                recent,
                Figures.of(statistics, recent));
    }

    private synchronized void remember(Snapshot now) {
        latest = now;
        history.addLast(new Past(now.number(), now.epochMillis(), now.figures()));
        if (history.size() > MOST_REMEMBERED) {
            history.removeFirst();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
