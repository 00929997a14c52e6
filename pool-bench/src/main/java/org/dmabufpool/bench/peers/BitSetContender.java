// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import org.h2.mvstore.FreeSpaceBitSet;

/** H2's bit set of free blocks: first fit over a file that grows. */
final class BitSetContender implements Contender {

    private final FreeSpaceBitSet space = new FreeSpaceBitSet(0, (int) Workload.PAGE);

    @Override
    public Lane lane(int slots) {
        return new BitSetLane(space, slots);
    }

    private static final class BitSetLane implements Lane {

        private final FreeSpaceBitSet space;
        private final long[] offsets;
        private final int[] lengths;

        BitSetLane(FreeSpaceBitSet space, int slots) {
            this.space = space;
            this.offsets = Slots.empty(slots);
            this.lengths = new int[slots];
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            lengths[slot] = (int) bytes;
            offsets[slot] = space.allocate((int) bytes);
            return true;
        }

        @Override
        public void free(int slot) {
            long offset = offsets[slot];
            if (offset != Slots.EMPTY) {
                space.free(offset, lengths[slot]);
                offsets[slot] = Slots.EMPTY;
            }
        }
    }
}
