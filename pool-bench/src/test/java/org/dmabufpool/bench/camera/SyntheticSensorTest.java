// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.ForkJoinPool;
import org.dmabufpool.bench.photo.BayerFormat;
import org.dmabufpool.bench.photo.Buffers;
import org.dmabufpool.bench.photo.Plane16;
import org.dmabufpool.bench.photo.Shift;
import org.junit.jupiter.api.Test;

class SyntheticSensorTest {

    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;
    private static final BayerFormat FORMAT = SyntheticSensor.format(WIDTH, HEIGHT);

    @Test
    void theSameSeedGivesTheSameFramesOnAnyNumberOfThreads() throws Exception {
        ByteBuffer first = frame(new SyntheticSensor(WIDTH, HEIGHT, 7), 3);
        ForkJoinPool single = new ForkJoinPool(1);
        try {
            ByteBuffer second = single.submit(() -> frame(new SyntheticSensor(WIDTH, HEIGHT, 7), 3))
                    .get();
            assertThat(second).isEqualTo(first);
        } finally {
            single.shutdown();
        }
    }

    @Test
    void otherSeedsAndOtherFramesDiffer() {
        SyntheticSensor sensor = new SyntheticSensor(WIDTH, HEIGHT, 7);
        assertThat(frame(sensor, 0)).isNotEqualTo(frame(sensor, 1));
        assertThat(frame(sensor, 0)).isNotEqualTo(frame(new SyntheticSensor(WIDTH, HEIGHT, 8), 0));
    }

    @Test
    void samplesStayWithinTheSensorsRangeAndUseIt() {
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int[] row : samples(frame(new SyntheticSensor(WIDTH, HEIGHT, 1), 0))) {
            for (int sample : row) {
                least = Math.min(least, sample);
                most = Math.max(most, sample);
            }
        }
        assertThat(least).isBetween(SyntheticSensor.BLACK - 60, SyntheticSensor.BLACK + 60);
        assertThat(most).isBetween(SyntheticSensor.WHITE / 2, SyntheticSensor.WHITE);
    }

    @Test
    void shakeMovesTheSceneByWholePixels() {
        SyntheticSensor sensor = new SyntheticSensor(WIDTH, HEIGHT, 5);
        int[][] first = samples(clean(sensor, 0));
        int compared = 0;
        for (int frame = 1; frame < 30; frame++) {
            Shift shift = sensor.shake(frame);
            if (shift.dx() % 2 == 0 && shift.dy() % 2 == 0) {
                int[][] other = samples(clean(sensor, frame));
                for (int y = HEIGHT * 2 / 3; y < HEIGHT - 10; y++) {
                    for (int x = 10; x < WIDTH - 10; x++) {
                        assertThat(other[y + shift.dy()][x + shift.dx()]).isEqualTo(first[y][x]);
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isPositive();
        assertThat(sensor.shake(0)).isEqualTo(Shift.NONE);
    }

    @Test
    void handsDoNotShakeFartherThanTheScenesMargin() {
        ShakyHand hand = ShakyHand.of(4000, 3);
        for (int frame = 0; frame < 255; frame++) {
            assertThat(Math.abs(hand.at(frame).dx())).isLessThanOrEqualTo(hand.reach());
            assertThat(Math.abs(hand.at(frame).dy())).isLessThanOrEqualTo(hand.reach());
        }
    }

    @Test
    void noiseHasTheVarianceThatTheFormatTells() {
        SyntheticSensor sensor = new SyntheticSensor(WIDTH, HEIGHT, 2);
        int[][] clean = samples(clean(sensor, 0));
        double sum = 0;
        double expected = 0;
        int[][] noisy = samples(frame(sensor, 0));
        double scale = 61440.0 / (SyntheticSensor.WHITE - SyntheticSensor.BLACK);
        int count = 0;
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 1 - y % 2; x < WIDTH; x += 2) {
                if (clean[y][x] < 3500) {
                    double difference = noisy[y][x] - clean[y][x];
                    sum += difference * difference;
                    double deviation =
                            FORMAT.noise().deviation((int) ((clean[y][x] - SyntheticSensor.BLACK) * scale + 2048))
                                    / scale;
                    expected += deviation * deviation;
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThan(5000);
        assertThat(sum / expected).isBetween(0.9, 1.1);
    }

    private static ByteBuffer frame(SyntheticSensor sensor, int number) {
        ByteBuffer buffer = Buffers.of(FORMAT.bytes());
        sensor.expose(number, buffer);
        return buffer;
    }

    private static ByteBuffer clean(SyntheticSensor sensor, int number) {
        ByteBuffer buffer = Buffers.of(FORMAT.bytes());
        sensor.exposeWithoutNoise(number, buffer);
        return buffer;
    }

    private static int[][] samples(ByteBuffer frame) {
        return Buffers.samples(new Plane16(frame, FORMAT.plane()));
    }
}
