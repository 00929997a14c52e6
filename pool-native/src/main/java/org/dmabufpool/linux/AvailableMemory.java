// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.OptionalLong;
import org.dmabufpool.heap.HeapException;

/**
 * How much memory the kernel can still give (MemAvailable of {@code /proc/meminfo}).
 *
 * <p>To be asked before memory is taken that the kernel takes at once and permanently: the system heap of a mainline kernel
 * allocates page by page without looking at the size first (drivers/dma-buf/heaps/system_heap.c), so that a buffer
 * bigger than the machine ends in the out-of-memory killer and not in ENOMEM. Seen on Linux 6.12.
 */
final class AvailableMemory {

    private static final String FILE = "/proc/meminfo";
    private static final String KEY = "MemAvailable";

    private AvailableMemory() {}

    /** In bytes; empty where the kernel does not tell. */
    static OptionalLong bytes(Syscalls syscalls) {
        try {
            return ProcFiles.meminfoBytes(syscalls.readText(FILE), KEY);
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }

    /** Whether so many bytes are available, as far as the kernel tells. */
    static boolean holds(Syscalls syscalls, long size) {
        return size <= bytes(syscalls).orElse(Long.MAX_VALUE);
    }

    /**
     * Throws unless {@link #holds}.
     *
     * @throws HeapException with ENOMEM, as a kernel that looked would say
     */
    static void require(Syscalls syscalls, String what, long size) {
        if (!holds(syscalls, size)) {
            String message = size + " bytes of " + what + " are more than the "
                    + bytes(syscalls).orElse(0)
                    + " that are available (" + KEY + " in " + FILE + "); the kernel would kill programs to find them."
                    + " Ask for less.";
            throw new HeapException(message, Errno.ENOMEM.number());
        }
    }
}
