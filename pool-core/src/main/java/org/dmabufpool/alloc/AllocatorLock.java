// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock for work of some hundred nanoseconds that is nearly always free. Not reentrant.
 *
 * <p><b>Release.</b> The JDK's locks look for waiters after each release, which takes a full memory barrier. Here a release
 * is a look at the state and one ordered store.
 *
 * <p><b>Contention.</b> A thread that finds the lock taken tries again for a while, ever less often. How long is adapted: longer while that
 * succeeds, half as long each time it does not, as when there are more threads than processors, and holders lose theirs. Then
 * the thread joins a fair queue, whose head alone goes on: it marks the state, tries again for a while and sleeps
 * until the holder, which finds the mark, wakes it. So a release wakes one thread at most.
 *
 * <p><b>The lost mark.</b> A mark that is set between a holder's look and its store is overwritten. The head sees that while
 * it tries, unless the holder lost its processor just there; so the head does not sleep longer than
 * {@value #LONGEST_SLEEP_NANOS} ns without trying.
 */
final class AllocatorLock extends Margin {

    private static final int FREE = 0;
    private static final int HELD = 1;
    /** Held, and the head of the queue sleeps or is about to. */
    private static final int MARKED = 2;

    /** Pauses between two tries at most: meanwhile the holder, which has the map in its cache, gets more than one turn. */
    private static final int MOST_PAUSES = 32;

    private static final int MOST_SPINS = 2000;
    /** With few processors a thread that tries again keeps the holder from running. */
    private static final int LEAST_SPINS = Runtime.getRuntime().availableProcessors() > 2 ? 200 : 20;

    private static final int SPIN_STEP = 20;
    private static final long LONGEST_SLEEP_NANOS = 1_000_000;

    /** Entries of the array ahead of the state, and in all: no other object is on its line or on the one fetched with it. */
    private static final int AHEAD = 128 / Integer.BYTES;

    private final AtomicIntegerArray state = new AtomicIntegerArray(2 * AHEAD);
    private final ReentrantLock queue = new ReentrantLock(true);
    private volatile @Nullable Thread head;
    /** Pauses of a thread that waits, before it joins the queue. Races are benign. */
    private int spinLimit = MOST_SPINS;

    private final boolean shared;

    /** @param shared whether many threads use it; else every call returns at once */
    AllocatorLock(boolean shared) {
        this.shared = shared;
    }

    /** Takes the lock if it is free. */
    boolean tryLock() {
        return !shared || state.compareAndSet(AHEAD, FREE, HELD);
    }

    /** Takes the lock, waiting for it if need be. Without memory for a place in the queue it sleeps and tries again. */
    void lock() {
        if (!tryLock() && !spin()) {
            join();
        }
    }

    /** Tries again and again, ever less often; whether it took the lock. */
    private boolean spin() {
        int pauses = 1;
        for (int left = spinLimit; left > 0; left -= pauses) {
            for (int i = 0; i < pauses; i++) {
                Thread.onSpinWait();
            }
            if (state.get(AHEAD) == FREE && tryLock()) {
                spinLimit = Math.min(MOST_SPINS, spinLimit + SPIN_STEP);
                return true;
            }
            pauses = Math.min(2 * pauses, MOST_PAUSES);
        }
        spinLimit = Math.max(LEAST_SPINS, spinLimit / 2);
        return false;
    }

    private void join() {
        try {
            queue.lock();
        } catch (OutOfMemoryError e) {
            // A release must not fail for want of memory.
            while (!spin()) {
                LockSupport.parkNanos(this, LONGEST_SLEEP_NANOS / 10);
            }
            return;
        }
        try {
            awaitAsHead();
        } finally {
            queue.unlock();
        }
    }

    private void awaitAsHead() {
        boolean interrupted = false;
        head = Thread.currentThread();
        while (!spin()) {
            if (state.compareAndSet(AHEAD, HELD, MARKED) || state.get(AHEAD) == MARKED) {
                if (spin()) {
                    break;
                }
                LockSupport.parkNanos(this, LONGEST_SLEEP_NANOS);
                interrupted |= Thread.interrupted();
            }
        }
        head = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was written before is seen by the next holder. */
    void unlock() {
        if (shared) {
            boolean marked = state.get(AHEAD) == MARKED;
            state.lazySet(AHEAD, FREE);
            if (marked) {
                LockSupport.unpark(head);
            }
        }
    }
}
