// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The C library, through JNA's direct mapping.
 *
 * <p><b>Arguments</b> are {@code int} and {@code long} only: addresses go as numbers, structures stand in a
 * {@link Scratch}, so that a call makes no garbage. Variadic functions (open, ioctl, fcntl) are declared with a fixed
 * number of arguments, which the calling conventions of Linux and Android on x86-64 and arm64 allow.
 *
 * <p><b>errno</b> is asked for at once, on the same thread, only after a call that answered -1.
 */
final class Libc implements Syscalls {

    /** The one instance; it has no state. */
    static final Libc INSTANCE = new Libc();

    private static final int NO_MODE = 0;

    private Libc() {}

    /** The C functions themselves. R8 must keep their names: see {@code META-INF/proguard}. */
    private static final class C {

        static {
            Native.register(C.class, "c");
        }

        private C() {}

        static native int open(long path, int flags, int mode);

        static native int close(int fd);

        static native int ioctl(int fd, long request, long argument);

        static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

        static native int munmap(long address, long length);

        static native int memfd_create(long name, int flags);

        static native int fcntl(int fd, int command, int argument);

        static native int ftruncate(int fd, long length);

        static native long lseek(int fd, long offset, int whence);

        static native int poll(long descriptors, long count, int timeoutMillis);

        static native int socket(int domain, int type, int protocol);

        static native int bind(int fd, long address, int length);

        static native int listen(int fd, int backlog);

        static native int accept4(int fd, long address, long length, int flags);

        static native int connect(int fd, long address, int length);

        static native long sendmsg(int fd, long message, int flags);

        static native long recvmsg(int fd, long message, int flags);

        static native int unlink(long path);

        static native int getpagesize();
    }

    /**
     * A direct buffer over memory that somebody else maps and unmaps, in native byte order.
     *
     * @param address first byte
     * @param length bytes
     */
    static ByteBuffer bufferAt(long address, int length) {
        return new Pointer(address).getByteBuffer(0, length);
    }

    @Override
    public int open(String path, int flags) {
        return answer(C.open(Scratch.holding(path).address(), flags | LinuxAbi.O_CLOEXEC, NO_MODE));
    }

    @Override
    public int close(int fd) {
        return answer(C.close(fd));
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        return answer(C.ioctl(fd, request, argument));
    }

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        return answer(C.mmap(address, length, protection, flags, fd, offset));
    }

    @Override
    public int munmap(long address, long length) {
        return answer(C.munmap(address, length));
    }

    @Override
    public int memfdCreate(String name, int flags) {
        return answer(C.memfd_create(Scratch.holding(name).address(), flags));
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return answer(C.fcntl(fd, command, argument));
    }

    @Override
    public int ftruncate(int fd, long length) {
        return answer(C.ftruncate(fd, length));
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        return answer(C.lseek(fd, offset, whence));
    }

    @Override
    public int poll(long descriptors, int count, int timeoutMillis) {
        return answer(C.poll(descriptors, count, timeoutMillis));
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return answer(C.socket(domain, type, protocol));
    }

    @Override
    public int bind(int fd, long address, int length) {
        return answer(C.bind(fd, address, length));
    }

    @Override
    public int listen(int fd, int backlog) {
        return answer(C.listen(fd, backlog));
    }

    @Override
    public int accept4(int fd, int flags) {
        return answer(C.accept4(fd, 0, 0, flags));
    }

    @Override
    public int connect(int fd, long address, int length) {
        return answer(C.connect(fd, address, length));
    }

    @Override
    public long sendmsg(int fd, long message, int flags) {
        return answer(C.sendmsg(fd, message, flags));
    }

    @Override
    public long recvmsg(int fd, long message, int flags) {
        return answer(C.recvmsg(fd, message, flags));
    }

    @Override
    public int unlink(String path) {
        return answer(C.unlink(Scratch.holding(path).address()));
    }

    @Override
    public int pageSize() {
        return C.getpagesize();
    }

    @Override
    public String readText(String path) throws IOException {
        return new String(Files.readAllBytes(Paths.get(path)), StandardCharsets.UTF_8);
    }

    @Override
    public List<String> list(String directory) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Paths.get(directory))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (IOException | DirectoryIteratorException absent) {
            names.clear();
        }
        Collections.sort(names);
        return names;
    }

    private static int answer(int result) {
        return result == -1 ? -Native.getLastError() : result;
    }

    private static long answer(long result) {
        return result == -1 ? -Native.getLastError() : result;
    }
}
