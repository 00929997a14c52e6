// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import org.dmabufpool.DmaBufPool;
import org.dmabufpool.SliceHandles;

/** Handles of a pool, as a frame loop uses it. */
final class HandleContender implements Contender {

    private final SliceHandles handles;

    HandleContender(long capacity) {
        handles = DmaBufPool.builder()
                .name("peers")
                .heap(new BareHeap())
                .capacity(capacity)
                .build()
                .handles();
    }

    @Override
    public Lane lane(int slots) {
        return new HandleLane(handles, slots);
    }

    private static final class HandleLane implements Lane {

        private final SliceHandles handles;
        private final long[] taken;
        private final long[] offsets;

        HandleLane(SliceHandles handles, int slots) {
            this.handles = handles;
            this.taken = Slots.empty(slots);
            this.offsets = Slots.empty(slots);
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            long handle = handles.tryAllocate(bytes, Workload.PAGE, "");
            if (handle == SliceHandles.NONE) {
                return false;
            }
            taken[slot] = handle;
            offsets[slot] = handles.offset(handle);
            return true;
        }

        @Override
        public void free(int slot) {
            long handle = taken[slot];
            if (handle != Slots.EMPTY) {
                handles.release(handle);
                taken[slot] = Slots.EMPTY;
            }
        }
    }
}
