// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.dmabufpool.BufferRange;
import org.dmabufpool.Loan;
import org.dmabufpool.heap.HeapException;
import org.jspecify.annotations.Nullable;

/**
 * Passes parts of buffers on to another process of this machine: a descriptor (SCM_RIGHTS), an offset and a length.
 *
 * <p>One process listens at a path and accepts, the other connects; then both may send and receive:
 *
 * <pre>{@code
 * try (DmaBufSocket door = DmaBufSocket.listen(path); DmaBufSocket peer = door.accept(timeout)) {
 *     peer.send(fd, slice.offset(), slice.length());
 * }
 * }</pre>
 *
 * <p>Dma-bufs and memory files (memfd) pass. Whoever may open the path gets the whole buffer, as a descriptor has no
 * bounds: make the socket in a directory of the user. Passing on says nothing of when the memory may be used again; the
 * sender keeps its slice, or a loan of it, until the peer says that it is done.
 *
 * <p>Safe for use by many threads. A close ends a wait within a tenth of a second.
 */
public final class DmaBufSocket implements AutoCloseable {

    /** How long a close or an interrupt may go unseen. */
    private static final int STEP_MILLIS = 100;

    private static final int BACKLOG = 16;
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Syscalls syscalls;
    private final OwnedFd fd;
    private final String what;
    /** Where it listens; null for a connection. */
    private final @Nullable Path door;

    private final AtomicBoolean closed = new AtomicBoolean();

    private DmaBufSocket(Syscalls syscalls, OwnedFd fd, String what, @Nullable Path door) {
        this.syscalls = syscalls;
        this.fd = fd;
        this.what = what;
        this.door = door;
    }

    /**
     * Waits for peers at a path, which is made now and removed by {@link #close}.
     *
     * @param path of at most 107 bytes, where there is no file yet
     * @throws IllegalArgumentException if the path is empty or too long
     * @throws HeapException if the kernel refuses, such as where there is a file already; nothing is left open then
     */
    public static DmaBufSocket listen(Path path) {
        return listen(Libc.INSTANCE, path);
    }

    static DmaBufSocket listen(Syscalls syscalls, Path path) {
        String what = "socket " + path;
        try (Rollback rollback = new Rollback()) {
            OwnedFd fd = open(syscalls, what);
            rollback.add(fd::close);
            long address = UnixSocketLayout.address(path).address();
            require(syscalls, "bind", what, syscalls.bind(fd.number(), address, UnixSocketLayout.ADDRESS_BYTES));
            rollback.add(() -> remove(syscalls, path));
            require(syscalls, "listen", what, syscalls.listen(fd.number(), BACKLOG));
            return rollback.keep(new DmaBufSocket(syscalls, fd, what, path));
        }
    }

    /**
     * Connects to a process that listens, and waits for it to begin where it does not yet.
     *
     * @param timeout how long to wait; zero or less tries once
     * @throws IllegalArgumentException if the path is empty or too long
     * @throws HeapException if nobody listens in time, the kernel refuses, or the thread is interrupted, whose interrupt
     *     flag stays set; nothing is left open then
     */
    public static DmaBufSocket connect(Path path, Duration timeout) {
        return connect(Libc.INSTANCE, path, timeout);
    }

    static DmaBufSocket connect(Syscalls syscalls, Path path, Duration timeout) {
        String what = "connection to " + path;
        try (Rollback rollback = new Rollback()) {
            OwnedFd fd = open(syscalls, what);
            rollback.add(fd::close);
            long start = System.nanoTime();
            int answer = tryConnect(syscalls, fd, path);
            while (mayCome(answer) && System.nanoTime() - start < nanos(timeout)) {
                LockSupport.parkNanos(RETRY_NANOS);
                requireUninterrupted(what);
                answer = tryConnect(syscalls, fd, path);
            }
            require(syscalls, "connect", what, answer);
            return rollback.keep(new DmaBufSocket(syscalls, fd, what, null));
        }
    }

