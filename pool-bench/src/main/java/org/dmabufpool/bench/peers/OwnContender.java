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
        private final long[] offsets;

        OwnLane(OffsetAllocator allocator, int slots) {
            this.allocator = allocator;
            this.offsets = Slots.empty(slots);
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            long offset = allocator.allocate(bytes, Workload.PAGE);
            offsets[slot] = offset;
            return offset != OffsetAllocator.NO_SPACE;
        }

        @Override
        public void free(int slot) {
            long offset = offsets[slot];
            if (offset != Slots.EMPTY) {
                allocator.free(offset);
                offsets[slot] = Slots.EMPTY;
            }
        }
    }
}
