// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** Another heap whose buffers refuse sync calls or keep their fences when told to, and write down the ranges synced. */
final class TroubledHeap implements Heap {

    final List<String> ranges = new ArrayList<>();
    SyncPhase refused;
    boolean fencesPending;
    int closedBuffers;
    private final Heap inner;

    TroubledHeap(Heap inner) {
        this.inner = inner;
    }

    @Override
    public String name() {
        return "troubled";
    }

    @Override
    public DmaBuf allocate(long bytes) {
        return new Buffer(inner.allocate(bytes));
    }

    private final class Buffer implements DmaBuf {
        private final DmaBuf buffer;

        Buffer(DmaBuf buffer) {
            this.buffer = buffer;
        }

        @Override
        public String name() {
            return buffer.name();
        }

        @Override
        public String exporter() {
            return buffer.exporter();
        }

        @Override
        public long size() {
            return buffer.size();
        }

        @Override
        public int pageSize() {
            return buffer.pageSize();
        }

        @Override
        public int fd() {
            return buffer.fd();
        }

        @Override
        public ByteBuffer view(long offset, int length) {
            return buffer.view(offset, length);
        }

        @Override
        public SyncSupport support(SyncWay way) {
            return buffer.support(way);
        }

        @Override
        public void syncWhole(SyncPhase phase, Direction direction) {
            refuse(phase);
            buffer.syncWhole(phase, direction);
        }

        @Override
        public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
            refuse(phase);
            ranges.add(phase + " " + direction + " " + offset + "+" + length);
            buffer.syncRange(phase, direction, offset, length);
        }

        @Override
        public Window openWindow(long offset, long length) {
            return buffer.openWindow(offset, length);
        }

        @Override
        public boolean awaitFences(Direction direction, long nanos) {
            return !fencesPending;
        }

        @Override
        public long restarts() {
            return buffer.restarts();
        }

        @Override
        public void close() {
            closedBuffers++;
            buffer.close();
        }

        private void refuse(SyncPhase phase) {
            if (phase == refused) {
                throw new HeapException("refused " + phase, 5);
            }
        }
    }
}
