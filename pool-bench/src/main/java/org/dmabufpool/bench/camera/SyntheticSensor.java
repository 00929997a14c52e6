// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import java.nio.ByteBuffer;
import org.dmabufpool.bench.photo.BayerFormat;
import org.dmabufpool.bench.photo.NoiseProfile;
import org.dmabufpool.bench.photo.Plane16;
import org.dmabufpool.bench.photo.PlaneLayout;
import org.dmabufpool.bench.photo.RgbLayout;
import org.dmabufpool.bench.photo.Rows;
import org.dmabufpool.bench.photo.Shift;
import org.dmabufpool.bench.scene.Balloon;
import org.dmabufpool.bench.scene.Landscape;
import org.dmabufpool.bench.scene.SceneImage;

/**
 * A 12-bit Bayer sensor in a shaky hand, before a landscape over which a balloon drifts.
 *
 * <p>The same seed gives the same frames, whatever the number of cores. Frames differ by noise, by the hand's shake and
 * by where the balloon is. Safe for use by many threads.
 */
public final class SyntheticSensor {

    static final int BLACK = 256;
    static final int WHITE = 4095;

    private static final int RED_GAIN = (int) (1.90 * BayerFormat.UNITY_GAIN);
    private static final int BLUE_GAIN = (int) (1.55 * BayerFormat.UNITY_GAIN);

    /** Variance of read noise, in squared sample values. */
    private static final double READ_VARIANCE = 7.0 * 7.0;
    /** Variance of shot noise per sample value. */
    private static final double SHOT_VARIANCE = 1.4;

    /** Light is kept in 64ths of a sample value. */
    private static final int LIGHT_BITS = 6;
    /** Noise deviations are kept as factors for {@link SensorNoise#bell} in units of 2^-20. */
    private static final int DEVIATION_BITS = 20;

    private static final float BALLOON_X = 0.455f;
    private static final float BALLOON_Y = 0.235f;
    private static final float BALLOON_DRIFT_X = 0.0042f;
    private static final float BALLOON_DRIFT_Y = -0.0016f;

    private final BayerFormat format;
    private final long seed;
    private final ShakyHand hand;
    private final SceneImage scene;
    private final Balloon balloon;
    private final Channel red = new Channel(RED_GAIN);
    private final Channel green = new Channel(BayerFormat.UNITY_GAIN);
    private final Channel blue = new Channel(BLUE_GAIN);

    /** A sensor of some size before its scene, which is painted now; width and height are even and at least 4. */
    public SyntheticSensor(int width, int height, long seed) {
        this.format = format(width, height);
        this.seed = seed;
        this.hand = ShakyHand.of(width, SensorNoise.mix(seed));
        this.scene = new Landscape(width, height, hand.reach(), SensorNoise.mix(seed + 1)).paint();
        this.balloon = new Balloon(1f / height);
    }

    /** The noise of developed green: samples are scaled, and so is their variance. */
    private static NoiseProfile noise() {
        double scale = (RgbLayout.WHITE - RgbLayout.PEDESTAL) / (double) (WHITE - BLACK);
        return new NoiseProfile(READ_VARIANCE * scale * scale, SHOT_VARIANCE * scale);
    }

    /** What a sensor of this size writes; width and height are even and at least 4. */
    public static BayerFormat format(int width, int height) {
        PlaneLayout plane = PlaneLayout.aligned(0, width, height, Character.BYTES);
        return new BayerFormat(plane, BLACK, WHITE, RED_GAIN, BLUE_GAIN, noise());
    }

    /** Where the camera looks in a frame, against frame 0. */
    Shift shake(int frame) {
        return hand.at(frame);
    }

    /** Writes one frame into the beginning of a buffer. */
    public void expose(int frame, ByteBuffer target) {
        expose(frame, target, true);
    }

    /** What {@link #expose} would write if light came without noise. */
    void exposeWithoutNoise(int frame, ByteBuffer target) {
        expose(frame, target, false);
    }

    private void expose(int frame, ByteBuffer target, boolean noisy) {
        Plane16 plane = new Plane16(target, format.plane());
        Rows.inBands(plane.height(), (from, to) -> {
            int[] light = new int[plane.width()];
            char[] row = new char[plane.width()];
            for (int y = from; y < to; y++) {
                look(frame, y, light);
                boolean redRow = y % 2 == 0;
                long counter = noisy ? counter(frame, y) : 0;
                (redRow ? red : green)
                        .read(light, row, 0, redRow ? SceneImage.RED_SHIFT : SceneImage.GREEN_SHIFT, counter);
                (redRow ? green : blue)
                        .read(light, row, 1, redRow ? SceneImage.GREEN_SHIFT : SceneImage.BLUE_SHIFT, counter);
                plane.write(y, row);
            }
        });
    }

    /** The light on one row of the sensor. */
    private void look(int frame, int y, int[] light) {
        Shift shift = hand.at(frame);
        int sceneX = hand.reach() - shift.dx();
        int sceneY = hand.reach() - shift.dy() + y;
        scene.read(sceneY, sceneX, light, light.length);
        float pixel = 1f / format.height();
        float aspect = format.width() * pixel;
        float fromMiddle = (y - shift.dy()) * pixel - BALLOON_Y - frame * BALLOON_DRIFT_Y;
        if (Math.abs(fromMiddle) < Balloon.reach()) {
            float left = -shift.dx() * pixel - BALLOON_X * aspect - frame * BALLOON_DRIFT_X;
            balloon.over(light, left, fromMiddle);
        }
    }

    /** Random numbers of different rows and frames never meet: a row has fewer than 2^20 samples. */
    private long counter(int frame, int y) {
        return SensorNoise.mix(seed) + ((long) frame << 40) + ((long) y << 20) + 1;
    }

    /** One colour's way from light to sample values. */
    private static final class Channel {
        private final int[] mean = new int[SceneImage.FULL + 1];
        private final int[] deviation = new int[SceneImage.FULL + 1];

        Channel(int gain) {
            for (int code = 0; code < mean.length; code++) {
                double signal = SceneImage.light(code) * (WHITE - BLACK) * BayerFormat.UNITY_GAIN / gain;
                double noise = Math.sqrt(READ_VARIANCE + SHOT_VARIANCE * signal);
                mean[code] = (int) ((BLACK + signal) * (1 << LIGHT_BITS));
                deviation[code] =
                        (int) (noise * (1 << DEVIATION_BITS) / SensorNoise.BELL_DEVIATION * (1 << LIGHT_BITS));
            }
        }

        /** Every second sample of a row; without noise if {@code counter} is 0. */
        void read(int[] light, char[] row, int first, int shift, long counter) {
            for (int x = first; x < row.length; x += 2) {
                int code = (light[x] >> shift) & SceneImage.FULL;
                long bell = counter == 0 ? 0 : SensorNoise.bell(SensorNoise.mix(counter + x));
                int value = mean[code] + (int) ((bell * deviation[code]) >> DEVIATION_BITS) + (1 << (LIGHT_BITS - 1));
                row[x] = (char) Math.max(0, Math.min(WHITE, value >> LIGHT_BITS));
            }
        }
    }
}
