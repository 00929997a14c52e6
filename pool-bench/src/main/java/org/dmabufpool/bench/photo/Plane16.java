// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;

/**
 * A plane of unsigned 16-bit samples, read and written by runs of a row. {@code char} is Java's unsigned 16-bit number.
 *
 * <p>Safe for threads that write different rows.
 */
public final class Plane16 {

    private final PlaneLayout layout;
    private final CharBuffer samples;

    /** Looks at a plane within a buffer. */
    public Plane16(ByteBuffer buffer, PlaneLayout layout) {
        if (layout.sampleBytes() != Character.BYTES) {
            throw new IllegalArgumentException("samples have " + layout.sampleBytes() + " bytes, not 2");
        }
        this.layout = layout;
        this.samples = layout.cut(buffer).asCharBuffer();
    }

    /** Samples in a row. */
    public int width() {
        return layout.samples();
    }

    /** Rows. */
    public int height() {
        return layout.rows();
    }

    /** Copies {@code count} samples that begin at column {@code x} of row {@code y} to {@code row[at]} and on. */
    public void read(int y, int x, char[] row, int at, int count) {
        samples.get(index(y, x), row, at, count);
    }

    /** Copies a whole row to {@code row[0]} and on. */
    public void read(int y, char[] row) {
        read(y, 0, row, 0, width());
    }

    /** Copies {@code count} samples from {@code row[at]} and on to row {@code y}, beginning at column {@code x}. */
    public void write(int y, int x, char[] row, int at, int count) {
        samples.put(index(y, x), row, at, count);
    }

    /** Copies a whole row from {@code row[0]} and on. */
    public void write(int y, char[] row) {
        write(y, 0, row, 0, width());
    }

    private int index(int y, int x) {
        return y * (layout.stride() / Character.BYTES) + x;
    }
}
