// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.util.ArrayList;
import java.util.List;

/** A finished picture at its size, half of it, a quarter and so on: what a gallery and a thumbnail show. */
public final class ScreenPyramid {

    /** Samples of a pixel: red, green, blue. */
    public static final int COLOURS = 3;
    /** No level but the first has fewer rows or columns than this. */
    private static final int MIN_SIDE = 32;

    private static final int BLOCK = 4;

    private ScreenPyramid() {}

    /** The levels of a picture, largest first; each one begins a buffer of its own. */
    public static List<PlaneLayout> layout(int width, int height) {
        List<PlaneLayout> levels = new ArrayList<>();
        int w = width;
        int h = height;
        do {
            levels.add(PlaneLayout.aligned(0, COLOURS * w, h, 1));
            w /= 2;
            h /= 2;
        } while (Math.min(w, h) >= MIN_SIDE);
        return List.copyOf(levels);
    }

    /** Fills {@code smaller} with the means of two by two pixels of {@code larger}. */
    public static void halve(Plane8 larger, Plane8 smaller) {
        Rows.inBands(smaller.height(), (from, to) -> {
            byte[] upper = new byte[larger.width()];
            byte[] lower = new byte[larger.width()];
            byte[] out = new byte[smaller.width()];
            for (int y = from; y < to; y++) {
                larger.read(2 * y, upper);
                larger.read(2 * y + 1, lower);
                mean(upper, lower, out);
                smaller.write(y, out);
            }
        });
    }

    private static void mean(byte[] upper, byte[] lower, byte[] out) {
        for (int i = 0; i < out.length; i++) {
            int left = 2 * i - i % COLOURS;
            int right = left + COLOURS;
            int sum = (upper[left] & 0xff) + (upper[right] & 0xff) + (lower[left] & 0xff) + (lower[right] & 0xff);
            out[i] = (byte) ((sum + BLOCK / 2) / BLOCK);
        }
    }
}
