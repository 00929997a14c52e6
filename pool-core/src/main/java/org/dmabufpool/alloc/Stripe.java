// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.concurrent.locks.StampedLock;

/** An allocator behind a lock. */
final class Stripe {

    final int number;
    /** To be used under the lock, but for what it says itself. */
    final TieredAllocator allocator;

    private final StampedLock lock = new StampedLock();
    /** Of the lock as it is held; guarded by it. */
    private long stamp;

    /** @param number the stripe with number 0 begins with the whole range as its territory */
    Stripe(int number, AllocatorLayout layout) {
        this.number = number;
        this.allocator = new TieredAllocator(layout, number == 0);
    }

    boolean tryLock() {
        long acquired = lock.tryWriteLock();
        if (acquired == 0) {
            return false;
        }
        stamp = acquired;
        return true;
    }

    void lock() {
        stamp = lock.writeLock();
    }

    void unlock() {
        lock.unlockWrite(stamp);
    }
}
