// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;

/**
 * One file mapped shared, seen through byte buffers, that can be taken away under them without harm.
 *
 * <p><b>Views</b> are slices of a few root buffers, made once from the address. A root is as long as a buffer can be and
 * begins every GiB, so that any view of at most {@link DmaBuf#MAX_VIEW} bytes lies within one root:
 *
 * <pre>
 *  GiB    0         1         2         3      3.5
 *  root 0 [===================)                       2 GiB - 1 byte each
 *  root 1           [===================)
 *  root 2                     [================)
 *  root 3                               [======)
 * </pre>
 *
 * <p><b>Closing</b> puts private, empty memory in the file's place with one mmap call over the same addresses. The
 * file's memory goes back to the kernel at once; a stale view reads zeros and writes where nobody looks. Only a view
 * could reach these addresses, so they are unmapped when the last root is collected: a view of a JDK or Android buffer
 * keeps the root that it was sliced from reachable, and so does a read-only one.
 *
 * <p>Safe for use by many threads.
 */
final class MappedMemory implements Rollback.Closing {

    private static final Cleaner CLEANER = Cleaner.create();
    private static final long ROOT_STEP = DmaBuf.MAX_VIEW;
    private static final int MAX_ROOT = Integer.MAX_VALUE;
    private static final int READ_WRITE = LinuxAbi.PROT_READ | LinuxAbi.PROT_WRITE;
    private static final int NO_FD = -1;
    private static final String STAND_IN = "dmabuf-pool-closed";

    private final Syscalls syscalls;
    private final String what;
    private final long address;
    private final long length;
    private final RootCursors[] writable;
    private final RootCursors[] readOnly;

    private MappedMemory(Syscalls syscalls, String what, long address, long length) {
        this.syscalls = syscalls;
        this.what = what;
        this.address = address;
        this.length = length;
        int roots = (int) Math.max(1, (length + ROOT_STEP - 1) / ROOT_STEP);
        this.writable = new RootCursors[roots];
        this.readOnly = new RootCursors[roots];
        makeRoots(roots);
    }

    /**
     * Maps a file from its first byte.
     *
     * @param what what is mapped, for messages
     * @param fd the file's descriptor, which may be closed afterwards
     * @param length bytes, whole pages, above 0
     * @throws HeapException if the kernel refuses
     */
    static MappedMemory map(Syscalls syscalls, String what, int fd, long length) {
        long address = syscalls.mmap(0, length, READ_WRITE, LinuxAbi.MAP_SHARED, fd, 0);
        if (address < 0) {
            throw Refusal.of("mmap of " + length + " bytes", what, address, Remedy.mapping(address));
        }
        return new MappedMemory(syscalls, what, address, length);
    }

    /** A view in native byte order; the caller has checked that it lies within. */
    ByteBuffer view(long offset, int viewLength) {
        int root = rootOf(offset);
        return writable[root].view((int) (offset - root * ROOT_STEP), viewLength);
    }

    /** As {@link #view}, but read-only. */
    ByteBuffer readOnlyView(long offset, int viewLength) {
        int root = rootOf(offset);
        return readOnly[root].view((int) (offset - root * ROOT_STEP), viewLength);
    }

    private int rootOf(long offset) {
        return (int) Math.min(offset / ROOT_STEP, writable.length - 1L);
    }

    /** Where the first byte is mapped. */
    long address() {
        return address;
    }

    /**
     * Gives the file's memory back; views stay harmless. To be called once.
     *
     * @throws HeapException if the kernel refuses; the memory goes back when the last view is collected then
     */
    @Override
    public void close() {
        try {
            long answer = syscalls.mmap(address, length, READ_WRITE, emptyMemory(), NO_FD, 0);
            if (answer < 0) {
                replaceBySparseFile();
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static int emptyMemory() {
        return LinuxAbi.MAP_PRIVATE | LinuxAbi.MAP_ANONYMOUS | LinuxAbi.MAP_FIXED | LinuxAbi.MAP_NORESERVE;
    }

    /** Under strict overcommit (vm.overcommit_memory=2) private memory is charged when mapped; a sparse file is not. */
    private void replaceBySparseFile() {
        try (OwnedFd empty = Memfd.create(syscalls, STAND_IN, length)) {
            int flags = LinuxAbi.MAP_SHARED | LinuxAbi.MAP_FIXED;
            long answer = syscalls.mmap(address, length, READ_WRITE, flags, empty.number(), 0);
            if (answer < 0) {
                throw Refusal.of("mmap over " + length + " bytes", what, answer, Remedy.mapping(answer));
            }
        }
    }

    private void makeRoots(int count) {
        Runnable unmapping = new UnmapWithLast(syscalls, address, length, count);
        for (int i = 0; i < count; i++) {
            long start = i * ROOT_STEP;
            ByteBuffer root = Libc.bufferAt(address + start, (int) Math.min(length - start, MAX_ROOT));
            CLEANER.register(root, unmapping);
            writable[i] = new RootCursors(root);
            readOnly[i] = new RootCursors(root.asReadOnlyBuffer());
        }
    }

    /** Unmaps the addresses when it has run once for every root. Knows no root, or none would ever be collected. */
    private static final class UnmapWithLast implements Runnable {

        private final Syscalls syscalls;
        private final long address;
        private final long length;
        private final AtomicInteger rootsLeft;

        UnmapWithLast(Syscalls syscalls, long address, long length, int roots) {
            this.syscalls = syscalls;
            this.address = address;
            this.length = length;
            this.rootsLeft = new AtomicInteger(roots);
        }

        @Override
        public void run() {
            if (rootsLeft.decrementAndGet() == 0) {
                syscalls.munmap(address, length);
            }
        }
    }
}
