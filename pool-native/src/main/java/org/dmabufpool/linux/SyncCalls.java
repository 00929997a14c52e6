// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.concurrent.atomic.LongAdder;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.jspecify.annotations.Nullable;

/**
 * The sync calls of one dma-buf and its windows, and those about its fences, restarted as the kernel demands.
 *
 * <p>A sync call "can fail with -EAGAIN or -EINTR, in which case it must be restarted" (Documentation/driver-api/
 * dma-buf.rst); it is restarted {@value #MAX_RESTARTS} times at most. Safe for use by many threads.
 */
final class SyncCalls {

    /** How often one call is restarted before it counts as refused. */
    static final int MAX_RESTARTS = 1000;

    private final Syscalls syscalls;
    private final LongAdder restarts = new LongAdder();

    private final FenceWait fences;

    SyncCalls(Syscalls syscalls) {
        this.syscalls = syscalls;
        this.fences = new FenceWait(syscalls, restarts);
    }

    /** Syncs all of a dma-buf. */
    void whole(OwnedFd fd, String what, SyncPhase phase, Direction direction) {
        Scratch sync = Scratch.asLeft().putLong(DmaBufIoctl.FLAGS, DmaBufIoctl.syncFlags(phase, direction));
        long answer = issue(fd, DmaBufIoctl.SYNC, sync);
        if (answer < 0) {
            throw refusal("DMA_BUF_IOCTL_SYNC", what, phase, direction, answer);
        }
    }

    /** Syncs a range; the caller has checked that it lies within and that the kernel can express it. */
    void range(OwnedFd fd, String what, SyncPhase phase, Direction direction, long offset, long length) {
        Scratch sync = Scratch.asLeft()
                .putLong(DmaBufIoctl.FLAGS, DmaBufIoctl.syncFlags(phase, direction))
                .putInt(DmaBufIoctl.PARTIAL_OFFSET, (int) offset)
                .putInt(DmaBufIoctl.PARTIAL_LENGTH, (int) length);
        long answer = issue(fd, DmaBufIoctl.SYNC_PARTIAL, sync);
        if (answer < 0) {
            String call = "DMA_BUF_IOCTL_SYNC_PARTIAL of " + length + " bytes at " + offset;
            throw refusal(call, what, phase, direction, answer);
        }
    }

    /** Syncs a range through a vendor's device; the caller has checked that it lies within and below the limit. */
    void vendor(
            VendorDevice device,
            OwnedFd fd,
            String what,
            SyncPhase phase,
            Direction direction,
            long offset,
            long length) {
        long answer = device.sync(fd, phase, direction, offset, length);
        for (int tries = 0; mustRestart(answer) && tries < MAX_RESTARTS; tries++) {
            restarts.increment();
            answer = device.sync(fd, phase, direction, offset, length);
        }
        if (answer < 0) {
            String call = "sync of " + length + " bytes at " + offset + " through " + device.path();
            throw Refusal.of(call + " (" + phase + " " + direction + ")", what, answer, Remedy.vendorSync(answer));
        }
    }

    /** As {@link FenceWait#await}; polls that a signal ended count as restarts. */
    boolean awaitFences(OwnedFd fd, String what, Direction direction, long nanos) {
        return fences.await(fd, what, direction, nanos);
    }

    /**
     * Exports the fences of a dma-buf as one sync_file, whose descriptor is the caller's.
     *
     * @throws UnsupportedOperationException if the kernel does not know the call
     */
    int exportFence(OwnedFd fd, String what, Direction direction) {
        long answer = tryExport(fd, direction);
        if (answer < 0) {
            throw fenceRefusal("DMA_BUF_IOCTL_EXPORT_SYNC_FILE", what, direction, answer);
        }
        return (int) answer;
    }

    /**
     * Adds a fence to those of a dma-buf.
     *
     * @throws UnsupportedOperationException if the kernel does not know the call
     */
    void importFence(OwnedFd fd, String what, Direction direction, int syncFileFd) {
        Scratch fence = Scratch.asLeft()
                .putInt(DmaBufIoctl.FLAGS, (int) DmaBufIoctl.accessFlags(direction))
                .putInt(DmaBufIoctl.SYNC_FILE_FD, syncFileFd);
        long answer = issue(fd, DmaBufIoctl.IMPORT_SYNC_FILE, fence);
        if (answer < 0) {
            throw fenceRefusal("DMA_BUF_IOCTL_IMPORT_SYNC_FILE of fd " + syncFileFd, what, direction, answer);
        }
    }

    /**
     * The fences of a dma-buf that are pending, of readers and writers. A poll tells first whether there are any, which
     * is the usual case and costs no descriptor.
     *
     * @return the fence, which is the caller's; null if none is pending, or the kernel cannot export them
     */
    @Nullable
    Fence pendingFences(OwnedFd fd, String what) {
        if (awaitFences(fd, what, Direction.WRITE, 0)) {
            return null;
        }
        long answer = tryExport(fd, Direction.READ_WRITE);
        if (Errno.ENOTTY.is(answer)) {
            return null;
        }
        if (answer < 0) {
            throw fenceRefusal("DMA_BUF_IOCTL_EXPORT_SYNC_FILE", what, Direction.READ_WRITE, answer);
        }
        return SyncFileFence.ofExported(syscalls, (int) answer, "the fences of " + what);
    }

    private long tryExport(OwnedFd fd, Direction direction) {
        Scratch fence = Scratch.cleared(DmaBufIoctl.SYNC_FILE_BYTES)
                .putInt(DmaBufIoctl.FLAGS, (int) DmaBufIoctl.accessFlags(direction));
        long answer = issue(fd, DmaBufIoctl.EXPORT_SYNC_FILE, fence);
        return answer < 0 ? answer : fence.getInt(DmaBufIoctl.SYNC_FILE_FD);
    }

    private RuntimeException fenceRefusal(String call, String what, Direction direction, long answer) {
        if (Errno.ENOTTY.is(answer)) {
            return new UnsupportedOperationException(call + " on " + what
                    + " needs Linux 6.0, and this kernel answers " + Errno.describe(Errno.ENOTTY.number())
                    + ". Wait for the fences with awaitFences instead.");
        }
        return Refusal.of(call + " (" + direction + ")", what, answer, Remedy.fence(syscalls, answer));
    }

    /** How often calls were restarted so far. */
    long restarts() {
        return restarts.sum();
    }

    private long issue(OwnedFd fd, long request, Scratch argument) {
        int number = fd.use();
        try {
            long answer = syscalls.ioctl(number, request, argument.address());
            for (int tries = 0; mustRestart(answer) && tries < MAX_RESTARTS; tries++) {
                restarts.increment();
                answer = syscalls.ioctl(number, request, argument.address());
            }
            return answer;
        } finally {
            fd.done();
        }
    }

    /** Whether a call that answered so is to be made again. */
    static boolean mustRestart(long answer) {
        return Errno.EINTR.is(answer) || Errno.EAGAIN.is(answer);
    }

    private static HeapException refusal(String call, String what, SyncPhase phase, Direction direction, long answer) {
        return Refusal.of(call + " (" + phase + " " + direction + ")", what, answer, Remedy.sync(answer));
    }
}
