// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.dmabufpool.bench.photo.Aligner;
import org.dmabufpool.bench.photo.BayerFormat;
import org.dmabufpool.bench.photo.Buffers;
import org.dmabufpool.bench.photo.GhostGuard;
import org.dmabufpool.bench.photo.LumaPyramid;
import org.dmabufpool.bench.photo.Merger;
import org.dmabufpool.bench.photo.NoiseProfile;
import org.dmabufpool.bench.photo.Plane16;
import org.dmabufpool.bench.photo.PlaneLayout;
import org.dmabufpool.bench.photo.RgbLayout;
import org.dmabufpool.bench.photo.Shift;
import org.dmabufpool.bench.photo.TileGrid;
import org.junit.jupiter.api.Test;

/** Merging a burst brings the picture nearer to what the scene is without noise. */
class DenoiseTest {

    private static final int WIDTH = 480;
    private static final int HEIGHT = 360;
    private static final BayerFormat FORMAT = SyntheticSensor.format(WIDTH, HEIGHT);
    private static final List<PlaneLayout> LEVELS = LumaPyramid.layout(WIDTH, HEIGHT);

    private final SyntheticSensor sensor = new SyntheticSensor(WIDTH, HEIGHT, 1);
    private final RgbLayout.Planes truth = develop(0, false);

    @Test
    void eightFramesAreNearerToTheSceneThanOne() {
        double one = decibels(merge(1, true));
        double two = decibels(merge(2, true));
        double eight = decibels(merge(8, true));
        assertThat(two - one).as("gain of two frames in dB").isGreaterThan(2.2);
        assertThat(eight - one).as("gain of eight frames in dB").isGreaterThan(5.0);
    }

    @Test
    void withoutTheGuardTheBalloonLeavesGhosts() {
        assertThat(balloonError(merge(8, true))).isLessThan(balloonError(merge(8, false)) / 2);
    }

    @Test
    void alignmentFindsTheHandsShake() {
        RgbLayout.Planes reference = develop(0, true);
        for (int frame = 1; frame < 8; frame++) {
            assertThat(align(reference, develop(frame, true)))
                    .as("frame %d", frame)
                    .isEqualTo(sensor.shake(frame));
        }
    }

    private RgbLayout.Planes merge(int frames, boolean guarded) {
        RgbLayout.Planes mean = develop(0, true);
        RgbLayout.Planes reference = develop(0, true);
        TileGrid grid = TileGrid.of(WIDTH, HEIGHT);
        TileGrid.Planes tiles = grid.in(Buffers.of(grid.bytes()));
        tiles.begin();
        // A guard that expects ten times the noise takes everything for noise.
        GhostGuard guard = new GhostGuard(guarded ? FORMAT.noise() : new NoiseProfile(1e9, 1e6));
        for (int frame = 1; frame < frames; frame++) {
            RgbLayout.Planes picture = develop(frame, true);
            Shift shift = align(reference, picture);
            guard.judge(mean, picture, shift, tiles);
            Merger.merge(mean, picture, shift, tiles.share());
        }
        return mean;
    }

    private RgbLayout.Planes develop(int frame, boolean noisy) {
        ByteBuffer raw = Buffers.of(FORMAT.bytes());
        if (noisy) {
            sensor.expose(frame, raw);
        } else {
            sensor.exposeWithoutNoise(frame, raw);
        }
        RgbLayout.Planes picture = Buffers.picture(WIDTH, HEIGHT);
        FORMAT.developer().develop(raw, picture);
        return picture;
    }

    private static Shift align(RgbLayout.Planes reference, RgbLayout.Planes picture) {
        return Aligner.align(reference.green(), levels(reference), picture.green(), levels(picture));
    }

    private static List<Plane16> levels(RgbLayout.Planes picture) {
        List<Plane16> levels = LumaPyramid.in(Buffers.of(LumaPyramid.bytes(LEVELS)), LEVELS);
        LumaPyramid.build(picture, levels);
        return levels;
    }

    /** Peak signal to noise ratio against the scene without noise. */
    private double decibels(RgbLayout.Planes picture) {
        double error = (squares(picture.red(), truth.red())
                        + squares(picture.green(), truth.green())
                        + squares(picture.blue(), truth.blue()))
                / (3.0 * WIDTH * HEIGHT);
        double peak = RgbLayout.WHITE - RgbLayout.PEDESTAL;
        return 10 * Math.log10(peak * peak / error);
    }

    private static double squares(Plane16 left, Plane16 right) {
        int[][] a = Buffers.samples(left);
        int[][] b = Buffers.samples(right);
        double sum = 0;
        for (int y = 0; y < a.length; y++) {
            for (int x = 0; x < a[0].length; x++) {
                double difference = a[y][x] - b[y][x];
                sum += difference * difference;
            }
        }
        return sum;
    }

    /** The mean error where the balloon is in the reference or just left. */
    private double balloonError(RgbLayout.Planes picture) {
        int[][] a = Buffers.samples(picture.blue());
        int[][] b = Buffers.samples(truth.blue());
        double sum = 0;
        for (int y = 55; y < 115; y++) {
            for (int x = 190; x < 260; x++) {
                sum += Math.abs(a[y][x] - b[y][x]);
            }
        }
        return sum;
    }
}
