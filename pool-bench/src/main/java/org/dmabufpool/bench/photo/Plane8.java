// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;

/**
 * A plane of 8-bit samples, read and written by runs of a row.
 *
 * <p>Safe for threads that write different rows.
 */
public final class Plane8 {

    private final PlaneLayout layout;
    private final ByteBuffer samples;

    /** Looks at a plane within a buffer. */
    public Plane8(ByteBuffer buffer, PlaneLayout layout) {
        if (layout.sampleBytes() != 1) {
            throw new IllegalArgumentException("samples have " + layout.sampleBytes() + " bytes, not 1");
        }
        this.layout = layout;
        this.samples = layout.cut(buffer);
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
    public void read(int y, int x, byte[] row, int at, int count) {
        samples.get(y * layout.stride() + x, row, at, count);
    }

    /** Copies a whole row to {@code row[0]} and on. */
    public void read(int y, byte[] row) {
        read(y, 0, row, 0, width());
    }

    /** Copies a whole row from {@code row[0]} and on. */
    public void write(int y, byte[] row) {
        samples.put(y * layout.stride(), row, 0, width());
    }
}
