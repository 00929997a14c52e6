// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolClosedException;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRange;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * Plays a trace to a pool, over and over, at a pace that a person can follow.
 *
 * <p>Every part is written by the CPU after its allocation and read before its release, and with each operation some live
 * slice is worked on, so that accesses are synced as an application's are. One thread of its own does all that; the other
 * methods are safe for use by many threads.
 */
final class TracePlayer implements AutoCloseable {

    /** Operations of the trace in a second at speed 1: some fifteen frames of a camera. */
    static final double OPERATIONS_PER_SECOND = 100;

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** The CPU looks at a part of each slice: rows of a picture, headers. In bytes. */
    private static final long MOST_TOUCHED = 128 << 10;

    private final DmaBufPool pool;
    private final LiveWork work;
    private final Trace trace;
    private final double speed;
    private final LiveParts live;
    private final Random random = new Random(1);
    private final Thread thread = new Thread(this::run, "workload");

    private volatile boolean stopped;
    private volatile @Nullable String problem;
    private final AtomicLong rounds = new AtomicLong();
    /** The trace's next operation. */
    private int next;

    TracePlayer(DmaBufPool pool, LiveWork work) {
        this.pool = pool;
        this.work = work;
        this.trace = work.trace();
        this.speed = work.speed();
        this.live = new LiveParts(trace.parts());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The trace's name. */
    String name() {
        return trace.name();
    }

    /** How many times as quick as usual. */
    double speed() {
        return speed;
    }

    /** How often the trace was played to its end. */
    long rounds() {
        return rounds.get();
    }

    /** Why it ended before it was told to; null if it did not. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Does something while the workload does nothing, so that all figures are of the same moment. */
    synchronized <T> T between(Supplier<T> action) {
        return action.get();
    }

    private void run() {
        try {
            double due = 0;
            long before = System.nanoTime();
            while (!stopped) {
                LockSupport.parkNanos(TICK_NANOS);
                long now = System.nanoTime();
                // After a long stop of the machine it goes on, and does not catch up.
                double elapsed = Math.min(now - before, 10 * TICK_NANOS) / (double) TimeUnit.SECONDS.toNanos(1);
                before = now;
                due += elapsed * OPERATIONS_PER_SECOND * speed;
                for (; due >= 1 && !stopped; due--) {
                    step();
                }
            }
        } catch (PoolClosedException closed) {
            problem = "the pool was closed";
        } catch (RuntimeException failure) {
            problem = failure.toString();
        }
    }

    private synchronized void step() {
        int part = trace.part(next);
        if (trace.allocates(next)) {
            allocate(part);
        } else {
            release(live.remove(part));
        }
        touch(live.any(random), Direction.READ_WRITE);
        next++;
        if (next == trace.length()) {
            beginAnew();
        }
    }

    private void allocate(int part) {
        SliceRequest request = SliceRequest.of(trace.size(part))
                .alignment(trace.alignment(part))
                .tag(work.holderOf(part));
        Optional<Slice> slice = pool.tryAllocate(request);
        if (slice.isPresent()) {
            live.add(part, slice.get());
            touch(slice.get(), Direction.WRITE);
        }
    }

    private void release(@Nullable Slice slice) {
        if (slice != null) {
            touch(slice, Direction.READ);
            slice.close();
        }
    }

    private void touch(@Nullable Slice slice, Direction direction) {
        if (slice == null) {
            return;
        }
        long length = Math.min(slice.length(), MOST_TOUCHED);
        SliceRange middle = new SliceRange((slice.length() - length) / 2, length);
        try (CpuAccess access = slice.access(direction, List.of(middle))) {
            ByteBuffer view = access.buffer();
            if (direction.writes()) {
                view.put(0, (byte) next);
            } else {
                view.get(0);
            }
        }
    }

    private void beginAnew() {
        for (Slice slice = live.removeLast(); slice != null; slice = live.removeLast()) {
            release(slice);
        }
        next = 0;
        rounds.incrementAndGet();
    }

    /** Ends it and releases its slices, unless the pool is closed already. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!pool.isClosed()) {
            between(() -> {
                beginAnew();
                return rounds.get();
            });
        }
    }
}
