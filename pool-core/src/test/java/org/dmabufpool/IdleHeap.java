// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** A heap without memory, whose buffers sync ranges by doing nothing: what is left is the pool's own work. */
final class IdleHeap implements Heap {

    private final Runnable onClose;

    IdleHeap() {
        this(() -> {});
    }

    /** @param onClose is run when a buffer is closed */
    IdleHeap(Runnable onClose) {
        this.onClose = onClose;
    }

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public DmaBuf allocate(long bytes) {
        return new IdleBuffer(bytes, onClose);
    }

    /** Syncs ranges by doing nothing. */
    private record IdleBuffer(long size, Runnable onClose) implements DmaBuf {

        @Override
        public String name() {
            return "idle";
        }

        @Override
        public String exporter() {
            return "idle";
        }

        @Override
        public int pageSize() {
            return 4096;
        }

        @Override
        public int fd() {
            return -1;
        }

        @Override
        public ByteBuffer view(long offset, int length) {
            throw new UnsupportedOperationException("there is no memory");
        }

        @Override
        public SyncSupport support(SyncWay way) {
            return way == SyncWay.PARTIAL
                    ? SyncSupport.yes(way, "it does nothing")
                    : SyncSupport.no(way, "it does less than nothing");
        }

        @Override
        public void syncWhole(SyncPhase phase, Direction direction) {}

        @Override
        public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {}

        @Override
        public Window openWindow(long offset, long length) {
            throw new UnsupportedOperationException("there are no windows");
        }

        @Override
        public long restarts() {
            return 0;
        }

        @Override
        public void close() {
            onClose.run();
        }
    }
}
