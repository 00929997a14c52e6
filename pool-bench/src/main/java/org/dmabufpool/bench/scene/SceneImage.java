// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

/**
 * Light by pixel, packed: the square root of each colour in {@value #BITS} bits. That is finer than a 12-bit sensor's
 * noise, and a third of the memory of three floats.
 *
 * <pre>
 * 31    30 29   20 19     10 9     0
 * | zero | red    | green   | blue  |
 * </pre>
 */
public final class SceneImage {

    /** Bits of a colour. */
    public static final int BITS = 10;
    /** The largest coded value, which stands for light of 1. */
    public static final int FULL = (1 << BITS) - 1;
    /** Where red begins. */
    public static final int RED_SHIFT = 2 * BITS;
    /** Where green begins. */
    public static final int GREEN_SHIFT = BITS;
    /** Where blue begins. */
    public static final int BLUE_SHIFT = 0;

    private static final float[] LIGHT = new float[FULL + 1];

    static {
        for (int code = 0; code <= FULL; code++) {
            LIGHT[code] = (float) light(code);
        }
    }

    private final int width;
    private final int height;
    private final int[] pixels;

    SceneImage(int width, int height) {
        this.width = width;
        this.height = height;
        this.pixels = new int[Math.multiplyExact(width, height)];
    }

    /** Pixels in a row. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Copies a part of a row to the beginning of {@code row}. */
    public void read(int y, int x, int[] row, int count) {
        System.arraycopy(pixels, y * width + x, row, 0, count);
    }

    void set(int x, int y, Light light) {
        pixels[y * width + x] = pack(light.red, light.green, light.blue);
    }

    void get(int x, int y, Light out) {
        int pixel = pixels[y * width + x];
        out.set(
                LIGHT[(pixel >> RED_SHIFT) & FULL],
                LIGHT[(pixel >> GREEN_SHIFT) & FULL],
                LIGHT[(pixel >> BLUE_SHIFT) & FULL]);
    }

    static int pack(float red, float green, float blue) {
        return code(red) << RED_SHIFT | code(green) << GREEN_SHIFT | code(blue) << BLUE_SHIFT;
    }

    private static int code(float light) {
        return (int) ((float) Math.sqrt(Noise.clamp(light)) * FULL + 0.5f);
    }

    /** The light, 0 to 1, that a coded value stands for. */
    public static double light(int code) {
        double root = code / (double) FULL;
        return root * root;
    }
}