    private static int tryConnect(Syscalls syscalls, OwnedFd fd, Path path) {
        long address = UnixSocketLayout.address(path).address();
        return syscalls.connect(fd.number(), address, UnixSocketLayout.ADDRESS_BYTES);
    }

    /** No such path, nobody behind it, too many who wait there, or a signal: another try may do better. */
    private static boolean mayCome(int answer) {
        return Errno.ENOENT.is(answer)
                || Errno.ECONNREFUSED.is(answer)
                || Errno.EAGAIN.is(answer)
                || Errno.EINTR.is(answer);
    }

    private static OwnedFd open(Syscalls syscalls, String what) {
        int type = UnixSocketLayout.SOCK_SEQPACKET | UnixSocketLayout.SOCK_NONBLOCK | UnixSocketLayout.SOCK_CLOEXEC;
        int number = syscalls.socket(UnixSocketLayout.AF_UNIX, type, 0);
        require(syscalls, "socket", what, number);
        return new OwnedFd(syscalls, what, number);
    }

    /**
     * Waits for the next peer that connects.
     *
     * @param timeout how long to wait; zero or less just looks
     * @throws IllegalStateException if this is a connection, or closed, before or meanwhile
     * @throws HeapException if nobody connects in time, the kernel refuses, or the thread is interrupted, whose interrupt
     *     flag stays set
     */
    public DmaBufSocket accept(Duration timeout) {
        if (door == null) {
            throw new IllegalStateException(what + " is a connection: only what listen() returned accepts");
        }
        int flags = UnixSocketLayout.SOCK_NONBLOCK | UnixSocketLayout.SOCK_CLOEXEC;
        int number = (int)
                whenReady("accept4", "nobody connected", timeout, listening -> syscalls.accept4(listening, flags));
        String peer = "connection at " + door;
        return new DmaBufSocket(syscalls, new OwnedFd(syscalls, peer, number), peer, null);
    }

    /**
     * Passes a part of a buffer on. Does not wait: the peer receives it when it asks.
     *
     * @param fd a dma-buf or a memory file; it stays the caller's, and may be closed afterwards
     * @param offset where the part begins, 0 or above
     * @param length bytes of it, above 0
     * @throws IllegalArgumentException if a value is out of range, or the part does not lie in the buffer
     * @throws IllegalStateException if this is no connection, or closed
     * @throws HeapException if the peer is gone or has too many messages to receive, or the kernel refuses
     */
    public void send(int fd, long offset, long length) {
        requireConnection();
        requirePart(fd, offset, length);
        int number = this.fd.use();
        try {
            long answer;
            do {
                long message = PassedMessage.toSend(offset, length, fd).address();
                answer = syscalls.sendmsg(number, message, UnixSocketLayout.MSG_NOSIGNAL);
            } while (Errno.EINTR.is(answer));
            require(syscalls, "sendmsg of fd " + fd, what, answer);
        } finally {
            this.fd.done();
        }
    }

    /**
     * Passes a lent slice on, by its window: the other process reaches just its pages, and never the pool's descriptor. End
     * the loan when the other process has done with it.
     *
     * @throws UnsupportedOperationException if the pool's heap has no windows: use a udmabuf heap
     * @throws IllegalStateException if this is no connection, or closed
     * @throws HeapException if the peer is gone or has too many messages to receive, or the kernel refuses
     */
    public void send(Loan loan) {
        BufferRange window = loan.window();
        send(window.fd(), window.offset(), window.length());
    }

    private void requirePart(int fd, long offset, long length) {
        if (fd < 0 || offset < 0 || length < 1 || length > Long.MAX_VALUE - offset) {
            throw new IllegalArgumentException(
                    "a part has a descriptor and an offset of 0 or above, and a length above 0:" + " fd=" + fd
                            + ", offset=" + offset + ", length=" + length);
        }
        long size = sizeOf(fd);
        if (size >= 0 && offset + length > size) {
            throw new IllegalArgumentException(
                    length + " bytes from " + offset + " do not lie in fd " + fd + ", which has " + size + " bytes");
        }
    }

