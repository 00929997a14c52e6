// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock for work of some hundred nanoseconds that is nearly always free. Not reentrant, not fair.
 *
 * <p>The JDK's locks wake a waiter at once, for which every release pays with a full memory barrier; here a release is one
 * store, and who finds the lock taken looks again: {@value #SPINS} times at once, then every
 * {@value #NAP_NANOS} ns. It sleeps in between, so that a holder that lost its processor gets it back, whatever the
 * threads' priorities; a virtual thread leaves its carrier.
 */
abstract class StripeLock extends Margin {

    private static final int FREE = 0;
    private static final int TAKEN = 1;

    private static final int SPINS = 100;
    private static final long NAP_NANOS = 20_000;

    /** Places of the array a lock: 128 bytes, so that no two locks share a line, nor a pair of lines fetched together. */
    private static final int SPACING = 128 / Integer.BYTES;

    private final AtomicIntegerArray states;
    private final int at;

    /**
     * One of a row of locks.
     *
     * @param row what {@link #row} made
     * @param number 0 and up, below the row's count
     */
    StripeLock(AtomicIntegerArray row, int number) {
        this.states = row;
        this.at = (number + 1) * SPACING;
    }

    /** The states of so many locks, far enough from each other and from all else. */
    static AtomicIntegerArray row(int count) {
        return new AtomicIntegerArray((count + 1) * SPACING);
    }

    final boolean tryLock() {
        return states.compareAndSet(at, FREE, TAKEN);
    }

    final void lock() {
        if (!tryLock()) {
            await();
        }
    }

    private void await() {
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (states.get(at) == FREE && tryLock()) {
                return;
            }
        }
        boolean interrupted = false;
        while (!tryLock()) {
            LockSupport.parkNanos(this, NAP_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was written before is seen by the next holder. */
    final void unlock() {
        states.lazySet(at, FREE);
    }
}
