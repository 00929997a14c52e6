// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** A dma-buf of this kernel, or a memory file in its place: descriptors, one mapping, and the sync calls. */
final class LinuxDmaBuf implements DmaBuf {

    /** The value of {@link #fd()} where no descriptor shares the whole buffer. */
    private static final int NO_FD = -1;

    private static final AtomicLong COUNTER = new AtomicLong();

    private final Syscalls syscalls;
    private final String name;
    private final String exporter;
    private final long size;
    private final int pageSize;
    private final CacheLine line;
    private final CpuMapping mapping;
    private final SyncCalls syncCalls;
    private final SyncSupports supports;
    private final @Nullable OwnedFd shared;
    private final @Nullable UdmabufDevice windows;
    private final @Nullable VendorDevice vendor;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LinuxDmaBuf(Parts parts) {
        this.syscalls = parts.syscalls;
        this.name = String.format(Locale.ROOT, "%s #%d", parts.heap, COUNTER.incrementAndGet());
        this.exporter = parts.exporter;
        this.size = parts.size;
        this.pageSize = parts.syscalls.pageSize();
        this.line = CacheLine.of(parts.syscalls);
        this.mapping = parts.mapping;
        this.syncCalls = parts.syncCalls;
        this.supports = parts.supports;
        this.shared = parts.shared;
        this.windows = parts.windows;
        this.vendor = parts.vendor;
    }

    /**
     * A buffer over a dma-buf's descriptor, which becomes the buffer's. A dma-buf that cannot be mapped is taken too.
     *
     * @param heap what people call where it comes from
     * @param exporter who made it, as fdinfo says
     * @param size bytes, whole pages
     * @param settings what the user knows about range sync
     * @throws HeapException if the kernel refuses; the descriptor is then still the caller's
     */
    static LinuxDmaBuf ofDescriptor(
            Syscalls syscalls, String heap, String exporter, OwnedFd fd, long size, RangeSettings settings) {
        try (Rollback rollback = new Rollback()) {
            RangeDevice ranges = RangeDevice.choose(syscalls, fd.number(), exporter, settings);
            rollback.add(ranges);
            SyncSupports supports = new SyncSupports(
                    SyncSupports.noneByName(exporter),
                    ranges.partialIoctl(),
                    ranges.vendorDevice(),
                    SyncSupports.noWindows(),
                    SyncSupports.wholeBuffer());
            CpuMapping mapping = CpuMapping.ofDmaBuf(syscalls, heap, fd.number(), size);
            SyncCalls syncCalls = new SyncCalls(syscalls);
            return rollback.keep(
                    new Parts(syscalls, heap, exporter, size, mapping, syncCalls, supports, fd, null, ranges.device())
                            .assemble());
        }
    }

