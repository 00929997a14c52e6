// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.HeapException;

/** A sync_file that this library owns. Safe for use by many threads. */
final class SyncFileFence implements Fence {

    private final Syscalls syscalls;
    private final OwnedFd fd;
    private final String what;

    private SyncFileFence(Syscalls syscalls, int number, String what) {
        this.syscalls = syscalls;
        this.fd = new OwnedFd(syscalls, what, number);
        this.what = what;
    }

    /**
     * Takes over a descriptor that the kernel has just given out as a sync_file.
     *
     * @param what what it tells of, for messages
     */
    static SyncFileFence ofExported(Syscalls syscalls, int number, String what) {
        return new SyncFileFence(syscalls, number, what);
    }

    /**
     * Duplicates a sync_file of the caller's.
     *
     * @throws IllegalArgumentException if the descriptor is negative or no sync_file
     * @throws HeapException if the kernel refuses, as for a descriptor that is closed
     */
    static SyncFileFence ofCallers(Syscalls syscalls, int theirs) {
        if (theirs < 0) {
            throw new IllegalArgumentException("a file descriptor is 0 or above: syncFileFd=" + theirs);
        }
        int own = syscalls.fcntl(theirs, LinuxAbi.F_DUPFD_CLOEXEC, 0);
        if (own < 0) {
            throw Refusal.of("fcntl F_DUPFD_CLOEXEC", "fd " + theirs, own, Remedy.duplicating(syscalls, own));
        }
        try (Rollback rollback = new Rollback()) {
            SyncFileFence fence = new SyncFileFence(syscalls, own, "the fence of fd " + theirs);
            rollback.add(fence::close);
            fence.requireSyncFile(theirs);
            return rollback.keep(fence);
        }
    }

    /** Other files answer ENOTTY to an ioctl that they do not know, and some drivers EINVAL. */
    private void requireSyncFile(int theirs) {
        int answer = ask(Scratch.cleared(SyncFileIoctl.INFO_BYTES));
        if (Errno.ENOTTY.is(answer) || Errno.EINVAL.is(answer)) {
            throw new IllegalArgumentException("fd " + theirs + " is no sync_file: it answers "
                    + Errno.describe(-answer) + " to SYNC_IOC_FILE_INFO. Pass a fence that a driver exported.");
        }
        requireAnswered(answer);
    }

    @Override
    public State state() {
        Scratch info = Scratch.cleared(SyncFileIoctl.INFO_BYTES);
        requireAnswered(ask(info));
        int status = info.getInt(SyncFileIoctl.STATUS);
        if (status == SyncFileIoctl.PENDING) {
            return State.PENDING;
        }
        return status == SyncFileIoctl.SIGNALLED ? State.SIGNALLED : State.FAILED;
    }

    private int ask(Scratch info) {
        int number = fd.use();
        try {
            return syscalls.ioctl(number, SyncFileIoctl.FILE_INFO, info.address());
        } finally {
            fd.done();
        }
    }

    private void requireAnswered(int answer) {
        if (answer < 0) {
            throw Refusal.of("SYNC_IOC_FILE_INFO", what, answer, Remedy.sync(answer));
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return what;
    }
}
