// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.OptionalLong;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.jspecify.annotations.Nullable;

/**
 * Buffers over one sealed memfd, whose parts become dma-bufs of their own: {@code /dev/udmabuf}, in the mainline kernel.
 *
 * <p>The only heap with windows. {@link DmaBuf#fd()} is a dma-buf over all of the memory where
 * {@code udmabuf.size_limit_mb} (64 unless set) allows one, and -1 elsewhere. Immutable, safe for use by many threads.
 */
public final class UdmabufHeap implements Heap {

    private static final String NAME = "udmabuf";

    private final Syscalls syscalls;
    private final String label;

    /** A heap whose buffers have the library's name. */
    public UdmabufHeap() {
        this(Libc.INSTANCE, DmaBufNames.DEFAULT);
    }

    UdmabufHeap(Syscalls syscalls, String label) {
        this.syscalls = syscalls;
        this.label = label;
    }

    /**
     * The same heap, whose buffers have a name of their own in {@code /proc}.
     *
     * @param name 1 to 31 bytes in UTF-8
     * @throws IllegalArgumentException if it is empty or longer
     */
    public UdmabufHeap labelled(String name) {
        return new UdmabufHeap(syscalls, DmaBufNames.require(name));
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * {@inheritDoc}
     *
     * @throws HeapException if the device is missing or not permitted, or memory or descriptors are used up
     */
    @Override
    public DmaBuf allocate(long bytes) {
        long size = Sizes.wholePages(syscalls, bytes);
        try (Rollback rollback = new Rollback()) {
            UdmabufDevice device = UdmabufDevice.open(syscalls, label, size);
            rollback.add(device);
            SyncCalls syncCalls = new SyncCalls(syscalls);
            SyncSupport wholeBuffer = wholeBuffer(size, device.sizeLimit());
            OwnedFd shared = null;
            if (wholeBuffer.supported()) {
                try {
                    shared = device.create(NAME, syncCalls, 0, size);
                } catch (HeapException e) {
                    wholeBuffer = withoutWhole(e);
                }
            }
            if (shared != null) {
                keep(rollback, shared);
            }
            CpuMapping mapping = CpuMapping.of(MappedMemory.map(syscalls, NAME, device.memfd(), size));
            return rollback.keep(assemble(mapping, size, syncCalls, wholeBuffer, shared, device));
        }
    }

    private void keep(Rollback rollback, OwnedFd shared) {
        rollback.add(shared::close);
        DmaBufNames.set(syscalls, shared.number(), NAME, label);
    }

    /** Windows are smaller, and may pass where the whole buffer does not. */
    private static SyncSupport withoutWhole(HeapException refusal) {
        if (!Errno.EIO.is(-refusal.errno())) {
            throw refusal;
        }
        return SyncSupport.no(SyncWay.WHOLE, "the whole buffer cannot be synced at once: " + refusal.getMessage());
    }

    private LinuxDmaBuf assemble(
            CpuMapping mapping,
            long size,
            SyncCalls syncCalls,
            SyncSupport wholeBuffer,
            @Nullable OwnedFd shared,
            UdmabufDevice device) {
        SyncSupports supports = new SyncSupports(
                SyncSupports.noneByName(NAME),
                SyncSupport.no(SyncWay.PARTIAL, "udmabuf has no partial operation; its windows sync ranges"),
                SyncSupport.yes(SyncWay.WINDOW, "udmabuf makes a dma-buf over any pages of its memfd"),
                wholeBuffer);
        return new LinuxDmaBuf.Parts(
                        syscalls, NAME, UdmabufIoctl.EXPORTER, size, mapping, syncCalls, supports, shared, device, null)
                .assemble();
    }

    private SyncSupport wholeBuffer(long size, OptionalLong limit) {
        if (limit.isEmpty()) {
            return SyncSupport.no(SyncWay.WHOLE, UdmabufIoctl.SIZE_LIMIT_FILE + " cannot be read");
        }
        if (size > limit.getAsLong()) {
            String reason = "one udmabuf has " + limit.getAsLong() + " bytes at most (udmabuf.size_limit_mb)";
            return SyncSupport.no(SyncWay.WHOLE, reason);
        }
        return AvailableMemory.holds(syscalls, size)
                ? SyncSupport.yes(SyncWay.WHOLE, "one udmabuf spans the whole buffer")
                : SyncSupport.no(SyncWay.WHOLE, "a udmabuf takes its memory at once, and there is not so much");
    }
}
