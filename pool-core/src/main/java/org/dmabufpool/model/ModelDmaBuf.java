// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.ByteBuffer;
import java.util.Set;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** A buffer of model memory. What each sync call does to the lines is the table of arm64, drawn at {@link #sync}. */
final class ModelDmaBuf implements DmaBuf {

    private final String name;
    private final CachedMemory memory;
    private final int size;
    private final Set<SyncWay> ways;
    private final boolean endReadInvalidates;
    private volatile boolean closed;

    ModelDmaBuf(String name, CachedMemory memory, int size, Set<SyncWay> ways, boolean endReadInvalidates) {
        this.name = name;
        this.memory = memory;
        this.size = size;
        this.ways = ways;
        this.endReadInvalidates = endReadInvalidates;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String exporter() {
        return "model";
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int pageSize() {
        return ModelHeap.PAGE;
    }

    @Override
    public int fd() {
        return -1;
    }

    @Override
    public ByteBuffer view(long offset, int length) {
        checkRange(offset, length);
        return memory.cpuView((int) offset, length);
    }

    @Override
    public SyncSupport support(SyncWay way) {
        return ways.contains(way)
                ? SyncSupport.yes(way, "modelled")
                : SyncSupport.no(way, "this model heap was made without it");
    }

    @Override
    public void syncWhole(SyncPhase phase, Direction direction) {
        checkSupport(SyncWay.WHOLE_BUFFER);
        checkOpen();
        sync(phase, direction, 0, size);
    }

    @Override
    public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
        if (!ways.contains(SyncWay.VENDOR_DEVICE)) {
            checkSupport(SyncWay.PARTIAL_IOCTL);
        }
        checkRange(offset, length);
        if (length == 0 || offset % CachedMemory.LINE != 0 || length % CachedMemory.LINE != 0) {
            throw new IllegalArgumentException("a range begins and ends on a cache line of " + CachedMemory.LINE
                    + " bytes and is not empty: offset=" + offset + ", length=" + length);
        }
        syncAccessed(phase, direction, (int) offset, (int) length);
    }

    @Override
    public Window openWindow(long offset, long length) {
        checkSupport(SyncWay.WINDOW);
        checkRange(offset, length);
        if (length == 0 || offset % ModelHeap.PAGE != 0 || length % ModelHeap.PAGE != 0) {
            throw new IllegalArgumentException("a window is made of whole pages of " + ModelHeap.PAGE
                    + " bytes: offset=" + offset + ", length=" + length);
        }
        return new ModelWindow((int) offset, (int) length);
    }

    @Override
    public long restarts() {
        return 0;
    }

    @Override
    public void close() {
        closed = true;
    }

    CachedMemory memory() {
        return memory;
    }

    void checkRange(long offset, long length) {
        checkOpen();
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException(
                    "not within " + name + " of " + size + " bytes: offset=" + offset + ", length=" + length);
        }
    }

    /** A sync of just what the CPU accessed, so that a device's writes meanwhile can be told from those to others. */
    private void syncAccessed(SyncPhase phase, Direction direction, int offset, int length) {
        if (phase == SyncPhase.END && direction == Direction.READ) {
            memory.checkRead(offset, length, phase + " " + direction + " of " + length + " bytes at " + offset);
        }
        sync(phase, direction, offset, length);
    }

    /**
     * What arm64 does to the lines of a range (arch/arm64/mm/dma-mapping.c and cache.S).
     *
     * <pre>
     *                    old kernels   newer
     *   START READ, RW   invalidate    invalidate
     *   START WRITE      nothing       nothing
     *   END READ         invalidate    clean
     *   END WRITE, RW    clean         clean
     * </pre>
     */
    private void sync(SyncPhase phase, Direction direction, int offset, int length) {
        String when = phase + " " + direction + " of " + length + " bytes at " + offset;
        if (phase == SyncPhase.START) {
            if (direction.reads()) {
                memory.invalidate(offset, length, when);
            }
            return;
        }
        if (!direction.writes() && endReadInvalidates) {
            memory.invalidate(offset, length, when);
        } else {
            memory.clean(offset, length, when);
        }
    }

    private void checkSupport(SyncWay way) {
        if (!ways.contains(way)) {
            throw new UnsupportedOperationException(name + " does not support " + way);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    /** Model windows share the buffer's memory and outlive its close, as real ones do. */
    private final class ModelWindow implements Window {

        private final int offset;
        private final int length;
        private volatile boolean windowClosed;

        ModelWindow(int offset, int length) {
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
            return -1;
        }

        @Override
        public void sync(SyncPhase phase, Direction direction) {
            if (windowClosed) {
                throw new IllegalStateException("the window at " + offset + " of " + name + " is closed");
            }
            syncAccessed(phase, direction, offset, length);
        }

        @Override
        public void close() {
            windowClosed = true;
        }
    }
}
