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
            MappedMemory memory = MappedMemory.map(syscalls, NAME, memfd.number(), size);
            SyncCalls syncCalls = new SyncCalls(syscalls);
            return rollback.keep(new LinuxDmaBuf.Parts(
                            syscalls, NAME, Memfd.EXPORTER, size, memory, syncCalls, supports(), memfd, null, null)
                    .assemble());
        }
    }

    private static SyncSupports supports() {
        return new SyncSupports(
                SyncSupport.yes(SyncWay.NONE, NO_DEVICE),
                SyncSupport.no(SyncWay.PARTIAL_IOCTL, "a memfd is no dma-buf"),
                SyncSupports.noWindows(),
                SyncSupport.no(SyncWay.WHOLE_BUFFER, "a memfd is no dma-buf"));
    }
}
