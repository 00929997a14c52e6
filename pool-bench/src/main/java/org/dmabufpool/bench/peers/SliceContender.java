// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolExhaustedException;
import org.dmabufpool.Slice;
import org.jspecify.annotations.Nullable;

/** Slices of a pool, as applications use it. */
final class SliceContender implements Contender {

    private final DmaBufPool pool;

    SliceContender(long capacity) {
        pool = DmaBufPool.builder()
                .name("peers")
                .heap(new BareHeap())
                .capacity(capacity)
                .build();
    }

    @Override
    public Lane lane(int slots) {
        return new SliceLane(pool, slots);
    }

    private static final class SliceLane implements Lane {

        private final DmaBufPool pool;
        private final @Nullable Slice[] slices;
        private final long[] offsets;

        SliceLane(DmaBufPool pool, int slots) {
            this.pool = pool;
            this.slices = new Slice[slots];
            this.offsets = Slots.empty(slots);
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            try {
                Slice slice = pool.allocate(bytes);
                slices[slot] = slice;
                offsets[slot] = slice.offset();
                return true;
            } catch (PoolExhaustedException full) {
                return false;
            }
        }

        @Override
        public void free(int slot) {
            Slice slice = slices[slot];
            if (slice != null) {
                slice.close();
                slices[slot] = null;
            }
        }
    }
}
