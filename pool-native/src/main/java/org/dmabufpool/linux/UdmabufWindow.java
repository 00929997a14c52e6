// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;

/** A udmabuf over some pages of a pool's memfd. */
final class UdmabufWindow implements Window {

    private final OwnedFd fd;
    private final String name;
    private final SyncCalls syncCalls;
    private final long offset;
    private final long length;

    UdmabufWindow(OwnedFd fd, String buffer, SyncCalls syncCalls, long offset, long length) {
        this.fd = fd;
        this.name = "window at " + offset + " of " + buffer;
        this.syncCalls = syncCalls;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int fd() {
        return fd.number();
    }

    @Override
    public void sync(SyncPhase phase, Direction direction) {
        syncCalls.whole(fd, name, phase, direction);
    }

    @Override
    public boolean awaitFences(Direction direction, long nanos) {
        return syncCalls.awaitFences(fd, name, direction, nanos);
    }

    @Override
    public int exportFence(Direction direction) {
        return syncCalls.exportFence(fd, name, direction);
    }

    @Override
    public void importFence(Direction direction, int syncFileFd) {
        syncCalls.importFence(fd, name, direction, syncFileFd);
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return name + " (" + length + " bytes)";
    }
}
