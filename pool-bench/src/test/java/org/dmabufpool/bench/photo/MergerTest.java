// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergerTest {

    private static final int WIDTH = 70;
    private static final int HEIGHT = 54;

    @ParameterizedTest
    @CsvSource({"0,0", "3,-2", "-5,4", "7,7", "-1,-9"})
    void givesWhatTheNaiveMergeGives(int dx, int dy) {
        TileGrid grid = TileGrid.of(WIDTH, HEIGHT);
        TileGrid.Planes tiles = grid.in(Buffers.of(grid.bytes()));
        Buffers.fill(tiles.share(), Buffers.random(4, TileGrid.FULL_SHARE / 2 + 1));
        RgbLayout.Planes mean = Buffers.picture(WIDTH, HEIGHT);
        RgbLayout.Planes picture = Buffers.picture(WIDTH, HEIGHT);
        Buffers.fill(mean, Buffers.random(5, 65536));
        Buffers.fill(picture, Buffers.random(6, 65536));
        int[][] before = Buffers.samples(mean.blue());
        int[][] other = Buffers.samples(picture.blue());
        int[][] share = Buffers.samples(tiles.share());
        Merger.merge(mean, picture, new Shift(dx, dy), tiles.share());
        int[][] after = Buffers.samples(mean.blue());
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                boolean inside = x + dx >= 0 && x + dx < WIDTH && y + dy >= 0 && y + dy < HEIGHT;
                double expected = inside
                        ? before[y][x]
                                + (other[y + dy][x + dx] - before[y][x]) * shareAt(share, x, y) / TileGrid.FULL_SHARE
                        : before[y][x];
                assertThat((double) after[y][x]).as("%d,%d", x, y).isBetween(expected - 6, expected + 6);
            }
        }
    }

    private static double shareAt(int[][] share, int x, int y) {
        double column = Math.max(0, Math.min(share[0].length - 1, (x - 8) / 16.0));
        double row = Math.max(0, Math.min(share.length - 1, (y - 8) / 16.0));
        int left = (int) column;
        int top = (int) row;
        int right = Math.min(share[0].length - 1, left + 1);
        int bottom = Math.min(share.length - 1, top + 1);
        double upper = share[top][left] + (share[top][right] - share[top][left]) * (column - left);
        double lower = share[bottom][left] + (share[bottom][right] - share[bottom][left]) * (column - left);
        return upper + (lower - upper) * (row - top);
    }

    @Test
    void aPictureWithoutAShareChangesNothing() {
        TileGrid grid = TileGrid.of(WIDTH, HEIGHT);
        TileGrid.Planes tiles = grid.in(Buffers.of(grid.bytes()));
        RgbLayout.Planes mean = Buffers.picture(WIDTH, HEIGHT);
        RgbLayout.Planes picture = Buffers.picture(WIDTH, HEIGHT);
        Buffers.fill(mean, Buffers.random(5, 65536));
        Buffers.fill(picture, Buffers.random(6, 65536));
        int[][] before = Buffers.samples(mean.red());
        Merger.merge(mean, picture, Shift.NONE, tiles.share());
        assertThat(Buffers.samples(mean.red())).isDeepEqualTo(before);
    }

    @Test
    void extremesNeitherOverflowNorWrap() {
        TileGrid grid = TileGrid.of(WIDTH, HEIGHT);
        TileGrid.Planes tiles = grid.in(Buffers.of(grid.bytes()));
        Buffers.fill(tiles.share(), (x, y) -> TileGrid.FULL_SHARE / 2);
        RgbLayout.Planes mean = Buffers.picture(WIDTH, HEIGHT);
        RgbLayout.Planes picture = Buffers.picture(WIDTH, HEIGHT);
        Buffers.fill(mean, (x, y) -> x % 2 == 0 ? 0 : 65535);
        Buffers.fill(picture, (x, y) -> x % 2 == 0 ? 65535 : 0);
        Merger.merge(mean, picture, Shift.NONE, tiles.share());
        for (int sample : Buffers.samples(mean.green())[20]) {
            assertThat(sample).isBetween(32767, 32768);
        }
    }
}
