// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;

/**
 * A developed picture: a plane of 16-bit samples for each of red, green and blue, each in a buffer of its own. One
 * buffer for all would be too long for one udmabuf (64 MiB unless told otherwise) from 11 megapixels on.
 *
 * <p>A sample is {@link #PEDESTAL} for black and {@link #WHITE} for white. Noise around black lies below the pedestal;
 * were it cut off there, the mean of many frames would come out too bright.
 *
 * <pre>
 * 0        PEDESTAL                             WHITE    65535
 * | noise  | black ....................... white | overshoot |
 * </pre>
 *
 * @param plane where the samples lie in each of the three buffers
 */
public record RgbLayout(PlaneLayout plane) {

    /** Planes of a picture. */
    public static final int COLOURS = 3;

    /** The value of black. */
    public static final int PEDESTAL = 2048;
    /** The value of white. */
    public static final int WHITE = PEDESTAL + 15 * 4096;
    /** The largest value a sample holds. */
    public static final int MAX = Character.MAX_VALUE;

    /** Three planes of one size. */
    public static RgbLayout of(int width, int height) {
        return new RgbLayout(PlaneLayout.aligned(0, width, height, Character.BYTES));
    }

    /** Bytes that each of the three buffers needs. */
    public long bytes() {
        return plane.end();
    }

    /** Looks at such a picture in its three buffers. */
    public Planes in(ByteBuffer red, ByteBuffer green, ByteBuffer blue) {
        return new Planes(new Plane16(red, plane), new Plane16(green, plane), new Plane16(blue, plane));
    }

    /** The nearest value that a sample holds. */
    static char clamp(int value) {
        return (char) Math.max(0, Math.min(MAX, value));
    }

    /**
     * The three planes of a picture that lies in memory.
     *
     * @param red red samples
     * @param green green samples
     * @param blue blue samples
     */
    public record Planes(Plane16 red, Plane16 green, Plane16 blue) {
        /** Pixels in a row. */
        public int width() {
            return green.width();
        }

        /** Rows. */
        public int height() {
            return green.height();
        }
    }
}