    /** Negative where the kernel does not say. */
    private long sizeOf(int descriptor) {
        return syscalls.lseek(descriptor, 0, LinuxAbi.SEEK_END);
    }

    /**
     * Waits for the next part that the peer passes on.
     *
     * @param timeout how long to wait; zero or less just looks
     * @throws IllegalStateException if this is no connection, or closed, before or meanwhile
     * @throws HeapException if nothing comes in time, the peer is gone, what it sent is no message of {@link #send}, the
     *     kernel refuses, or the thread is interrupted, whose interrupt flag stays set; every descriptor that came is
     *     closed then
     */
    public ReceivedBuffer receive(Duration timeout) {
        requireConnection();
        PassedMessage[] message = new PassedMessage[1];
        whenReady("recvmsg", "the peer sent nothing", timeout, connected -> {
            Scratch room = PassedMessage.toReceive();
            long bytes = syscalls.recvmsg(connected, room.address(), UnixSocketLayout.MSG_CMSG_CLOEXEC);
            if (bytes >= 0) {
                message[0] = PassedMessage.received(room, bytes);
            }
            return bytes;
        });
        try (Rollback rollback = new Rollback()) {
            List<OwnedFd> fds = own(message[0], rollback);
            requireWhole(message[0]);
            requireWithin(message[0], fds.get(0));
            return rollback.keep(new ReceivedBuffer(syscalls, fds.get(0), message[0].offset(), message[0].length()));
        }
    }

    private List<OwnedFd> own(PassedMessage message, Rollback rollback) {
        List<OwnedFd> fds = new ArrayList<>();
        for (int number : message.fds()) {
            OwnedFd own = new OwnedFd(syscalls, "received buffer", number);
            fds.add(own);
            rollback.add(own::close);
        }
        return fds;
    }

    private void requireWhole(PassedMessage message) {
        if ((message.flags() & UnixSocketLayout.MSG_CTRUNC) != 0) {
            throw failure(
                    "the kernel could not give all descriptors of a message (MSG_CTRUNC). %s",
                    Remedy.descriptors(syscalls, -Errno.EMFILE.number()));
        }
        if (message.bytes() == 0) {
            throw failure("the peer has closed the connection. Connect or accept anew.");
        }
        if ((message.flags() & UnixSocketLayout.MSG_TRUNC) != 0
                || message.bytes() != UnixSocketLayout.PACKET_BYTES
                || message.magic() != UnixSocketLayout.MAGIC) {
            throw failure(
                    "the peer sent %d bytes%s that begin with 0x%08x, and a message has %d and begins with 0x%08x."
                            + " The peer must be a DmaBufSocket on the same machine.",
                    message.bytes(),
                    (message.flags() & UnixSocketLayout.MSG_TRUNC) != 0 ? " and more" : "",
                    message.magic(),
                    UnixSocketLayout.PACKET_BYTES,
                    UnixSocketLayout.MAGIC);
        }
        if (message.version() != UnixSocketLayout.VERSION) {
            throw failure(
                    "the peer sent a message of version %d, and this library reads version %d. Use the same library in"
                            + " both processes.",
                    message.version(), UnixSocketLayout.VERSION);
        }
        if (message.fds().size() != 1) {
            throw failure(
                    "the peer sent %d descriptors, and a message has 1. The peer must be a DmaBufSocket.",
                    message.fds().size());
        }
    }

    private void requireWithin(PassedMessage message, OwnedFd fd) {
        long size = sizeOf(fd.number());
        boolean positive = message.offset() >= 0 && message.length() > 0;
        if (!positive || message.length() > size - message.offset()) {
            throw failure(
                    "the peer sent %d bytes from %d of a buffer of %d bytes: the part does not lie in it. Look for what"
                            + " made or shrank that buffer.",
                    message.length(), message.offset(), size);
        }
    }

