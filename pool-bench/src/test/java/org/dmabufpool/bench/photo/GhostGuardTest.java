// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GhostGuardTest {

    private static final int SIDE = 160;
    private static final int TILES = SIDE / TileGrid.TILE;
    private static final int DEVIATION = 400;
    private static final NoiseProfile NOISE = new NoiseProfile((double) DEVIATION * DEVIATION, 0);

    private final TileGrid grid = TileGrid.of(SIDE, SIDE);
    private final TileGrid.Planes tiles = grid.in(Buffers.of(grid.bytes()));
    private final RgbLayout.Planes reference = Buffers.picture(SIDE, SIDE);
    private final RgbLayout.Planes picture = Buffers.picture(SIDE, SIDE);

    @Test
    void noiseIsTrusted() {
        fill(reference, 1, (x, y) -> 20000);
        fill(picture, 2, (x, y) -> 20000);
        judge(Shift.NONE);
        assertThat(trusted()).isEqualTo(TILES * TILES);
        assertThat(Buffers.samples(tiles.share())[5]).containsOnly(TileGrid.FULL_SHARE / 2);
        assertThat(Buffers.samples(tiles.merged())[5]).containsOnly(2 * TileGrid.FULL_TRUST);
    }

    @Test
    void whatMovesIsNotTrustedAndNeitherAreItsNeighbours() {
        fill(reference, 1, (x, y) -> 20000);
        fill(picture, 2, (x, y) -> x / 16 == 4 && y / 16 == 6 ? 24000 : 20000);
        judge(Shift.NONE);
        int[][] share = Buffers.samples(tiles.share());
        for (int y = 0; y < TILES; y++) {
            for (int x = 0; x < TILES; x++) {
                boolean near = Math.abs(x - 4) <= 1 && Math.abs(y - 6) <= 1;
                assertThat(share[y][x]).as("%d,%d", x, y).isEqualTo(near ? 0 : TileGrid.FULL_SHARE / 2);
            }
        }
    }

    @Test
    void aShiftedSceneIsTrustedWhereItOverlaps() {
        Buffers.Sample scene = (x, y) -> 20000 + 900 * Math.floorMod(x / 5 + y / 7, 13);
        fill(reference, 1, scene);
        fill(picture, 2, (x, y) -> scene.at(x - 6 + 1300, y + 4 + 1300));
        fill(reference, 1, (x, y) -> scene.at(x + 1300, y + 1300));
        judge(new Shift(6, -4));
        assertThat(trusted()).isEqualTo(TILES * TILES);
        judge(Shift.NONE);
        assertThat(trusted()).isZero();
    }

    @Test
    void whatThePictureDoesNotShowIsNotTrusted() {
        fill(reference, 1, (x, y) -> 20000);
        fill(picture, 2, (x, y) -> 20000);
        judge(new Shift(SIDE - 2 * TileGrid.TILE, 0));
        assertThat(trusted()).isEqualTo(2 * TILES);
    }

    @Test
    void sharesMakeTheMeanOfAllPictures() {
        tiles.begin();
        GhostGuard guard = new GhostGuard(NOISE);
        fill(reference, 1, (x, y) -> 20000);
        for (int frame = 2; frame <= 8; frame++) {
            fill(picture, frame, (x, y) -> 20000);
            guard.judge(reference, picture, Shift.NONE, tiles);
            assertThat(Buffers.samples(tiles.share())[3]).containsOnly(TileGrid.FULL_SHARE / frame);
        }
    }

    private void judge(Shift shift) {
        tiles.begin();
        new GhostGuard(NOISE).judge(reference, picture, shift, tiles);
    }

    private int trusted() {
        int count = 0;
        for (int[] row : Buffers.samples(tiles.trust())) {
            for (int trust : row) {
                count += trust == TileGrid.FULL_TRUST ? 1 : 0;
            }
        }
        return count;
    }

    private static void fill(RgbLayout.Planes planes, long seed, Buffers.Sample scene) {
        Random random = new Random(seed);
        Buffers.Sample noisy = (x, y) -> scene.at(x, y) + (int) (DEVIATION * random.nextGaussian());
        Buffers.fill(planes.red(), noisy);
        Buffers.fill(planes.green(), noisy);
        Buffers.fill(planes.blue(), noisy);
    }
}
