// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A part of a slice.
 *
 * @param offset first byte within the slice, 0 or more
 * @param length bytes, 1 or more
 */
public record SliceRange(long offset, long length) {

    /** Checks what can be checked without a slice. */
    public SliceRange {
        check(offset, length);
    }

    static void check(long offset, long length) {
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
        check(offset, rowBytes);
        if (stride > (Long.MAX_VALUE - offset - rowBytes) / rows) {
            throw new IllegalArgumentException("a rectangle ends beyond what a long counts: offset=" + offset
                    + ", rowBytes=" + rowBytes + ", stride=" + stride + ", rows=" + rows);
        }
        return new Rectangle(offset, rowBytes, stride, rows);
    }

    /** Rows that are made when somebody looks at them. */
    static final class Rectangle extends AbstractList<SliceRange> implements RandomAccess {

        final long offset;
        final long rowBytes;
        final long stride;
        final int rows;

        Rectangle(long offset, long rowBytes, long stride, int rows) {
            this.offset = offset;
            this.rowBytes = rowBytes;
            this.stride = stride;
            this.rows = rows;
        }

        @Override
        public SliceRange get(int row) {
            Objects.checkIndex(row, rows);
            return new SliceRange(offset + row * stride, rowBytes);
        }

        @Override
        public int size() {
            return rows;
        }

        /** The first byte after the last row. */
        long end() {
            return offset + (rows - 1) * stride + rowBytes;
        }

        /** Whether a part lies within one row. */
        boolean holds(long partOffset, long partLength) {
            if (partOffset < offset || partOffset + partLength > end()) {
                return false;
            }
            long within = (partOffset - offset) % stride;
            return within + partLength <= rowBytes;
        }
    }

    /** The first byte after the range. */
    long end() {
        return offset + length;
    }
}
