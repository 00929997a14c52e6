// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.List;

/**
 * All that this package asks of the operating system, so that a test can refuse any single call.
 *
 * <p>Answers are the kernel's own: 0 or above for success, a negative {@link Errno} for failure. Nothing here retries,
 * checks or explains. Safe for use by many threads.
 */
interface Syscalls {

    /** open(2) with O_CLOEXEC added; gives the file descriptor. */
    int open(String path, int flags);

    /** close(2). Linux gives the descriptor back whatever the answer. */
    int close(int fd);

    /** ioctl(2); {@code argument} is a value or the address of a structure. */
    int ioctl(int fd, long request, long argument);

    /** mmap(2); gives the address, which user space has in the positive half on Linux. */
    long mmap(long address, long length, int protection, int flags, int fd, long offset);

    /** munmap(2). */
    int munmap(long address, long length);

    /** memfd_create(2); gives the file descriptor. */
    int memfdCreate(String name, int flags);

    /** fcntl(2) with an integer argument. */
    int fcntl(int fd, int command, int argument);

    /** ftruncate(2). */
    int ftruncate(int fd, long length);

    /** lseek(2); gives the new position. */
    long lseek(int fd, long offset, int whence);

    /** poll(2) on an array of {@code struct pollfd}; gives the number of descriptors that are ready. */
    int poll(long descriptors, int count, int timeoutMillis);

    /** socket(2); gives the file descriptor. */
    int socket(int domain, int type, int protocol);

    /** bind(2) to the {@code struct sockaddr} at an address. */
    int bind(int fd, long address, int length);

    /** listen(2). */
    int listen(int fd, int backlog);

    /** accept4(2) without the peer's address; gives the file descriptor. */
    int accept4(int fd, int flags);

    /** connect(2) to the {@code struct sockaddr} at an address. */
    int connect(int fd, long address, int length);

    /** sendmsg(2) of the {@code struct msghdr} at an address; gives the bytes sent. */
    long sendmsg(int fd, long message, int flags);

    /** recvmsg(2) into the {@code struct msghdr} at an address; gives the bytes received. */
    long recvmsg(int fd, long message, int flags);

    /** unlink(2). */
    int unlink(String path);

    /** Size of a page in bytes. */
    int pageSize();

    /**
     * The text of a small file in {@code /proc} or {@code /sys}.
     *
     * @throws IOException if it is not there or may not be read
     */
    String readText(String path) throws IOException;

    /** The names in a directory, sorted; empty where there is no such directory or it may not be read. */
    List<String> list(String directory);
}
