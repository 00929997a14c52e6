// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/** An allocator behind a lock. */
final class Stripe {

    final int number;
    /** To be used under the lock, but for what it says itself. */
    final TieredAllocator allocator;

    /** No seat's threads allocate here. */
    static final int NOBODY = -1;

    /** The seat of the thread that was here last to allocate. Written under the lock; a race of a read is benign. */
    int occupant = NOBODY;

    /** Requests in vain, after which a stripe that has territory wants more. */
    private static final int PATIENCE = 16;

    /** How often the territory was too small since it grew last. Updates may be lost, which is benign. */
    private int shortages;

    private final StripeLock lock;

    /** @param number the stripe with number 0 begins with the whole range as its territory */
    Stripe(int number, AllocatorLayout layout, StripeLock lock) {
        this.number = number;
        this.lock = lock;
        this.allocator = new TieredAllocator(layout, number == 0);
    }

    /** Notes that the territory was too small for a request; whether it is time for more. */
    boolean wantsTerritory() {
        if (!allocator.hasNoTerritory() && ++shortages < PATIENCE) {
            return false;
        }
        shortages = 0;
        return true;
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
