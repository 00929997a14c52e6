// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YuyvDeveloperTest {

    /** Colour bars of 75 % after BT.601 in the limited range, as television test cards have them. */
    @ParameterizedTest
    @CsvSource({
        "180,128,128, 191,191,191",
        "162, 44,142, 191,191,  0",
        "131,156, 44,   0,191,191",
        "112, 72, 58,   0,191,  0",
        " 84,184,198, 191,  0,191",
        " 65,100,212, 191,  0,  0",
        " 35,212,114,   0,  0,191",
        " 16,128,128,   0,  0,  0",
        "235,128,128, 255,255,255"
    })
    void barsHaveTheirColours(int y, int u, int v, int red, int green, int blue) {
        RgbLayout.Planes picture = develop(6, 4, 12, (x, row) -> new int[] {y, u, y, v}[x % 4]);
        assertThat(eightBits(picture.red())).isBetween(red - 2, red + 2);
        assertThat(eightBits(picture.green())).isBetween(green - 2, green + 2);
        assertThat(eightBits(picture.blue())).isBetween(blue - 2, blue + 2);
    }

    private static int eightBits(Plane16 plane) {
        return ToneCurve.straight().of(Buffers.samples(plane)[1][3]);
    }

    @Test
    void agreesWithTheFormulaForEveryByte() {
        Buffers.Sample bytes = Buffers.random(5, 256);
        RgbLayout.Planes picture = develop(64, 40, 160, bytes);
        int[][] red = Buffers.samples(picture.red());
        int[][] green = Buffers.samples(picture.green());
        int[][] blue = Buffers.samples(picture.blue());
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 64; x++) {
                double luma = (bytes.at(2 * x, y) - 16) / 219.0;
                double u = chroma(bytes, x, y, 1);
                double v = chroma(bytes, x, y, 3);
                assertClose(red[y][x], luma + 1.402 * v);
                assertClose(green[y][x], luma - 0.344136 * u - 0.714136 * v);
                assertClose(blue[y][x], luma + 1.772 * u);
            }
        }
    }

    private static double chroma(Buffers.Sample bytes, int x, int y, int which) {
        int pair = x / 2 * 4;
        int next = x % 2 == 0 || x / 2 == 31 ? pair : pair + 4;
        return ((bytes.at(pair + which, y) + bytes.at(next + which, y)) / 2.0 - 128) / 224;
    }

    private static void assertClose(int sample, double light) {
        double expected = RgbLayout.PEDESTAL + light * (RgbLayout.WHITE - RgbLayout.PEDESTAL);
        double clamped = Math.max(0, Math.min(RgbLayout.MAX, expected));
        assertThat((double) sample).isBetween(clamped - 60, clamped + 60);
    }

    @Test
    void refusesRowsWithHalfAPair() {
        assertThatThrownBy(() -> YuyvFormat.of(3, 4, 64)).isInstanceOf(IllegalArgumentException.class);
    }

    private static RgbLayout.Planes develop(int width, int height, int stride, Buffers.Sample bytes) {
        YuyvFormat format = YuyvFormat.of(width, height, stride);
        ByteBuffer frame = Buffers.of(format.bytes());
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < 2 * width; x++) {
                frame.put(y * stride + x, (byte) bytes.at(x, y));
            }
        }
        RgbLayout.Planes picture = Buffers.picture(width, height);
        format.developer().develop(frame, picture);
        return picture;
    }
}
