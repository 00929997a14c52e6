// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A picture's brightness at half its size, a quarter, an eighth and so on, one plane after the other in one buffer.
 *
 * <p>Brightness is {@code (red + 2 green + blue) / 4} of 16-bit samples.
 */
public final class LumaPyramid {

    /** No level has fewer rows or columns than this, but the first, which always exists. */
    private static final int MIN_SIDE = 24;

    private LumaPyramid() {}

    /** The levels of a picture, largest first. */
    public static List<PlaneLayout> layout(int width, int height) {
        List<PlaneLayout> levels = new ArrayList<>();
        int offset = 0;
        int w = width / 2;
        int h = height / 2;
        do {
            PlaneLayout level = PlaneLayout.aligned(offset, w, h, Character.BYTES);
            levels.add(level);
            offset = level.end();
            w /= 2;
            h /= 2;
        } while (Math.min(w, h) >= MIN_SIDE);
        return List.copyOf(levels);
    }

    /** Bytes that a buffer needs to hold all levels. */
    public static long bytes(List<PlaneLayout> levels) {
        return levels.get(levels.size() - 1).end();
    }

    /** Looks at the levels within a buffer, largest first. */
    public static List<Plane16> in(ByteBuffer buffer, List<PlaneLayout> levels) {
        return levels.stream().map(level -> new Plane16(buffer, level)).toList();
    }

    /** Computes all levels of a picture. */
    public static void build(RgbLayout.Planes picture, List<Plane16> levels) {
        Plane16 first = levels.get(0);
        Rows.inBands(first.height(), (from, to) -> halveColours(picture, first, from, to));
        for (int level = 1; level < levels.size(); level++) {
            Plane16 larger = levels.get(level - 1);
            Plane16 smaller = levels.get(level);
            Rows.inBands(smaller.height(), (from, to) -> halve(larger, smaller, from, to));
        }
    }

    private static void halveColours(RgbLayout.Planes picture, Plane16 half, int from, int to) {
        char[] row = new char[picture.width()];
        int[] sums = new int[half.width()];
        char[] out = new char[half.width()];
        for (int y = from; y < to; y++) {
            Arrays.fill(sums, 0);
            for (int twin = 2 * y; twin <= 2 * y + 1; twin++) {
                addPairs(picture.red(), twin, row, sums, 1);
                addPairs(picture.green(), twin, row, sums, 2);
                addPairs(picture.blue(), twin, row, sums, 1);
            }
            divide(sums, 16, out);
            half.write(y, out);
        }
    }

    private static void halve(Plane16 larger, Plane16 smaller, int from, int to) {
        char[] row = new char[larger.width()];
        int[] sums = new int[smaller.width()];
        char[] out = new char[smaller.width()];
        for (int y = from; y < to; y++) {
            Arrays.fill(sums, 0);
            addPairs(larger, 2 * y, row, sums, 1);
            addPairs(larger, 2 * y + 1, row, sums, 1);
            divide(sums, 4, out);
            smaller.write(y, out);
        }
    }

    private static void addPairs(Plane16 plane, int y, char[] row, int[] sums, int weight) {
        plane.read(y, row);
        for (int x = 0; x < sums.length; x++) {
            sums[x] += weight * (row[2 * x] + row[2 * x + 1]);
        }
    }

    private static void divide(int[] sums, int count, char[] out) {
        for (int x = 0; x < sums.length; x++) {
            out[x] = (char) ((sums[x] + count / 2) / count);
        }
    }
}
