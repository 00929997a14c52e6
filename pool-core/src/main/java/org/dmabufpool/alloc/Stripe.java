// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** A lock, and the allocator behind it. */
final class Stripe extends StripeLock {

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

    /**
     * @param number the stripe with number 0 begins with the whole range as its territory
     * @param locks the row of the stripes' locks
     */
    Stripe(int number, AllocatorLayout layout, AtomicIntegerArray locks) {
        super(locks, number);
        this.number = number;
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
}
