// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

/** The unit of coherency, and how a range maps to it. */
final class ModelLine {

    /** Bytes of a line: the largest of any ARMv8 core, and what pools align slices to. */
    static final int BYTES = 128;

    private ModelLine() {}

    /** First byte of the line that holds a byte. */
    static int first(int offset) {
        return offset & -BYTES;
    }

    /** First byte after the line that holds the byte before {@code end}. */
    static int roundUp(int end) {
        return (end + BYTES - 1) & -BYTES;
    }
}
