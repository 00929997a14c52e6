// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/**
 * From developed 16-bit values to the 8 bits that a screen shows.
 *
 * <p>Computed with {@link StrictMath}: the same on every machine.
 */
public final class ToneCurve {

    private static final double RANGE = RgbLayout.WHITE - RgbLayout.PEDESTAL;
    private static final double SCREEN_WHITE = 255;

    private final byte[] table = new byte[RgbLayout.MAX + 1];

    private ToneCurve(Shape shape) {
        for (int value = 0; value < table.length; value++) {
            double light = Math.max(0, Math.min(1, (value - RgbLayout.PEDESTAL) / RANGE));
            table[value] = (byte) (int) (shape.of(light) * SCREEN_WHITE + 0.5);
        }
    }

    /** For pictures that had their tone curve in the camera. */
    public static ToneCurve straight() {
        return new ToneCurve(light -> light);
    }

    /** For pictures linear in light: sRGB's curve after a gentle S that deepens shadows and rolls off highlights. */
    public static ToneCurve film() {
        return new ToneCurve(light -> contrast(srgb(light)));
    }

    private static double srgb(double light) {
        return light <= 0.0031308 ? 12.92 * light : 1.055 * StrictMath.pow(light, 1 / 2.4) - 0.055;
    }

    /** A third of the way from a straight line to the smooth step. */
    private static double contrast(double tone) {
        double smooth = tone * tone * (3 - 2 * tone);
        return tone + (smooth - tone) / 3;
    }

    /** What a screen shows for a developed value. */
    public int of(int value) {
        return table[value] & 0xff;
    }

    byte byteOf(char value) {
        return table[value];
    }

    /**
     * Applies the curve to a whole picture.
     *
     * @param picture a developed picture
     * @param screen red, green and blue bytes in turn; three samples for every pixel
     */
    public void apply(RgbLayout.Planes picture, Plane8 screen) {
        Rows.inBands(picture.height(), (from, to) -> {
            char[] row = new char[picture.width()];
            byte[] out = new byte[screen.width()];
            for (int y = from; y < to; y++) {
                spread(picture.red(), y, row, out, 0);
                spread(picture.green(), y, row, out, 1);
                spread(picture.blue(), y, row, out, 2);
                screen.write(y, out);
            }
        });
    }

    private void spread(Plane16 plane, int y, char[] row, byte[] out, int colour) {
        plane.read(y, row);
        for (int x = 0; x < row.length; x++) {
            out[ScreenPyramid.COLOURS * x + colour] = byteOf(row[x]);
        }
    }

    /** A curve from light to tone, both 0 to 1. */
    @FunctionalInterface
    private interface Shape {
        double of(double light);
    }
}
