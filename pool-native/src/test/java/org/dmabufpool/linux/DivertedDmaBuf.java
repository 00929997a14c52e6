// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** A dma-buf of the kernel whose range sync goes another way than the library's own. */
abstract class DivertedDmaBuf implements DmaBuf {

    final DmaBuf kernel;

    DivertedDmaBuf(DmaBuf kernel) {
        this.kernel = kernel;
    }

    @Override
    public abstract void syncRange(SyncPhase phase, Direction direction, long offset, long length);

    @Override
    public void syncWhole(SyncPhase phase, Direction direction) {
        kernel.syncWhole(phase, direction);
    }

    @Override
    public String name() {
        return kernel.name();
    }

    @Override
    public String exporter() {
        return kernel.exporter();
    }

    @Override
    public long size() {
        return kernel.size();
    }

    @Override
    public int pageSize() {
        return kernel.pageSize();
    }

    @Override
    public int fd() {
        return kernel.fd();
    }

    @Override
    public ByteBuffer view(long offset, int length) {
        return kernel.view(offset, length);
    }

    @Override
    public SyncSupport support(SyncWay way) {
        return kernel.support(way);
    }

    @Override
    public long rangeSyncLimit() {
        return kernel.rangeSyncLimit();
    }

    @Override
    public boolean awaitFences(Direction direction, long nanos) {
        return kernel.awaitFences(direction, nanos);
    }

    @Override
    public Window openWindow(long offset, long length) {
        return kernel.openWindow(offset, length);
    }

    @Override
    public long restarts() {
        return kernel.restarts();
    }

    @Override
    public void close() {
        kernel.close();
    }
}
