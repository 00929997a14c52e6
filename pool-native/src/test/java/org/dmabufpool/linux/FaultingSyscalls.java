// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The real system calls, or others, of which one is refused: the n-th from now. A call that gives something back is
 * made even when it is refused, as the kernel does.
 */
final class FaultingSyscalls implements Syscalls {

    private final Syscalls real;
    private Errno errno = Errno.EIO;
    private int callsLeft = -1;
    private boolean struck;
    private final Set<Long> unmapped = ConcurrentHashMap.newKeySet();

    FaultingSyscalls() {
        this(Libc.INSTANCE);
    }

    FaultingSyscalls(Syscalls real) {
        this.real = real;
    }

    /** Refuses the n-th call from now, counted from 1. */
    void failCall(int n, Errno with) {
        callsLeft = n;
        errno = with;
        struck = false;
    }

    /** Whether the refusal has come. */
    boolean struck() {
        return struck;
    }

    /** The addresses that were given back so far; the kernel may have used them again since. */
    Set<Long> unmapped() {
        return unmapped;
    }

    private boolean strikes() {
        boolean now = --callsLeft == 0;
        struck |= now;
        return now;
    }

    private long unlessStruck(LongSupplier call) {
        return strikes() ? -errno.number() : call.getAsLong();
    }

    private int afterwardsStruck(LongSupplier call) {
        int answer = (int) call.getAsLong();
        return strikes() ? -errno.number() : answer;
    }

    @Override
    public int open(String path, int flags) {
        return (int) unlessStruck(() -> real.open(path, flags));
    }

    @Override
    public int close(int fd) {
        return afterwardsStruck(() -> real.close(fd));
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        return (int) unlessStruck(() -> real.ioctl(fd, request, argument));
    }

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        return unlessStruck(() -> real.mmap(address, length, protection, flags, fd, offset));
    }

    @Override
    public int munmap(long address, long length) {
        int answer = real.munmap(address, length);
        if (answer == 0) {
            unmapped.add(address);
        }
        return answer;
    }

    @Override
    public int memfdCreate(String name, int flags) {
        return (int) unlessStruck(() -> real.memfdCreate(name, flags));
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return (int) unlessStruck(() -> real.fcntl(fd, command, argument));
    }

    @Override
    public int ftruncate(int fd, long length) {
        return (int) unlessStruck(() -> real.ftruncate(fd, length));
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        return unlessStruck(() -> real.lseek(fd, offset, whence));
    }

    @Override
    public int poll(long descriptors, int count, int timeoutMillis) {
        return (int) unlessStruck(() -> real.poll(descriptors, count, timeoutMillis));
    }

    @Override
    public int pageSize() {
        return real.pageSize();
    }

    @Override
    public String readText(String path) throws IOException {
        if (strikes()) {
            throw new IOException(path + " refused by the test");
        }
        return real.readText(path);
    }

    @Override
    public List<String> list(String directory) {
        return real.list(directory);
    }
}
