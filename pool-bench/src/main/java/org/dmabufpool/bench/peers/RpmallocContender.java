// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import org.lwjgl.system.rpmalloc.RPmalloc;

/** rpmalloc. */
final class RpmallocContender implements Contender {

    RpmallocContender() {
        int result = RPmalloc.nrpmalloc_initialize();
        if (result != 0) {
            throw new IllegalStateException("rpmalloc did not initialize: " + result);
        }
    }

    @Override
    public Lane lane(int slots) {
        RPmalloc.rpmalloc_thread_initialize();
        return new RpmallocLane(slots);
    }

    private static final class RpmallocLane implements Lane {

        private final long[] addresses;

        RpmallocLane(int slots) {
            this.addresses = Slots.empty(slots);
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            long address = RPmalloc.nrpmalloc(bytes);
            addresses[slot] = address == 0 ? Slots.EMPTY : address;
            return address != 0;
        }

        @Override
        public void free(int slot) {
            long address = addresses[slot];
            if (address != Slots.EMPTY) {
                RPmalloc.nrpfree(address);
                addresses[slot] = Slots.EMPTY;
            }
        }
    }
}
