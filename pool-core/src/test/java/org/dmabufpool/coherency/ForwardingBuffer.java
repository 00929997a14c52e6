// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.coherency;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** Hands every call on; a sabotage overrides one. */
class ForwardingBuffer implements DmaBuf {

    final DmaBuf target;

    ForwardingBuffer(DmaBuf target) {
        this.target = target;
    }

    /** How a buffer is wrapped. */
    interface Wrapper {
        DmaBuf wrap(DmaBuf buffer);
    }

    /** A heap whose buffers are wrapped. */
    static Heap heap(Heap heap, Wrapper wrapper) {
        return new Heap() {
            @Override
            public String name() {
                return heap.name();
            }

            @Override
            public DmaBuf allocate(long bytes) {
                return wrapper.wrap(heap.allocate(bytes));
            }
        };
    }

    @Override
    public String name() {
        return target.name();
    }

    @Override
    public String exporter() {
        return target.exporter();
    }

    @Override
    public long size() {
        return target.size();
    }

    @Override
    public int pageSize() {
        return target.pageSize();
    }

    @Override
    public int fd() {
        return target.fd();
    }

    @Override
    public ByteBuffer view(long offset, int length) {
        return target.view(offset, length);
    }

    @Override
    public SyncSupport support(SyncWay way) {
        return target.support(way);
    }

    @Override
    public void syncWhole(SyncPhase phase, Direction direction) {
        target.syncWhole(phase, direction);
    }

    @Override
    public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
        target.syncRange(phase, direction, offset, length);
    }

    @Override
    public Window openWindow(long offset, long length) {
        return target.openWindow(offset, length);
    }

    @Override
    public long restarts() {
        return target.restarts();
    }

    @Override
    public PoolListener listener() {
        return target.listener();
    }

    @Override
    public void close() {
        target.close();
    }
}
