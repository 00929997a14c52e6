// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.alloc.QueuedRequest;

/**
 * Threads that wait for space in the allocator's queue, and how long they did. Safe for use by many threads.
 *
 * <p>Who gives space back serves requests in their turn, and wakes just the threads whose requests it has served. A thread that
 * wakes without a part is late, interrupted, or its pool was closed: it leaves the queue, so nothing of it is left behind.
 */
final class SpaceWaits {

    /** The answer where the thread was interrupted while it waited. */
    static final long INTERRUPTED = -5L;

    private final PoolCore core;
    private final AtomicLong waits = new AtomicLong();
    private final AtomicLong waitNanos = new AtomicLong();

    SpaceWaits(PoolCore core) {
        this.core = core;
    }

    /** The request of a thread that waits for it. */
    private static final class ThreadRequest extends QueuedRequest {

        private final Thread thread = Thread.currentThread();

        ThreadRequest(long bytes, long alignment, int kind, boolean urgent) {
            super(bytes, alignment, kind, urgent);
        }

        @Override
        protected void answered() {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits for a place in the allocator's queue.
     *
     * @param nanos how long to wait at most; zero or less just looks whether the request is served in its turn
     * @return the place, or below 0 {@link #INTERRUPTED} or a refusal of the allocator
     * @throws PoolClosedException if the pool was closed meanwhile
     */
    long await(long bytes, long alignment, int kind, boolean urgent, long nanos) {
        OffsetAllocator allocator = core.allocator;
        ThreadRequest request = new ThreadRequest(bytes, alignment, kind, urgent);
        long place = allocator.allocateOrQueue(request);
        if (place >= 0) {
            return place;
        }
        boolean interrupted = nanos > 0 && park(request, nanos);
        if (!allocator.leaveQueue(request)) {
            return served(request, interrupted);
        }
        if (interrupted) {
            return INTERRUPTED;
        }
        return core.isClosed() ? closed() : allocator.allocate(bytes, alignment, kind);
    }

    /** A place that was found in time is not lost to an interrupt: the thread is told of both. */
    private long served(ThreadRequest request, boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return request.part() == 0 ? closed() : request.part();
    }

    private long closed() {
        core.checkPoolOpen();
        throw new IllegalStateException("the queue of an open pool was dismissed");
    }

    /** Waits for an answer; whether it was interrupted. */
    private boolean park(ThreadRequest request, long nanos) {
        long begin = System.nanoTime();
        boolean interrupted = false;
        try {
            long left = nanos;
            while (left > 0 && request.part() == 0 && !core.isClosed() && !interrupted) {
                LockSupport.parkNanos(this, left);
                interrupted = Thread.interrupted();
                left = nanos - (System.nanoTime() - begin);
            }
            return interrupted;
        } finally {
            ended(System.nanoTime() - begin);
        }
    }

    /** A wait has ended, well or not, after so many ns. */
    void ended(long nanos) {
        waits.incrementAndGet();
        waitNanos.addAndGet(nanos);
    }

    /** Waits that have ended, well or not. */
    long waits() {
        return waits.get();
    }

    /** How long they took together, in ns. */
    long waitNanos() {
        return waitNanos.get();
    }
}
