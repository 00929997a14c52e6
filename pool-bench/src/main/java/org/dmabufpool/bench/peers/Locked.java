// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.concurrent.locks.ReentrantLock;

/** A contender that one thread at a time may use. */
final class Locked implements Contender {

    private final Contender guarded;
    private final ReentrantLock lock = new ReentrantLock();

    Locked(Contender guarded) {
        this.guarded = guarded;
    }

    @Override
    public Lane lane(int slots) {
        return new LockedLane(guarded.lane(slots), lock);
    }

    private static final class LockedLane implements Lane {

        private final Lane guarded;
        private final ReentrantLock lock;

        LockedLane(Lane guarded, ReentrantLock lock) {
            this.guarded = guarded;
            this.lock = lock;
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            lock.lock();
            try {
                return guarded.allocate(slot, bytes);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void free(int slot) {
            lock.lock();
            try {
                guarded.free(slot);
            } finally {
                lock.unlock();
            }
        }
    }
}
