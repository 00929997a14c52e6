// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a slice.
 *
 * @param offset first byte within the slice, 0 or more
 * @param length bytes, 1 or more
 */
public record SliceRange(long offset, long length) {

    /** Checks what can be checked without a slice. */
    public SliceRange {
        if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    "a range begins at 0 or more and has 1 byte or more: offset=" + offset + ", length=" + length);
        }
    }

    /**
     * A rectangle of a frame, row by row: for {@link Slice#access(org.dmabufpool.heap.Direction, List)}.
     *
     * @param offset first byte of the rectangle within the slice
     * @param rowBytes bytes of a row that belong to the rectangle, 1 to {@code stride}
     * @param stride bytes from one row to the next
     * @param rows rows, 1 or more
     */
    public static List<SliceRange> rectangle(long offset, long rowBytes, long stride, int rows) {
        if (rows < 1 || rowBytes > stride) {
            throw new IllegalArgumentException("a rectangle has 1 row or more, none longer than the stride: rowBytes="
                    + rowBytes + ", stride=" + stride + ", rows=" + rows);
        }
        List<SliceRange> ranges = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            ranges.add(new SliceRange(offset + row * stride, rowBytes));
        }
        return ranges;
    }

    /** The first byte after the range. */
    long end() {
        return offset + length;
    }
}