    /** Removes the path where this listens, and closes the descriptor. A second call does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try (Rollback all = new Rollback()) {
            all.add(fd::close);
            if (door != null) {
                all.add(() -> remove(syscalls, door));
            }
        }
    }

    private static void remove(Syscalls syscalls, Path path) {
        int answer = syscalls.unlink(path.toString());
        if (!Errno.ENOENT.is(answer)) {
            require(syscalls, "unlink", "socket " + path, answer);
        }
    }

    private void requireConnection() {
        if (door != null) {
            throw new IllegalStateException(what + " only listens: send and receive with what accept() returned");
        }
    }

    /** A system call on this socket. */
    private interface Attempt {
        long on(int fd);
    }

    /** Tries a call until there is something for it, or the time is over. */
    private long whenReady(String call, String nothing, Duration timeout, Attempt attempt) {
        long start = System.nanoTime();
        long left = nanos(timeout);
        while (true) {
            long answer = tryIn(Math.max(0, left), attempt);
            if (answer >= 0) {
                return answer;
            }
            if (!Errno.EAGAIN.is(answer) && !Errno.EINTR.is(answer)) {
                require(syscalls, call, what, answer);
            }
            left = nanos(timeout) - (System.nanoTime() - start);
            if (left <= 0) {
                throw failure("%s within %d ms.", nothing, TimeUnit.NANOSECONDS.toMillis(nanos(timeout)));
            }
            requireUninterrupted(what);
        }
    }

    private long tryIn(long nanos, Attempt attempt) {
        int number = fd.use();
        try {
            long millis = Math.min(STEP_MILLIS, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
            int events = PollDescriptor.poll(syscalls, number, LinuxAbi.POLLIN, (int) millis);
            if (events == 0) {
                return -Errno.EAGAIN.number();
            }
            return events < 0 ? events : attempt.on(number);
        } finally {
            fd.done();
        }
    }

    /** Saturates: zero at least. */
    private static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        return timeout.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : timeout.toNanos();
    }

    private static void requireUninterrupted(String what) {
        if (Thread.currentThread().isInterrupted()) {
            throw new HeapException(what + ": interrupted while it waited for a peer", HeapException.NO_ERRNO);
        }
    }

    private static void require(Syscalls syscalls, String call, String what, long answer) {
        if (answer < 0) {
            throw Refusal.of(call, what, answer, remedy(syscalls, answer));
        }
    }

    private static String remedy(Syscalls syscalls, long answer) {
        if (Errno.EADDRINUSE.is(answer)) {
            return "There is a file at that path: delete it if no process listens there, or take another path.";
        }
        if (Errno.ENOENT.is(answer) || Errno.ECONNREFUSED.is(answer)) {
            return "Nobody listens there: start the other process first, or wait longer.";
        }
        if (Errno.EPROTOTYPE.is(answer)) {
            return "Another kind of socket is at that path: take the path of a DmaBufSocket.";
        }
        if (Errno.EPIPE.is(answer) || Errno.ECONNRESET.is(answer)) {
            return "The peer is gone. Connect or accept anew.";
        }
        if (Errno.EAGAIN.is(answer) || Errno.ETOOMANYREFS.is(answer)) {
            return "The peer has too many messages or connections to take: send when it has received some.";
        }
        if (Errno.EACCES.is(answer) || Errno.EPERM.is(answer)) {
            return "The path and its directories must be open to this user.";
        }
        if (Errno.EBADF.is(answer)) {
            return "The descriptor is closed: keep it open until it is sent.";
        }
        return Remedy.descriptors(syscalls, answer);
    }

    private HeapException failure(String format, Object... values) {
        return new HeapException(what + ": " + String.format(Locale.ROOT, format, values), HeapException.NO_ERRNO);
    }
}
