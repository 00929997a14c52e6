// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.charset.StandardCharsets;

/** Names of dma-bufs, which show in fdinfo and in the memory reports of Android. */
final class DmaBufNames {

    /** The name where the user gave none. */
    static final String DEFAULT = "dmabuf-pool";

    private DmaBufNames() {}

    /**
     * Checks a name.
     *
     * @throws IllegalArgumentException if it is empty, or longer than the kernel takes
     */
    static String require(String label) {
        int bytes = label.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > DmaBufIoctl.MAX_NAME_BYTES) {
            throw new IllegalArgumentException("a dma-buf's name has 1 to " + DmaBufIoctl.MAX_NAME_BYTES
                    + " bytes in UTF-8: label=\"" + label + "\" has " + bytes);
        }
        return label;
    }

    /** Gives a dma-buf its name; a kernel from before 5.3 has no names, which is no failure. */
    static void set(Syscalls syscalls, int fd, String what, String label) {
        int answer =
                syscalls.ioctl(fd, DmaBufIoctl.SET_NAME, Scratch.holding(label).address());
        if (answer < 0 && !Errno.ENOTTY.is(answer)) {
            throw Refusal.of("DMA_BUF_SET_NAME \"" + label + "\"", what, answer, Remedy.memory(answer));
        }
    }
}
