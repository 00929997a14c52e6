// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import org.dmabufpool.bench.policy.VmaBlock;

/** A VMA virtual block. */
final class VmaContender implements Contender {

    private final VmaBlock block;

    VmaContender(long capacity, int strategy) {
        block = new VmaBlock(capacity, strategy);
    }

    @Override
    public Lane lane(int slots) {
        return new VmaLane(block, slots);
    }

    private static final class VmaLane implements Lane {

        private final VmaBlock block;
        private final long[] handles;
        private final long[] offsets;

        VmaLane(VmaBlock block, int slots) {
            this.block = block;
            this.handles = Slots.empty(slots);
            this.offsets = Slots.empty(slots);
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            long handle = block.allocate(bytes, Workload.PAGE);
            if (handle == 0) {
                return false;
            }
            handles[slot] = handle;
            offsets[slot] = block.offset();
            return true;
        }

        @Override
        public void free(int slot) {
            long handle = handles[slot];
            if (handle != Slots.EMPTY) {
                block.free(handle);
                handles[slot] = Slots.EMPTY;
            }
        }
    }
}
