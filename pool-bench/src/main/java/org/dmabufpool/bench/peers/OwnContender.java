// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.OffsetAllocator;

/** The pool's allocator alone. */
final class OwnContender implements Contender {

    private final OffsetAllocator allocator;

    OwnContender(long capacity) {
        allocator = AllocatorLayout.ofCapacity(capacity).create();
    }

    @Override
    public Lane lane(int slots) {
        return new OwnLane(allocator, slots);
    }

    private static final class OwnLane implements Lane {

        private final OffsetAllocator allocator;
        private final long[] parts;
        private final long[] offsets;

        OwnLane(OffsetAllocator allocator, int slots) {
            this.allocator = allocator;
            this.parts = Slots.empty(slots);
            this.offsets = Slots.empty(slots);
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            long part = allocator.allocate(bytes, Workload.PAGE);
            if (part < 0) {
                return false;
            }
            parts[slot] = part;
            offsets[slot] = allocator.offset(part);
            return true;
        }

        @Override
        public void free(int slot) {
            long part = parts[slot];
            if (part != Slots.EMPTY) {
                allocator.free(part);
                parts[slot] = Slots.EMPTY;
            }
        }
    }
}
