// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import org.lwjgl.system.jemalloc.JEmalloc;

/** jemalloc. */
final class JemallocContender implements Contender {

    @Override
    public Lane lane(int slots) {
        return new JemallocLane(slots);
    }

    private static final class JemallocLane implements Lane {

        private final long[] addresses;

        JemallocLane(int slots) {
            this.addresses = Slots.empty(slots);
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            long address = JEmalloc.nje_malloc(bytes);
            addresses[slot] = address == 0 ? Slots.EMPTY : address;
            return address != 0;
        }

        @Override
        public void free(int slot) {
            long address = addresses[slot];
            if (address != Slots.EMPTY) {
                JEmalloc.nje_free(address);
                addresses[slot] = Slots.EMPTY;
            }
        }
    }
}
