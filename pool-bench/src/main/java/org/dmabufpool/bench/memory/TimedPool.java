// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

import java.util.function.Supplier;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.SliceRequest;

/**
 * A pool that adds up the time spent in allocate, release, START and END.
 *
 * <p>For use by one thread: where a whole buffer is synced at once, two threads must not hold accesses that exclude each
 * other, so all accesses are opened and closed by the thread that runs the pipeline.
 */
public final class TimedPool implements AutoCloseable {

    private final DmaBufPool pool;
    private long nanos;

    /** A pool that times {@code pool}, which it owns. */
    public TimedPool(DmaBufPool pool) {
        this.pool = pool;
    }

    /**
     * Allocates a slice.
     *
     * @param tag what it is for
     * @param bytes how long it is at least
     */
    public TimedSlice allocate(String tag, long bytes) {
        return new TimedSlice(
                this, timed(() -> pool.allocate(SliceRequest.of(bytes).tag(tag))));
    }

    /** What the pool counted so far. */
    public PoolStatistics statistics() {
        return pool.statistics();
    }

    /** Milliseconds spent in buffer calls so far. */
    public double bufferMillis() {
        return nanos / 1e6;
    }

    TimedAccess open(Supplier<CpuAccess> opening) {
        return new TimedAccess(this, timed(opening));
    }

    void timed(Runnable call) {
        timed(() -> {
            call.run();
            return this;
        });
    }

    <T> T timed(Supplier<T> call) {
        long start = System.nanoTime();
        try {
            return call.get();
        } finally {
            nanos += System.nanoTime() - start;
        }
    }

    /** Closes the pool. */
    @Override
    public void close() {
        pool.close();
    }
}
