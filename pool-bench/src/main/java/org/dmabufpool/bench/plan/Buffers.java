// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

/** What is to be placed: buffers with sizes and alignments, numbered from 0. {@link Overlaps} tells which of them exclude each other. */
interface Buffers {

    /** How many there are. */
    int buffers();

    /** Size of a buffer, above 0. */
    long size(int buffer);

    /** What a buffer's offset must be a multiple of: a power of two, 1 if any offset will do. */
    long alignment(int buffer);

    /** The least multiple of the buffer's alignment from {@code offset} on. */
    default long align(int buffer, long offset) {
        long mask = alignment(buffer) - 1;
        return (offset + mask) & ~mask;
    }
}