    /**
     * What a heap has put together. The mapping comes last, so that nothing can fail behind it.
     *
     * @param shared the descriptor of the whole buffer, if there is one
     * @param windows what makes windows, if anything does
     * @param vendor what syncs ranges, if it is a device of the vendor's
     */
    record Parts(
            Syscalls syscalls,
            String heap,
            String exporter,
            long size,
            CpuMapping mapping,
            SyncCalls syncCalls,
            SyncSupports supports,
            @Nullable OwnedFd shared,
            @Nullable UdmabufDevice windows,
            @Nullable VendorDevice vendor) {

        /** The finished buffer, which owns all of it. */
        LinuxDmaBuf assemble() {
            return new LinuxDmaBuf(this);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String exporter() {
        return exporter;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int pageSize() {
        return pageSize;
    }

    @Override
    public int fd() {
        requireOpen();
        return shared == null ? NO_FD : shared.number();
    }

    @Override
    public ByteBuffer view(long offset, int length) {
        requireOpen();
        requireViewable(offset, length);
        return mapping.require(name).view(offset, length);
    }

    @Override
    public ByteBuffer readOnlyView(long offset, int length) {
        requireOpen();
        requireViewable(offset, length);
        return mapping.require(name).readOnlyView(offset, length);
    }

    /** {@inheritDoc} Answers after close too. */
    @Override
    public String unmappedReason() {
        return mapping.unmappedReason();
    }

    @Override
    public long address() {
        requireOpen();
        return mapping.require(name).address();
    }

    /** {@inheritDoc} Answers after close too. */
    @Override
    public SyncSupport support(SyncWay way) {
        return supports.of(way);
    }

    @Override
    public void syncWhole(SyncPhase phase, Direction direction) {
        requireOpen();
        supports.require(SyncWay.WHOLE, name);
        syncCalls.whole(sharedFd(), name, phase, direction);
    }

    @Override
    public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
        requireOpen();
        if (vendor == null) {
            supports.require(SyncWay.PARTIAL, name);
        }
        requireWithin(offset, length);
        requireReach(offset, length);
        line.requireWhole(offset, length);
        if (vendor == null) {
            syncCalls.range(sharedFd(), name, phase, direction, offset, length);
        } else {
            syncCalls.vendor(vendor, sharedFd(), name, phase, direction, offset, length);
        }
    }

    @Override
    public long rangeSyncLimit() {
        return Math.min(size, vendor == null ? DmaBufIoctl.PARTIAL_LIMIT : vendor.limit());
    }

    @Override
    public boolean awaitFences(Direction direction, long nanos) {
        requireOpen();
        return shared == null || syncCalls.awaitFences(shared, name, direction, nanos);
    }

    /** {@inheritDoc} Not of a memfd, which no device sees. */
    @Override
    public Fence adoptFence(int syncFileFd) {
        requireOpen();
        if (!hasFences() && !supports.of(SyncWay.WINDOW).supported()) {
            throw withoutFences();
        }
        return SyncFileFence.ofCallers(syscalls, syncFileFd);
    }

    @Override
    public int exportFence(Direction direction) {
        return syncCalls.exportFence(fencedFd(), name, direction);
    }

    @Override
    public void importFence(Direction direction, int syncFileFd) {
        syncCalls.importFence(fencedFd(), name, direction, syncFileFd);
    }

    @Override
    public @Nullable Fence pendingFences() {
        requireOpen();
        return hasFences() ? syncCalls.pendingFences(sharedFd(), name) : null;
    }

    private OwnedFd fencedFd() {
        requireOpen();
        if (!hasFences()) {
            throw withoutFences();
        }
        return sharedFd();
    }

    /** What is a dma-buf as a whole can be synced as a whole, and the other way round. */
    private boolean hasFences() {
        return supports.of(SyncWay.WHOLE).supported();
    }

    private UnsupportedOperationException withoutFences() {
        boolean windowed = supports.of(SyncWay.WINDOW).supported();
        return new UnsupportedOperationException(name + " as a whole has no fences: "
                + supports.of(SyncWay.WHOLE).reason() + (windowed ? ". Its windows have fences." : "."));
    }

    @Override
    public Window openWindow(long offset, long length) {
        requireOpen();
        supports.require(SyncWay.WINDOW, name);
        requireWithin(offset, length);
        requirePages(offset, length);
        if (windows == null) {
            throw new AssertionError(name + " says it has windows");
        }
        return windows.open(name, syncCalls, offset, length);
    }

    /** {@inheritDoc} As the kernel told when the buffer was allocated; answers after close too. */
    @Override
    public long windowLimit() {
        return windows == null ? Long.MAX_VALUE : windowLimit(windows.sizeLimit());
    }

    /** Nothing that can be mapped is longer than an address space, so a higher limit limits nothing (INT_MAX MiB). */
    private static long windowLimit(OptionalLong told) {
        long limit = told.orElse(Long.MAX_VALUE);
        return limit >= Sizes.ADDRESS_SPACE ? Long.MAX_VALUE : limit;
    }

    @Override
    public String windowLimitRemedy() {
        long limit = windowLimit();
        return limit == Long.MAX_VALUE ? "" : Remedy.windowLimit(limit);
    }

    /** {@inheritDoc} Answers after close too. */
    @Override
    public long restarts() {
        return syncCalls.restarts();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (Rollback all = new Rollback()) {
                MappedMemory memory = mapping.memory();
                if (memory != null) {
                    all.add(memory);
                }
                addDescriptors(all);
            }
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Closes the descriptors. The mapping stays as it is, and with it the memory, until the last view is collected.
     */
    @Override
    public void closeDropped() {
        if (closed.compareAndSet(false, true)) {
            try (Rollback all = new Rollback()) {
                addDescriptors(all);
            }
        }
    }

    private void addDescriptors(Rollback all) {
        if (shared != null) {
            all.add(shared::close);
        }
        if (windows != null) {
            all.add(windows);
        }
        if (vendor != null) {
            all.add(vendor);
        }
    }

    @Override
    public String toString() {
        return name + " (" + size + " bytes, exporter " + exporter + (closed.get() ? ", closed)" : ")");
    }

    private OwnedFd sharedFd() {
        if (shared == null) {
            throw new AssertionError(name + " says it can be synced");
        }
        return shared;
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    private void requireWithin(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException("offset " + offset + " and length " + length + " do not lie within the "
                    + size + " bytes of " + name);
        }
    }

    private void requireViewable(long offset, int length) {
        requireWithin(offset, length);
        if (length > MAX_VIEW) {
            throw new IndexOutOfBoundsException("a view of " + length + " bytes is longer than " + MAX_VIEW);
        }
    }

    private void requireReach(long offset, long length) {
        if (offset + length > rangeSyncLimit()) {
            throw new IndexOutOfBoundsException("no range beyond byte " + rangeSyncLimit() + " of " + name
                    + " can be named: offset=" + offset + ", length=" + length);
        }
    }

    private void requirePages(long offset, long length) {
        if (length == 0 || (offset | length) % pageSize != 0) {
            throw new IllegalArgumentException(
                    "a window is whole pages of " + pageSize + " bytes: offset=" + offset + ", length=" + length);
        }
    }
}
