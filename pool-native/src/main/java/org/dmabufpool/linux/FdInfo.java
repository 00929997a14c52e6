// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import org.dmabufpool.heap.HeapException;

/**
 * What the kernel tells of a dma-buf's descriptor in {@code /proc/self/fdinfo}.
 *
 * @param size bytes
 * @param count references to the dma-buf, less the one that the reading takes
 * @param exporter {@code exp_name}: who made it
 * @param name the name given with {@code DMA_BUF_SET_NAME}, or empty
 */
record FdInfo(long size, long count, String exporter, String name) {

    private static final String DIRECTORY = "/proc/self/fdinfo/";
    private static final String EXPORTER_KEY = "exp_name:";

    /**
     * Reads a descriptor's.
     *
     * @throws HeapException if it is not open, or is no dma-buf
     */
    static FdInfo of(Syscalls syscalls, int fd) {
        return of(syscalls, fd, fd);
    }

    /**
     * Reads a descriptor's.
     *
     * @param named the number that messages tell: that of the descriptor which {@code fd} is a duplicate of
     * @throws HeapException if it is not open, or is no dma-buf
     */
    static FdInfo of(Syscalls syscalls, int fd, int named) {
        int answer = syscalls.fcntl(fd, LinuxAbi.F_GETFD, 0);
        if (answer < 0) {
            throw Refusal.of("fcntl F_GETFD", "fd " + named, answer, "Keep the descriptor open until it is adopted.");
        }
        try {
            return parse(named, syscalls.readText(DIRECTORY + fd));
        } catch (IOException unreadable) {
            throw new HeapException(
                    "the text of fd " + named + " in " + DIRECTORY
                            + " cannot be read. The library needs /proc mounted and readable.",
                    HeapException.NO_ERRNO,
                    unreadable);
        }
    }

    /**
     * Takes the text apart.
     *
     * @param fd the number that messages tell
     * @throws HeapException if it is not the text of a dma-buf
     */
    static FdInfo parse(int fd, String text) {
        String exporter = ProcFiles.valueAfter(text, EXPORTER_KEY);
        if (exporter.isEmpty()) {
            throw new HeapException(
                    "fd " + fd + " is no dma-buf: its text in " + DIRECTORY
                            + " names no exporter (exp_name). Pass a descriptor that a dma-buf's exporter gave out.",
                    HeapException.NO_ERRNO);
        }
        return new FdInfo(number(text, "size:"), number(text, "count:"), exporter, ProcFiles.valueAfter(text, "name:"));
    }

    private static long number(String text, String key) {
        String value = ProcFiles.valueAfter(text, key);
        return value.isEmpty() ? 0 : Long.parseLong(value);
    }
}
