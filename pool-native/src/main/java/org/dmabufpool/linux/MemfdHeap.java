// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;

/**
 * Plain shared memory, for machines without dma-bufs: no device can see it, so there is nothing to sync.
 *
 * <p>Memory is taken from the kernel page by page as it is touched. {@link DmaBuf#fd()} is the memfd, which another
 * process can map and no device can import. Immutable, safe for use by many threads.
 */
public final class MemfdHeap implements Heap {

    private static final String NAME = "memfd";
    private static final String NO_DEVICE = "no device can see a memfd";

    private final Syscalls syscalls;
    private final String label;

    /** A heap whose buffers have the library's name. */
    public MemfdHeap() {
        this(Libc.INSTANCE, DmaBufNames.DEFAULT);
    }

    MemfdHeap(Syscalls syscalls, String label) {
        this.syscalls = syscalls;
        this.label = label;
    }

    /**
     * The same heap, whose buffers have a name of their own in {@code /proc}.
     *
     * @param name 1 to 31 bytes in UTF-8
     * @throws IllegalArgumentException if it is empty or longer
     */
    public MemfdHeap labelled(String name) {
        return new MemfdHeap(syscalls, DmaBufNames.require(name));
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * {@inheritDoc}
     *
     * @throws HeapException if descriptors or addresses are used up
     */
    @Override
    public DmaBuf allocate(long bytes) {
        long size = Sizes.wholePages(syscalls, bytes);
        try (Rollback rollback = new Rollback()) {
            OwnedFd memfd = Memfd.create(syscalls, label, size);
            rollback.add(memfd::close);
            return rollback.keep(over(syscalls, NAME, memfd, size));
        }
    }

    /**
     * A buffer over a memfd, which becomes the buffer's.
     *
     * @param heap what people call where it comes from
     * @param size bytes, whole pages
     * @throws HeapException if the kernel refuses; the descriptor is then still the caller's
     */
    static LinuxDmaBuf over(Syscalls syscalls, String heap, OwnedFd memfd, long size) {
        SyncCalls syncCalls = new SyncCalls(syscalls);
        CpuMapping mapping = CpuMapping.of(MappedMemory.map(syscalls, heap, memfd.number(), size));
        return new LinuxDmaBuf.Parts(
                        syscalls, heap, Memfd.EXPORTER, size, mapping, syncCalls, supports(), memfd, null, null)
                .assemble();
    }

    private static SyncSupports supports() {
        return new SyncSupports(
                SyncSupport.yes(SyncWay.NONE, NO_DEVICE),
                SyncSupport.no(SyncWay.PARTIAL, "a memfd is no dma-buf"),
                SyncSupports.noWindows(),
                SyncSupport.no(SyncWay.WHOLE, "a memfd is no dma-buf"));
    }
}
