// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.List;

/** The real system calls, to be overridden one by one. */
class ForwardingSyscalls implements Syscalls {

    @Override
    public int open(String path, int flags) {
        return Libc.INSTANCE.open(path, flags);
    }

    @Override
    public int close(int fd) {
        return Libc.INSTANCE.close(fd);
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        return Libc.INSTANCE.ioctl(fd, request, argument);
    }

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        return Libc.INSTANCE.mmap(address, length, protection, flags, fd, offset);
    }

    @Override
    public int munmap(long address, long length) {
        return Libc.INSTANCE.munmap(address, length);
    }

    @Override
    public int memfdCreate(String name, int flags) {
        return Libc.INSTANCE.memfdCreate(name, flags);
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return Libc.INSTANCE.fcntl(fd, command, argument);
    }

    @Override
    public int ftruncate(int fd, long length) {
        return Libc.INSTANCE.ftruncate(fd, length);
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        return Libc.INSTANCE.lseek(fd, offset, whence);
    }

    @Override
    public int poll(long descriptors, int count, int timeoutMillis) {
        return Libc.INSTANCE.poll(descriptors, count, timeoutMillis);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return Libc.INSTANCE.socket(domain, type, protocol);
    }

    @Override
    public int bind(int fd, long address, int length) {
        return Libc.INSTANCE.bind(fd, address, length);
    }

    @Override
    public int listen(int fd, int backlog) {
        return Libc.INSTANCE.listen(fd, backlog);
    }

    @Override
    public int accept4(int fd, int flags) {
        return Libc.INSTANCE.accept4(fd, flags);
    }

    @Override
    public int connect(int fd, long address, int length) {
        return Libc.INSTANCE.connect(fd, address, length);
    }

    @Override
    public long sendmsg(int fd, long message, int flags) {
        return Libc.INSTANCE.sendmsg(fd, message, flags);
    }

    @Override
    public long recvmsg(int fd, long message, int flags) {
        return Libc.INSTANCE.recvmsg(fd, message, flags);
    }

    @Override
    public int unlink(String path) {
        return Libc.INSTANCE.unlink(path);
    }

    @Override
    public int pageSize() {
        return Libc.INSTANCE.pageSize();
    }

    @Override
    public String readText(String path) throws IOException {
        return Libc.INSTANCE.readText(path);
    }

    @Override
    public List<String> list(String directory) {
        return Libc.INSTANCE.list(directory);
    }
}
