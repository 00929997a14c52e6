// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.OpenSlicesException;
import org.dmabufpool.SliceHandles;

/** Handles of a pool, as a frame loop uses it. */
final class HandleContender implements Contender, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HandleContender.class.getName());

    private final DmaBufPool pool;
    private final SliceHandles handles;

    HandleContender(long capacity) {
        pool = DmaBufPool.builder()
                .name("peers")
                .heap(new BareHeap())
                .capacity(capacity)
                .build();
        handles = pool.handles();
    }

    /** Closes the pool; slices that are still open are taken for granted. */
    @Override
    public void close() {
        try {
            pool.close();
        } catch (OpenSlicesException e) {
            // The measurement is over, and its slices are not needed any more.
            LOG.log(Level.FINE, "slices were open at the end of the measurement", e);
        }
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
