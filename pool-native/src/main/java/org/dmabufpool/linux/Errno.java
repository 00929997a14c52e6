// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.Locale;

/**
 * The kernel's error numbers that this package meets (include/uapi/asm-generic/errno-base.h and errno.h; the same on
 * x86-64 and arm64).
 *
 * <p>{@link Syscalls} answers an error as the kernel itself does: as the negative number.
 */
enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    EINTR(4, "interrupted by a signal"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or address"),
    EBADF(9, "bad file descriptor"),
    EAGAIN(11, "try again"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EFAULT(14, "bad address"),
    EBUSY(16, "device or resource busy"),
    ENODEV(19, "no such device"),
    ENOTDIR(20, "not a directory"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files in the system"),
    EMFILE(24, "too many open files in this process"),
    ENOTTY(25, "the kernel does not know this ioctl here"),
    EFBIG(27, "file too large"),
    ENOSPC(28, "no space left"),
    ESPIPE(29, "illegal seek"),
    EROFS(30, "read-only file system"),
    EPIPE(32, "broken pipe"),
    ERANGE(34, "out of range"),
    ENAMETOOLONG(36, "name too long"),
    ENOSYS(38, "the kernel does not have this system call"),
    ENODATA(61, "no data"),
    EOVERFLOW(75, "value too large"),
    EBADFD(77, "file descriptor in bad state"),
    EPROTOTYPE(91, "wrong kind of socket"),
    EOPNOTSUPP(95, "operation not supported"),
    EADDRINUSE(98, "address in use"),
    ECONNRESET(104, "connection reset by the peer"),
    ENOBUFS(105, "no buffer space"),
    ETOOMANYREFS(109, "too many descriptors are being passed"),
    ETIMEDOUT(110, "timed out"),
    ECONNREFUSED(111, "connection refused"),
    /** The kernel's own (include/linux/errno.h), which no C library names; drivers let it out nevertheless. */
    ENOTSUPP(524, "operation not supported by this driver");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The positive number. */
    int number() {
        return number;
    }

    /** Whether a system call's answer is this error. */
    boolean is(long answer) {
        return answer == -number;
    }

    /** Such as {@code EACCES (permission denied)}; {@code errno 99} where the number has no name here. */
    static String describe(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return errno.name() + " (" + errno.text + ")";
            }
        }
        return String.format(Locale.ROOT, "errno %d", number);
    }
}
