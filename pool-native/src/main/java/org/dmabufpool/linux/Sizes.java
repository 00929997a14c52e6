// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/** Sizes of buffers, in bytes. */
final class Sizes {

    /** The user's half of an x86-64 or arm64 address space (47 bits); nothing bigger can be mapped. */
    static final long ADDRESS_SPACE = 1L << 47;

    private Sizes() {}

    /**
     * Rounds up to whole pages.
     *
     * @throws IllegalArgumentException if {@code bytes} is below 1 or beyond what an address space holds
     */
    static long wholePages(Syscalls syscalls, long bytes) {
        if (bytes < 1 || bytes > ADDRESS_SPACE) {
            throw new IllegalArgumentException(
                    "a buffer has 1 to " + ADDRESS_SPACE + " bytes (what an address space holds): bytes=" + bytes);
        }
        long page = syscalls.pageSize();
        return (bytes + page - 1) / page * page;
    }
}
