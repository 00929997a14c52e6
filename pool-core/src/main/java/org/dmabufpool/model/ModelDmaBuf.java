// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** A buffer of model memory. What each sync call does to the lines is the table of arm64, drawn at {@link #sync}. */
final class ModelDmaBuf implements DmaBuf {

    /** Numbers of windows' descriptors begin here, beyond any real one. */
    private static final AtomicInteger NEXT_WINDOW = new AtomicInteger(2_000_000);

    private final ModelHeap heap;
    private final ModelFences fences = new ModelFences();
    private final String name;
    private final int size;
    private final ModelSettings settings;
    private final ModelMemory memory;
    private final ViolationLog log;
    private final Transfers transfers;
    private final Disturbance disturbance;
    private final PoolWatch watch;
    private volatile boolean closed;

    ModelDmaBuf(ModelHeap heap, String name, int size, ModelSettings settings, long seed) {
        SliceBook book = new SliceBook();
        this.heap = heap;
        this.name = name;
        this.size = size;
        this.settings = settings;
        this.log = new ViolationLog(book);
        this.memory = settings.hasCaches() ? new CachedMemory(size, log, seed) : new CoherentMemory(size);
        this.transfers = new Transfers(log);
        this.disturbance =
                settings.isDisturbed() ? Disturbance.seeded(memory, size, seed) : Disturbance.none(memory, size);
        this.watch = new PoolWatch(memory, book, log, transfers, disturbance, settings.hasCaches());
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
        return settings.ways().contains(way)
                ? SyncSupport.yes(way, settings.hasCaches() ? "modelled" : "modelled; no caches stand between")
                : SyncSupport.no(way, "this model heap was made without it");
    }

    @Override
    public void syncWhole(SyncPhase phase, Direction direction) {
        checkSupport(SyncWay.WHOLE);
        checkOpen();
        sync(new SyncCall(SyncWay.WHOLE, phase, direction, new Range(0, size)));
    }

    @Override
    public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
        SyncWay way = settings.ways().contains(SyncWay.VENDOR) ? SyncWay.VENDOR : SyncWay.PARTIAL;
        checkSupport(way);
        checkRange(offset, length);
        if (length == 0 || (!settings.takesUnalignedRanges() && !isWholeLines(offset, length))) {
            throw new IllegalArgumentException("a range begins and ends on a cache line of " + ModelLine.BYTES
                    + " bytes and is not empty: offset=" + offset + ", length=" + length);
        }
        sync(new SyncCall(way, phase, direction, Range.of(offset, length)));
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
    public Fence adoptFence(int syncFileFd) {
        return heap.fence(syncFileFd).adopted();
    }

    @Override
    public void importFence(Direction direction, int syncFileFd) {
        fences.add(direction, heap.fence(syncFileFd));
    }

    @Override
    public boolean awaitFences(Direction direction, long nanos) {
        return fences.areDone(direction);
    }

    @Override
    public long restarts() {
        return 0;
    }

    @Override
    public PoolListener listener() {
        return watch;
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    List<String> openLoans() {
        synchronized (memory) {
            return watch.openLoans();
        }
    }

    /** The memory, whose monitor guards all else. */
    ModelMemory memory() {
        return memory;
    }

    Transfers transfers() {
        return transfers;
    }

    List<Violation> violations() {
        synchronized (memory) {
            return log.violations();
        }
    }

    long bytesSynced() {
        synchronized (memory) {
            return watch.bytesSynced();
        }
    }

    long bytesNeeded() {
        synchronized (memory) {
            return watch.bytesNeeded();
        }
    }

    void disturb() {
        synchronized (memory) {
            disturbance.strike();
        }
    }

    void evictAll() {
        synchronized (memory) {
            for (int line = 0; line < size; line += ModelLine.BYTES) {
                memory.evict(line);
            }
        }
    }

    /** A device moves some bytes at an offset. The memory's monitor is held. */
    void transfer(DeviceCall call, int offset, ByteBuffer bytes) {
        checkOpen();
        disturbance.strike();
        watch.transferring(call);
        if (call.writes()) {
            memory.deviceWrite(offset, bytes, call.coherent(), call);
        } else {
            memory.deviceRead(offset, bytes, call.coherent(), call);
        }
        disturbance.inUse(call.range());
        disturbance.strike();
    }

    void checkRange(long offset, long length) {
        checkOpen();
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException(
                    "not within " + name + " of " + size + " bytes: offset=" + offset + ", length=" + length);
        }
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
    private void sync(SyncCall call) {
        synchronized (memory) {
            disturbance.strike();
            watch.calling(call);
            if (call.phase() == SyncPhase.START) {
                start(call);
            } else if (!call.direction().writes() && settings.endReadInvalidates()) {
                memory.invalidate(call.range(), call);
            } else {
                memory.clean(call.range(), call);
            }
            disturbance.strike();
        }
    }

    private void start(SyncCall call) {
        if (call.direction().reads()) {
            memory.invalidate(call.range(), call);
        } else {
            watch.ranges(call).forEach(memory::startWrite);
        }
    }

    private static boolean isWholeLines(long offset, long length) {
        return offset % ModelLine.BYTES == 0 && length % ModelLine.BYTES == 0;
    }

    private void checkSupport(SyncWay way) {
        if (!settings.ways().contains(way)) {
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
        private final int fd;
        private final ModelFences windowFences = new ModelFences();
        /** What the memory held when the window was synced last; kept where a close writes that back. */
        private final byte[] synced;

        private volatile boolean windowClosed;

        ModelWindow(int offset, int length) {
            this.offset = offset;
            this.length = length;
            this.fd = settings.windowsHaveDescriptors() ? NEXT_WINDOW.getAndIncrement() : -1;
            this.synced = new byte[settings.windowsSyncOnClose() ? length : 0];
            keepBytes();
        }

        private void keepBytes() {
            if (synced.length > 0) {
                synchronized (memory) {
                    memory.peek(offset, synced);
                }
            }
        }

        @Override
        public boolean awaitFences(Direction direction, long nanos) {
            return windowFences.areDone(direction);
        }

        @Override
        public void importFence(Direction direction, int syncFileFd) {
            windowFences.add(direction, heap.fence(syncFileFd));
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
            return fd;
        }

        @Override
        public void sync(SyncPhase phase, Direction direction) {
            if (windowClosed) {
                throw new IllegalStateException("the window at " + offset + " of " + name + " is closed");
            }
            ModelDmaBuf.this.sync(new SyncCall(SyncWay.WINDOW, phase, direction, Range.of(offset, length)));
            keepBytes();
        }

        @Override
        public void close() {
            if (synced.length > 0 && !windowClosed && !closed) {
                synchronized (memory) {
                    memory.deviceWrite(
                            offset,
                            ByteBuffer.wrap(synced),
                            false,
                            "a window's sync at its close, of " + length + " bytes");
                }
            }
            windowClosed = true;
        }
    }
}
