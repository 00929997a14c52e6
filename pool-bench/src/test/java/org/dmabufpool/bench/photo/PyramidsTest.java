// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PyramidsTest {

    @ParameterizedTest
    @CsvSource({"16,16", "64,48", "98,122", "130,300"})
    void lumaLevelsAreMeansOfTwoByTwo(int width, int height) {
        RgbLayout.Planes picture = Buffers.picture(width, height);
        Buffers.fill(picture.red(), Buffers.random(1, 65536));
        Buffers.fill(picture.green(), Buffers.random(2, 65536));
        Buffers.fill(picture.blue(), Buffers.random(3, 65536));
        List<Plane16> levels = Buffers.levels(width, height);
        LumaPyramid.build(picture, levels);
        int[][] red = Buffers.samples(picture.red());
        int[][] green = Buffers.samples(picture.green());
        int[][] blue = Buffers.samples(picture.blue());
        int[][] first = Buffers.samples(levels.get(0));
        for (int y = 0; y < first.length; y++) {
            for (int x = 0; x < first[0].length; x++) {
                int sum = block(red, x, y) + 2 * block(green, x, y) + block(blue, x, y);
                assertThat(first[y][x]).isEqualTo((sum + 8) / 16);
            }
        }
        for (int level = 1; level < levels.size(); level++) {
            assertHalved(Buffers.samples(levels.get(level - 1)), Buffers.samples(levels.get(level)));
        }
    }

    private static void assertHalved(int[][] larger, int[][] smaller) {
        assertThat(smaller).hasDimensions(larger.length / 2, larger[0].length / 2);
        for (int y = 0; y < smaller.length; y++) {
            for (int x = 0; x < smaller[0].length; x++) {
                assertThat(smaller[y][x]).isEqualTo((block(larger, x, y) + 2) / 4);
            }
        }
    }

    private static int block(int[][] plane, int x, int y) {
        return plane[2 * y][2 * x] + plane[2 * y][2 * x + 1] + plane[2 * y + 1][2 * x] + plane[2 * y + 1][2 * x + 1];
    }

    @Test
    void levelsDoNotOverlap() {
        List<PlaneLayout> levels = LumaPyramid.layout(4000, 3000);
        for (int level = 1; level < levels.size(); level++) {
            assertThat(levels.get(level).offset())
                    .isEqualTo(levels.get(level - 1).end());
        }
        assertThat(levels).hasSize(6);
        assertThat(LumaPyramid.layout(16, 16)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"64,64", "66,130", "200,98"})
    void screenLevelsAreMeansOfTwoByTwoPerColour(int width, int height) {
        List<PlaneLayout> layout = ScreenPyramid.layout(width, height);
        Plane8 larger = new Plane8(Buffers.of(layout.get(0).bytes()), layout.get(0));
        Buffers.Sample random = Buffers.random(9, 256);
        byte[] row = new byte[3 * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < row.length; x++) {
                row[x] = (byte) random.at(x, y);
            }
            larger.write(y, row);
        }
        Plane8 smaller = new Plane8(Buffers.of(layout.get(1).bytes()), layout.get(1));
        ScreenPyramid.halve(larger, smaller);
        int[][] in = Buffers.samples(larger);
        int[][] out = Buffers.samples(smaller);
        for (int y = 0; y < height / 2; y++) {
            for (int x = 0; x < width / 2; x++) {
                for (int c = 0; c < 3; c++) {
                    int sum = in[2 * y][6 * x + c]
                            + in[2 * y][6 * x + 3 + c]
                            + in[2 * y + 1][6 * x + c]
                            + in[2 * y + 1][6 * x + 3 + c];
                    assertThat(out[y][3 * x + c]).isEqualTo((sum + 2) / 4);
                }
            }
        }
    }

    @Test
    void smallPicturesHaveOneScreenLevel() {
        assertThat(ScreenPyramid.layout(16, 16)).hasSize(1);
        assertThat(ScreenPyramid.layout(4000, 3000)).hasSize(7);
    }
}
