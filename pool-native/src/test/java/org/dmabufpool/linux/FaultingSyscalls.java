// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The real system calls, or others, of which one or several are refused, from the n-th from now on. A call that gives
 * something back is made even when it is refused, as the kernel does.
 */
final class FaultingSyscalls implements Syscalls {

    /** A count of refusals without end. */
    static final int FOR_EVER = Integer.MAX_VALUE;

    private final Syscalls real;
    private Errno errno = Errno.EIO;
    private int callsLeft;
    private int refusalsLeft;
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
        failCalls(n, 1, with);
    }

    /**
     * Refuses calls in a row.
     *
     * @param n the first of them from now, counted from 1
     * @param count how many; {@link #FOR_EVER} for all that follow
     */
    void failCalls(int n, int count, Errno with) {
        callsLeft = n - 1;
        refusalsLeft = count;
        errno = with;
        struck = false;
    }

    /** From now on calls are as they are. */
    void heal() {
        refusalsLeft = 0;
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
        if (callsLeft > 0) {
            callsLeft--;
            return false;
        }
        boolean now = refusalsLeft > 0;
        refusalsLeft -= now ? 1 : 0;
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
    public int socket(int domain, int type, int protocol) {
        return (int) unlessStruck(() -> real.socket(domain, type, protocol));
    }

    @Override
    public int bind(int fd, long address, int length) {
        return (int) unlessStruck(() -> real.bind(fd, address, length));
    }

    @Override
    public int listen(int fd, int backlog) {
        return (int) unlessStruck(() -> real.listen(fd, backlog));
    }

    @Override
    public int accept4(int fd, int flags) {
        return (int) unlessStruck(() -> real.accept4(fd, flags));
    }

    @Override
    public int connect(int fd, long address, int length) {
        return (int) unlessStruck(() -> real.connect(fd, address, length));
    }

    @Override
    public long sendmsg(int fd, long message, int flags) {
        return unlessStruck(() -> real.sendmsg(fd, message, flags));
    }

    @Override
    public long recvmsg(int fd, long message, int flags) {
        return unlessStruck(() -> real.recvmsg(fd, message, flags));
    }

    @Override
    public int unlink(String path) {
        return afterwardsStruck(() -> real.unlink(path));
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
