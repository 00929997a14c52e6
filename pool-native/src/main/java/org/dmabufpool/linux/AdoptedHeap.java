// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;

/**
 * A dma-buf that the caller already has, from any exporter: a camera, a display, a heap opened elsewhere. Or a memfd,
 * which no device sees and which needs no sync; seal one that others have too against shrinking (F_SEAL_SHRINK), as bytes
 * cut off are gone from under the mapping.
 *
 * <p>The descriptor is duplicated and stays the caller's, to be closed by the caller. The buffer is given once, whole,
 * with the contents it has. A dma-buf that its exporter does not map for the CPU is taken too: see
 * {@link DmaBuf#unmappedReason()}. Safe for use by many threads.
 */
public final class AdoptedHeap implements Heap {

    private static final String NAME = "adopted";

    private final Syscalls syscalls;
    private final int fd;
    private final RangeSettings ranges;
    private final AtomicBoolean given = new AtomicBoolean();

    /**
     * A heap of one buffer.
     *
     * @param fd a dma-buf's or a memfd's descriptor, open for reading and writing; it must stay open until {@link #allocate} returns
     * @throws IllegalArgumentException if it is negative
     */
    public AdoptedHeap(int fd) {
        this(Libc.INSTANCE, fd, RangeSettings.NONE);
    }

    AdoptedHeap(Syscalls syscalls, int fd, RangeSettings ranges) {
        if (fd < 0) {
            throw new IllegalArgumentException("a file descriptor is 0 or above: fd=" + fd);
        }
        this.syscalls = syscalls;
        this.fd = fd;
        this.ranges = ranges;
    }

    /**
     * A heap of the same buffer, of which it is known that {@code DMA_BUF_IOCTL_SYNC_PARTIAL} works: that these
     * exporters have the operation behind it. A kernel answers 0 where they do not, and syncs nothing; so
     * {@link SyncWay#PARTIAL} is supported for trusted exporters only.
     *
     * @param exporters as {@link DmaBuf#exporter()} names them
     */
    public AdoptedHeap trustPartialSync(String... exporters) {
        return new AdoptedHeap(syscalls, fd, ranges.trusting(exporters));
    }

    /**
     * A heap of the same buffer, synced by range through a vendor's device, if that opens; then not by the partial ioctl.
     * That the device syncs what it is told is the user's word.
     *
     * @param device such as {@link LwisSync}
     */
    public AdoptedHeap vendorSync(VendorSync device) {
        return new AdoptedHeap(syscalls, fd, ranges.through(device));
    }

    /**
     * A heap of the same buffer, synced by range as far as a self-test saw it work: the way it was of is supported where
     * it is {@link RangeSyncProof.Verdict#PROVEN}, for the exporter it was of.
     *
     * @param proof what {@link SyncSelfTest} found on a buffer of the same exporter
     */
    public AdoptedHeap provenSync(RangeSyncProof proof) {
        return new AdoptedHeap(syscalls, fd, ranges.proven(proof));
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * The size of the adopted buffer in bytes, in whole pages.
     *
     * @throws HeapException if the descriptor is closed
     */
    public long size() {
        return sizeOf(fd);
    }

    /**
     * Gives the adopted buffer, all of it, with the contents it has.
     *
     * @param bytes the least size wanted, above 0
     * @throws HeapException if the descriptor is closed, is no dma-buf and no memfd, or is not open for writing, if the buffer is
     *     smaller than wanted, or if it was given before
     */
    @Override
    public DmaBuf allocate(long bytes) {
        long wanted = Sizes.wholePages(syscalls, bytes);
        if (!given.compareAndSet(false, true)) {
            throw new HeapException(
                    "fd " + fd + " was adopted before: two owners of one buffer would hand out the same bytes."
                            + " Give each pool a dma-buf of its own.",
                    HeapException.NO_ERRNO);
        }
        try (Rollback rollback = new Rollback()) {
            rollback.add(() -> given.set(false));
            OwnedFd own = duplicate();
            rollback.add(own::close);
            return rollback.keep(adopt(own, wanted));
        }
    }

    private DmaBuf adopt(OwnedFd own, long wanted) {
        boolean memfd = Memfd.is(syscalls, own.number());
        String exporter =
                memfd ? Memfd.EXPORTER : FdInfo.of(syscalls, own.number(), fd).exporter();
        long size = sizeOf(own.number());
        if (size < wanted) {
            throw new HeapException(
                    "fd " + fd + " (exporter " + exporter + ") has " + size + " bytes, wanted are " + wanted
                            + ". Adopt a bigger one or ask for less.",
                    HeapException.NO_ERRNO);
        }
        return memfd
                ? MemfdHeap.over(syscalls, NAME, own, size)
                : LinuxDmaBuf.ofDescriptor(syscalls, NAME, exporter, own, size, ranges);
    }

    private OwnedFd duplicate() {
        int own = syscalls.fcntl(fd, LinuxAbi.F_DUPFD_CLOEXEC, 0);
        if (own < 0) {
            throw Refusal.of("fcntl F_DUPFD_CLOEXEC", "fd " + fd, own, remedy(own));
        }
        return new OwnedFd(syscalls, "adopted dma-buf", own);
    }

    /**
     * A dma-buf can be sought to its end and its begin only, and tells its size that way (dma_buf_llseek). A memfd has a
     * position, which the caller's descriptor shares and which stays as it is; its last page may be a part of one.
     */
    private long sizeOf(int descriptor) {
        long position = Math.max(0, syscalls.lseek(descriptor, 0, LinuxAbi.SEEK_CUR));
        long size = syscalls.lseek(descriptor, 0, LinuxAbi.SEEK_END);
        if (size < 0) {
            throw Refusal.of("lseek SEEK_END", "fd " + fd, size, remedy(size));
        }
        long back = syscalls.lseek(descriptor, position, LinuxAbi.SEEK_SET);
        if (back < 0) {
            throw Refusal.of("lseek SEEK_SET", "fd " + fd, back, remedy(back));
        }
        return size - size % syscalls.pageSize();
    }

    private String remedy(long answer) {
        return Remedy.duplicating(syscalls, answer);
    }
}
