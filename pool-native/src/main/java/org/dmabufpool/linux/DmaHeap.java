// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.List;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;

/**
 * A dma-heap of the kernel: {@code /dev/dma_heap/<name>}.
 *
 * <p>Its buffers are synced as a whole, or by range where the kernel and the heap both can
 * ({@link #trustPartialSync}, {@link #vendorSync}, {@link #provenSync}). Immutable, safe for use by many threads.
 */
public final class DmaHeap implements Heap {

    private final Syscalls syscalls;
    private final String heap;
    private final String label;
    private final RangeSettings ranges;

    /**
     * The heap of this name. Nothing is opened before {@link #allocate}.
     *
     * @param heap such as {@code system}, see {@link #present()}
     * @throws IllegalArgumentException if it is no file name
     */
    public DmaHeap(String heap) {
        this(Libc.INSTANCE, heap, DmaBufNames.DEFAULT, RangeSettings.NONE);
    }

    DmaHeap(Syscalls syscalls, String heap, String label, RangeSettings ranges) {
        if (heap.isEmpty() || heap.startsWith(".") || heap.indexOf('/') >= 0 || heap.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a heap is named like a file in " + DmaHeapIoctl.DIRECTORY + ": heap=\"" + heap + "\"");
        }
        this.syscalls = syscalls;
        this.heap = heap;
        this.label = label;
        this.ranges = ranges;
    }

    /** The names of the heaps that this machine has, sorted; they may not all be permitted. */
    public static List<String> present() {
        return Libc.INSTANCE.list(DmaHeapIoctl.DIRECTORY);
    }

    /**
     * The same heap, whose buffers have a name of their own in {@code /proc} and in memory reports.
     *
     * @param name 1 to 31 bytes in UTF-8
     * @throws IllegalArgumentException if it is empty or longer
     */
    public DmaHeap labelled(String name) {
        return new DmaHeap(syscalls, heap, DmaBufNames.require(name), ranges);
    }

    /**
     * The same heap, of which it is known that {@code DMA_BUF_IOCTL_SYNC_PARTIAL} works: that these exporters have the
     * operation behind it. A kernel answers 0 where they do not, and syncs nothing; so this cannot be found out by
     * asking, and {@link SyncWay#PARTIAL} is supported for trusted exporters only.
     *
     * @param exporters as {@link DmaBuf#exporter()} names them
     */
    public DmaHeap trustPartialSync(String... exporters) {
        return new DmaHeap(syscalls, heap, label, ranges.trusting(exporters));
    }

    /**
     * The same heap, whose buffers are synced by range through a vendor's device, if that opens; then not by the partial
     * ioctl. That the device syncs what it is told is the user's word.
     *
     * @param device such as {@link XringSync}
     */
    public DmaHeap vendorSync(VendorSync device) {
        return new DmaHeap(syscalls, heap, label, ranges.through(device));
    }

    /**
     * The same heap, whose buffers are synced by range as far as a self-test saw it work: the way it was of is supported
     * where it is {@link RangeSyncProof.Verdict#PROVEN}, for the exporter it was of.
     *
     * @param proof what {@link SyncSelfTest} found on a buffer of this heap
     */
    public DmaHeap provenSync(RangeSyncProof proof) {
        return new DmaHeap(syscalls, heap, label, ranges.proven(proof));
    }

    @Override
    public String name() {
        return heap;
    }

    /**
     * {@inheritDoc}
     *
     * @throws HeapException if the heap is missing or not permitted, or memory or descriptors are used up
     */
    @Override
    public DmaBuf allocate(long bytes) {
        long size = Sizes.wholePages(syscalls, bytes);
        AvailableMemory.require(syscalls, path(), size);
        try (Rollback rollback = new Rollback()) {
            OwnedFd device = openDevice();
            rollback.add(device::close);
            OwnedFd fd = new OwnedFd(syscalls, "dma-buf of " + path(), allocateFd(device.number(), size));
            rollback.add(fd::close);
            device.close();
            DmaBufNames.set(syscalls, fd.number(), path(), label);
            String exporter = FdInfo.of(syscalls, fd.number()).exporter();
            return rollback.keep(LinuxDmaBuf.ofDescriptor(syscalls, heap, exporter, fd, size, ranges));
        }
    }

    private OwnedFd openDevice() {
        int device = syscalls.open(path(), LinuxAbi.O_RDONLY);
        if (device < 0) {
            throw Refusal.of("open", path(), device, Remedy.openingHeap(syscalls, heap, device));
        }
        return new OwnedFd(syscalls, path(), device);
    }

    private int allocateFd(int device, long size) {
        Scratch allocation = Scratch.cleared(DmaHeapIoctl.ALLOCATION_BYTES)
                .putLong(DmaHeapIoctl.LENGTH, size)
                .putInt(DmaHeapIoctl.FD_FLAGS, LinuxAbi.O_RDWR | LinuxAbi.O_CLOEXEC);
        int answer = syscalls.ioctl(device, DmaHeapIoctl.ALLOC, allocation.address());
        if (answer < 0) {
            throw Refusal.of("DMA_HEAP_IOCTL_ALLOC of " + size + " bytes", path(), answer, remedy(answer));
        }
        return allocation.getInt(DmaHeapIoctl.FD);
    }

    private String remedy(int answer) {
        return Errno.EMFILE.is(answer) || Errno.ENFILE.is(answer)
                ? Remedy.descriptors(syscalls, answer)
                : Remedy.memory(answer);
    }

    private String path() {
        return DmaHeapIoctl.DIRECTORY + "/" + heap;
    }
}
