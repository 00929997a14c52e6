// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;

/**
 * The unit in which caches are cleaned and invalidated, in bytes, and how it is known.
 *
 * @param bytes a power of two
 * @param source a file of the kernel, or the reason for the value taken instead
 */
record CacheLine(int bytes, String source) {

    /** Whole lines on every ARMv8 and on every x86-64. */
    static final int FALLBACK_BYTES = 128;

    private static final String CACHES = "/sys/devices/system/cpu/cpu0/cache";
    private static final String INDEX_PREFIX = "index";
    private static final String LINE_FILE = "coherency_line_size";

    /** The longest line of any cache of the first CPU; {@value #FALLBACK_BYTES} where the kernel does not say. */
    static CacheLine of(Syscalls syscalls) {
        CacheLine longest = new CacheLine(0, "");
        for (String index : syscalls.list(CACHES)) {
            CacheLine line = index.startsWith(INDEX_PREFIX) ? read(syscalls, index) : longest;
            longest = line.bytes > longest.bytes ? line : longest;
        }
        return longest.bytes > 0 ? longest : new CacheLine(FALLBACK_BYTES, "the kernel does not say; safe everywhere");
    }

    /**
     * Throws unless a range begins and ends on a line and is not empty.
     *
     * @throws IllegalArgumentException naming the values
     */
    void requireWhole(long offset, long length) {
        if (length <= 0 || (offset | length) % bytes != 0) {
            throw new IllegalArgumentException("a range to sync is whole cache lines of " + bytes + " bytes: offset="
                    + offset + ", length=" + length);
        }
    }

    private static CacheLine read(Syscalls syscalls, String index) {
        String file = CACHES + "/" + index + "/" + LINE_FILE;
        try {
            int bytes = Integer.parseInt(syscalls.readText(file).trim());
            return new CacheLine(Integer.bitCount(bytes) == 1 ? bytes : 0, file);
        } catch (IOException | NumberFormatException unknown) {
            return new CacheLine(0, file);
        }
    }
}
