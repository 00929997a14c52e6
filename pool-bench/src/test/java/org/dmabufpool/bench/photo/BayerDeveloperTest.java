// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BayerDeveloperTest {

    private static final int BLACK = 256;
    private static final int WHITE = 4095;
    private static final NoiseProfile NOISE = new NoiseProfile(1, 0);

    /** The filters of Malvar, He and Cutler as their paper prints them, times 8, by what is known and what is sought. */
    private static final double[][] GREEN_AT_OTHER = {
        {0, 0, -1, 0, 0}, {0, 0, 2, 0, 0}, {-1, 2, 4, 2, -1}, {0, 0, 2, 0, 0}, {0, 0, -1, 0, 0}
    };

    private static final double[][] OTHER_IN_ROW = {
        {0, 0, 0.5, 0, 0}, {0, -1, 0, -1, 0}, {-1, 4, 5, 4, -1}, {0, -1, 0, -1, 0}, {0, 0, 0.5, 0, 0}
    };
    private static final double[][] OTHER_IN_COLUMN = {
        {0, 0, -1, 0, 0}, {0, -1, 4, -1, 0}, {0.5, 0, 5, 0, 0.5}, {0, -1, 4, -1, 0}, {0, 0, -1, 0, 0}
    };
    private static final double[][] FAR_AT_OTHER = {
        {0, 0, -1.5, 0, 0}, {0, 2, 0, 2, 0}, {-1.5, 0, 6, 0, -1.5}, {0, 2, 0, 2, 0}, {0, 0, -1.5, 0, 0}
    };

    @ParameterizedTest
    @CsvSource({"4,4", "6,4", "16,10", "34,70", "130,66", "18,200"})
    void givesWhatTheNaiveFilterGives(int width, int height) {
        BayerFormat format = format(width, height, 4096, 4096);
        Buffers.Sample raw = Buffers.random(width * 31L + height, WHITE - BLACK);
        ByteBuffer mosaic = mosaic(format, (x, y) -> BLACK + raw.at(x, y));
        RgbLayout.Planes picture = Buffers.picture(width, height);
        format.developer().develop(mosaic, picture);
        int[][] red = Buffers.samples(picture.red());
        int[][] green = Buffers.samples(picture.green());
        int[][] blue = Buffers.samples(picture.blue());
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double[] expected = naive(raw, x, y, width, height);
                assertThat((double) red[y][x]).as("red at %d,%d", x, y).isBetween(expected[0] - 2, expected[0] + 2);
                assertThat((double) green[y][x]).as("green at %d,%d", x, y).isBetween(expected[1] - 2, expected[1] + 2);
                assertThat((double) blue[y][x]).as("blue at %d,%d", x, y).isBetween(expected[2] - 2, expected[2] + 2);
            }
        }
    }

    private static double[] naive(Buffers.Sample raw, int x, int y, int width, int height) {
        double here = filter(raw, null, x, y, width, height);
        double green = filter(raw, GREEN_AT_OTHER, x, y, width, height);
        double row = filter(raw, OTHER_IN_ROW, x, y, width, height);
        double column = filter(raw, OTHER_IN_COLUMN, x, y, width, height);
        double far = filter(raw, FAR_AT_OTHER, x, y, width, height);
        if (y % 2 == 0) {
            return x % 2 == 0 ? new double[] {here, green, far} : new double[] {row, here, column};
        }
        return x % 2 == 0 ? new double[] {column, here, row} : new double[] {far, green, here};
    }

    private static double filter(Buffers.Sample raw, double[][] weights, int x, int y, int width, int height) {
        double sum = 0;
        for (int dy = -2; weights != null && dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                sum += weights[dy + 2][dx + 2] * raw.at(mirror(x + dx, width), mirror(y + dy, height)) / 8;
            }
        }
        double light = weights == null ? raw.at(x, y) : sum;
        double scaled = light * (RgbLayout.WHITE - RgbLayout.PEDESTAL) / (WHITE - BLACK) + RgbLayout.PEDESTAL;
        return Math.max(0, Math.min(RgbLayout.MAX, scaled));
    }

    private static int mirror(int at, int length) {
        return at < 0 ? -at : at < length ? at : 2 * (length - 1) - at;
    }

    @Test
    void blackIsThePedestalAndNoiseBelowBlackIsKept() {
        BayerFormat format = format(8, 8, 4096, 4096);
        RgbLayout.Planes picture = Buffers.picture(8, 8);
        format.developer().develop(mosaic(format, (x, y) -> BLACK), picture);
        assertThat(Buffers.samples(picture.green())[3]).containsOnly(RgbLayout.PEDESTAL);
        format.developer().develop(mosaic(format, (x, y) -> BLACK - 16), picture);
        assertThat(Buffers.samples(picture.red())[3]).containsOnly(RgbLayout.PEDESTAL - 257);
    }

    @Test
    void gainsMakeGreyGreyAndSaturatedLightWhite() {
        BayerFormat format = format(8, 8, 8192, 6144);
        RgbLayout.Planes picture = Buffers.picture(8, 8);
        format.developer().develop(mosaic(format, (x, y) -> BLACK + grey(x, y)), picture);
        int green = Buffers.samples(picture.green())[4][4];
        assertThat(Buffers.samples(picture.red())[4][4]).isBetween(green - 20, green + 20);
        assertThat(Buffers.samples(picture.blue())[4][4]).isBetween(green - 20, green + 20);
        format.developer().develop(mosaic(format, (x, y) -> WHITE), picture);
        assertThat(Buffers.samples(picture.red())[4]).containsOnly(RgbLayout.WHITE);
        assertThat(Buffers.samples(picture.green())[4]).containsOnly(RgbLayout.WHITE);
    }

    /** Grey light of 1200 as a sensor sees it that is half as fond of red and two thirds as fond of blue. */
    private static int grey(int x, int y) {
        boolean red = x % 2 == 0 && y % 2 == 0;
        boolean blue = x % 2 == 1 && y % 2 == 1;
        return red ? 600 : blue ? 800 : 1200;
    }

    @Test
    void refusesWhatIsNoMosaic() {
        assertThatThrownBy(() -> format(7, 8, 4096, 4096)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> format(8, 2, 4096, 4096)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> format(8, 8, 0, 4096)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> format(8, 8, 4096, 40000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BayerFormat(PlaneLayout.aligned(0, 8, 8, 2), 100, 100, 4096, 4096, NOISE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static BayerFormat format(int width, int height, int redGain, int blueGain) {
        return new BayerFormat(PlaneLayout.aligned(0, width, height, 2), BLACK, WHITE, redGain, blueGain, NOISE);
    }

    private static ByteBuffer mosaic(BayerFormat format, Buffers.Sample sample) {
        ByteBuffer buffer = Buffers.of(format.bytes());
        Buffers.fill(new Plane16(buffer, format.plane()), sample);
        return buffer;
    }
}
