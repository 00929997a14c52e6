// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.dmabufpool.AccessRequest;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.SliceRequest;

/**
 * A pool that adds up the time spent in allocate, release, START and END.
 *
 * <p>For use by one thread: where a whole buffer is synced at once, accesses exclude each other, so all that a step needs is
 * opened in one bracket by the thread that runs the pipeline.
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

    /** Opens slices in one bracket, each as it is asked for. */
    @SafeVarargs // It only reads the lists.
    @SuppressWarnings("varargs") // As above.
    public final TimedAccess open(List<AccessRequest>... requests) {
        AccessRequest[] all = Stream.of(requests).flatMap(List::stream).toArray(AccessRequest[]::new);
        return new TimedAccess(this, timed(() -> pool.access(all)));
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
