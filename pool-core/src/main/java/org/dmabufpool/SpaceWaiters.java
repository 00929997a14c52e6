// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Those who wait for space. A release wakes all of them, since what came free may serve any. Safe for use by many threads.
 *
 * <p>A release that finds nobody waiting pays for one volatile read. Nobody is missed: who waits is counted before it looks
 * for space, and who releases looks at the count after it gave space back.
 */
final class SpaceWaiters {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition spaceReturned = lock.newCondition();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong waits = new AtomicLong();
    private final AtomicLong waitNanos = new AtomicLong();

    /**
     * Tries until it succeeds or time is up.
     *
     * @param attempt gives what is wanted, or a number below 0
     * @param nanos how long to wait at most
     * @return the last answer
     */
    long await(LongSupplier attempt, long nanos) throws InterruptedException {
        lock.lock();
        try {
            count.incrementAndGet();
            long answer = attempt.getAsLong();
            return answer < 0 && nanos > 0 ? await(attempt, nanos, System.nanoTime()) : answer;
        } finally {
            count.decrementAndGet();
            lock.unlock();
        }
    }

    /** The lock is held. */
    private long await(LongSupplier attempt, long nanos, long begin) throws InterruptedException {
        long nanosLeft = nanos;
        long answer = -1;
        try {
            while (answer < 0 && nanosLeft > 0) {
                nanosLeft = spaceReturned.awaitNanos(nanosLeft);
                answer = attempt.getAsLong();
            }
            return answer;
        } finally {
            waits.incrementAndGet();
            waitNanos.addAndGet(System.nanoTime() - begin);
        }
    }

    /** Waits that have ended, well or not. */
    long waits() {
        return waits.get();
    }

    /** How long they took together, in ns. */
    long waitNanos() {
        return waitNanos.get();
    }

    /** Space was given back, or the pool was closed. */
    void wake() {
        if (count.get() > 0) {
            lock.lock();
            try {
                spaceReturned.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Threads that wait now. */
    int waiting() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(spaceReturned);
        } finally {
            lock.unlock();
        }
    }
}
