// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;

/** Conversion of {@link YuyvFormat} to red, green and blue. Colour between two colour samples is their mean. */
final class YuyvDeveloper implements Developer {

    private static final int BITS = 10;
    private static final int ROUND = 1 << (BITS - 1);
    private static final int LUMA_BLACK = 16;
    private static final double LUMA_RANGE = 219;
    private static final int CHROMA_ZERO = 128;
    private static final double CHROMA_RANGE = 224;
    private static final double SCALE = (RgbLayout.WHITE - RgbLayout.PEDESTAL) * (double) (1 << BITS);

    /** How much red, green and blue weigh in luma (BT.601). */
    private static final double RED_WEIGHT = 0.299;

    private static final double BLUE_WEIGHT = 0.114;
    private static final double GREEN_WEIGHT = 1 - RED_WEIGHT - BLUE_WEIGHT;

    private static final int LUMA = fixed(1 / LUMA_RANGE);
    private static final int RED_OF_V = chromaFactor(1 - RED_WEIGHT);
    private static final int BLUE_OF_U = chromaFactor(1 - BLUE_WEIGHT);
    private static final int GREEN_OF_U = chromaFactor(-BLUE_WEIGHT * (1 - BLUE_WEIGHT) / GREEN_WEIGHT);
    private static final int GREEN_OF_V = chromaFactor(-RED_WEIGHT * (1 - RED_WEIGHT) / GREEN_WEIGHT);

    private final YuyvFormat format;

    YuyvDeveloper(YuyvFormat format) {
        this.format = format;
    }

    /** Chroma is counted in halves: a mean of two loses nothing, and the formula's factor of 2 is in it. */
    private static int chromaFactor(double weight) {
        return fixed(weight / CHROMA_RANGE);
    }

    private static int fixed(double factor) {
        return (int) Math.rint(factor * SCALE);
    }

    @Override
    public void develop(ByteBuffer frame, RgbLayout.Planes picture) {
        Plane8 bytes = new Plane8(frame, format.plane());
        Rows.inBands(bytes.height(), (from, to) -> new Band(bytes, picture).develop(from, to));
    }

    /** Scratch memory of one band. */
    private static final class Band {
        private final Plane8 bytes;
        private final RgbLayout.Planes picture;
        private final int width;
        private final byte[] row;
        private final char[] red;
        private final char[] green;
        private final char[] blue;

        Band(Plane8 bytes, RgbLayout.Planes picture) {
            this.bytes = bytes;
            this.picture = picture;
            this.width = picture.width();
            this.row = new byte[bytes.width()];
            this.red = new char[width];
            this.green = new char[width];
            this.blue = new char[width];
        }

        void develop(int from, int to) {
            for (int y = from; y < to; y++) {
                bytes.read(y, row);
                for (int x = 0; x < width; x += 2) {
                    pair(x);
                }
                picture.red().write(y, red);
                picture.green().write(y, green);
                picture.blue().write(y, blue);
            }
        }

        private void pair(int x) {
            int at = 2 * x;
            int next = x + 2 < width ? at + 4 : at;
            int u = chroma(at + 1);
            int v = chroma(at + 3);
            pixel(x, row[at] & 0xff, u, v);
            pixel(x + 1, row[at + 2] & 0xff, (u + chroma(next + 1)) / 2, (v + chroma(next + 3)) / 2);
        }

        private int chroma(int at) {
            return 2 * ((row[at] & 0xff) - CHROMA_ZERO);
        }

        private void pixel(int x, int y, int u, int v) {
            int grey = (y - LUMA_BLACK) * LUMA + ROUND;
            red[x] = sample(grey + v * RED_OF_V);
            green[x] = sample(grey + u * GREEN_OF_U + v * GREEN_OF_V);
            blue[x] = sample(grey + u * BLUE_OF_U);
        }
    }

    private static char sample(int light) {
        return RgbLayout.clamp(RgbLayout.PEDESTAL + (light >> BITS));
    }
}
