// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/** An allocator behind a lock. */
final class Stripe {

    final int number;
    /** To be used under the lock, but for what it says itself. */
    final TieredAllocator allocator;

    private final StripeLock lock = new StripeLock();

    /** @param number the stripe with number 0 begins with the whole range as its territory */
    Stripe(int number, AllocatorLayout layout) {
        this.number = number;
        this.allocator = new TieredAllocator(layout, number == 0);
    }

    boolean tryLock() {
        return lock.tryLock();
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }
}
