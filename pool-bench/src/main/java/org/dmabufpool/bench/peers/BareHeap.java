// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** A heap of sizes without memory, so that a pool of any size can be measured anywhere. Slices cannot be looked at. */
final class BareHeap implements Heap {

    @Override
    public String name() {
        return "bare";
    }

    @Override
    public DmaBuf allocate(long bytes) {
        return new BareBuffer(-Math.floorDiv(-bytes, Workload.PAGE) * Workload.PAGE);
    }

    private record BareBuffer(long size) implements DmaBuf {

        @Override
        public String name() {
            return "a buffer without memory";
        }

        @Override
        public String exporter() {
            return "bare";
        }

        @Override
        public int pageSize() {
            return (int) Workload.PAGE;
        }

        @Override
        public int fd() {
            return -1;
        }

        @Override
        public SyncSupport support(SyncWay way) {
            return way == SyncWay.NONE
                    ? SyncSupport.yes(way, "there is no memory to sync")
                    : SyncSupport.no(way, "there is no memory to sync");
        }

        @Override
        public ByteBuffer view(long offset, int length) {
            throw noMemory();
        }

        @Override
        public void syncWhole(SyncPhase phase, Direction direction) {
            throw noMemory();
        }

        @Override
        public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
            throw noMemory();
        }

        @Override
        public Window openWindow(long offset, long length) {
            throw noMemory();
        }

        private static UnsupportedOperationException noMemory() {
            return new UnsupportedOperationException("the bare heap has no memory: it is for measuring allocators");
        }

        @Override
        public long restarts() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
