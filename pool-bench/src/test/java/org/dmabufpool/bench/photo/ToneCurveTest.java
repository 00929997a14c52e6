// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToneCurveTest {

    @Test
    void curvesRiseFromBlackToWhite() {
        for (ToneCurve curve : new ToneCurve[] {ToneCurve.film(), ToneCurve.straight()}) {
            assertThat(curve.of(0)).isZero();
            assertThat(curve.of(RgbLayout.PEDESTAL)).isZero();
            assertThat(curve.of(RgbLayout.WHITE)).isEqualTo(255);
            assertThat(curve.of(RgbLayout.MAX)).isEqualTo(255);
            for (int value = 1; value <= RgbLayout.MAX; value++) {
                assertThat(curve.of(value)).isGreaterThanOrEqualTo(curve.of(value - 1));
            }
        }
    }

    @Test
    void theStraightCurveKeepsEightBitValues() {
        for (int value = 0; value < 256; value++) {
            int sample = RgbLayout.PEDESTAL + Math.round(value * (RgbLayout.WHITE - RgbLayout.PEDESTAL) / 255f);
            assertThat(ToneCurve.straight().of(sample)).isEqualTo(value);
        }
    }

    @Test
    void appliesToEveryColourOfEveryPixel() {
        RgbLayout.Planes picture = Buffers.picture(35, 20);
        Buffers.fill(picture.red(), Buffers.random(1, 65536));
        Buffers.fill(picture.green(), Buffers.random(2, 65536));
        Buffers.fill(picture.blue(), Buffers.random(3, 65536));
        PlaneLayout layout = PlaneLayout.aligned(0, 3 * 35, 20, 1);
        Plane8 screen = new Plane8(Buffers.of(layout.bytes()), layout);
        ToneCurve curve = ToneCurve.film();
        curve.apply(picture, screen);
        int[][] out = Buffers.samples(screen);
        for (int y = 0; y < 20; y++) {
            for (int x = 0; x < 35; x++) {
                assertThat(out[y][3 * x]).isEqualTo(curve.of(Buffers.samples(picture.red())[y][x]));
                assertThat(out[y][3 * x + 1]).isEqualTo(curve.of(Buffers.samples(picture.green())[y][x]));
                assertThat(out[y][3 * x + 2]).isEqualTo(curve.of(Buffers.samples(picture.blue())[y][x]));
            }
        }
    }
}
