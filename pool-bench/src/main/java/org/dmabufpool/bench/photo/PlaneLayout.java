// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the rows of one plane lie within a buffer.
 *
 * <pre>
 * offset                     offset + stride
 * |sample sample ... |padding|sample sample ... |padding| ...
 * |-- rowBytes ------|
 * |-- stride ----------------|
 * </pre>
 *
 * @param offset first byte of the plane within the buffer, 0 or more
 * @param samples samples in a row, above 0; a pixel of an interleaved picture has several
 * @param rows rows, above 0
 * @param sampleBytes bytes of a sample, 1 or 2
 * @param stride bytes from one row's first sample to the next row's, a multiple of {@code sampleBytes}
 */
public record PlaneLayout(int offset, int samples, int rows, int sampleBytes, int stride) {

    /** Rows begin on a multiple of this many bytes, as camera hardware wants it. */
    public static final int ROW_ALIGNMENT = 64;

    /** Checks that rows do not overlap and that the plane ends within 2 GiB. */
    public PlaneLayout {
        if (offset < 0 || samples < 1 || rows < 1 || sampleBytes < 1 || stride % sampleBytes != 0) {
            throw new IllegalArgumentException("no such plane: offset " + offset + ", " + samples + " samples of "
                    + sampleBytes + " bytes, " + rows + " rows, stride " + stride);
        }
        if ((long) samples * sampleBytes > stride) {
            throw new IllegalArgumentException("rows overlap: " + samples + " samples of " + sampleBytes
                    + " bytes do not fit a stride of " + stride);
        }
        if (offset + (long) stride * rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the plane ends beyond 2 GiB: offset " + offset + ", " + rows + " rows of " + stride + " bytes");
        }
    }

    /** A plane whose rows begin on multiples of {@link #ROW_ALIGNMENT}. */
    public static PlaneLayout aligned(int offset, int samples, int rows, int sampleBytes) {
        long row = (long) samples * sampleBytes;
        long stride = (row + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
        return new PlaneLayout(offset, samples, rows, sampleBytes, Math.toIntExact(stride));
    }

    /** Bytes of a row without its padding. */
    public int rowBytes() {
        return samples * sampleBytes;
    }

    /** Bytes from the first row's first sample to the last row's padding. */
    public int bytes() {
        return stride * rows;
    }

    /** The first byte after the plane, within the buffer. */
    public int end() {
        return offset + bytes();
    }

    /** The plane's bytes, in native order, at position 0; the buffer's position and limit stay as they were. */
    ByteBuffer cut(ByteBuffer buffer) {
        return buffer.slice(offset, bytes()).order(ByteOrder.nativeOrder());
    }
}
