// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Plain memory for tests of the stages, and ways to fill and to read it. */
public final class Buffers {

    private Buffers() {}

    /** Zeros, in native order. */
    public static ByteBuffer of(long bytes) {
        return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    /** A picture of zeros. */
    public static RgbLayout.Planes picture(int width, int height) {
        RgbLayout layout = RgbLayout.of(width, height);
        return layout.in(of(layout.bytes()), of(layout.bytes()), of(layout.bytes()));
    }

    /** A plane of zeros. */
    static Plane16 plane(int width, int height) {
        PlaneLayout layout = PlaneLayout.aligned(0, width, height, Character.BYTES);
        return new Plane16(of(layout.end()), layout);
    }

    /** A pyramid of zeros. */
    static List<Plane16> levels(int width, int height) {
        List<PlaneLayout> layout = LumaPyramid.layout(width, height);
        return LumaPyramid.in(of(LumaPyramid.bytes(layout)), layout);
    }

    static void fill(Plane16 plane, Sample sample) {
        char[] row = new char[plane.width()];
        for (int y = 0; y < plane.height(); y++) {
            for (int x = 0; x < row.length; x++) {
                row[x] = (char) sample.at(x, y);
            }
            plane.write(y, row);
        }
    }

    static void fill(RgbLayout.Planes picture, Sample sample) {
        fill(picture.red(), sample);
        fill(picture.green(), sample);
        fill(picture.blue(), sample);
    }

    /** All samples, row by row. */
    public static int[][] samples(Plane16 plane) {
        int[][] all = new int[plane.height()][plane.width()];
        char[] row = new char[plane.width()];
        for (int y = 0; y < plane.height(); y++) {
            plane.read(y, row);
            for (int x = 0; x < row.length; x++) {
                all[y][x] = row[x];
            }
        }
        return all;
    }

    static int[][] samples(Plane8 plane) {
        int[][] all = new int[plane.height()][plane.width()];
        byte[] row = new byte[plane.width()];
        for (int y = 0; y < plane.height(); y++) {
            plane.read(y, row);
            for (int x = 0; x < row.length; x++) {
                all[y][x] = row[x] & 0xff;
            }
        }
        return all;
    }

    /** Random samples, the same for the same seed. */
    static Sample random(long seed, int bound) {
        int[][] values = new int[512][512];
        Random random = new Random(seed);
        for (int[] row : values) {
            for (int x = 0; x < row.length; x++) {
                row[x] = random.nextInt(bound);
            }
        }
        return (x, y) -> values[Math.floorMod(y, 512)][Math.floorMod(x, 512)];
    }

    /** A value for every place. */
    @FunctionalInterface
    interface Sample {
        int at(int x, int y);
    }
}
