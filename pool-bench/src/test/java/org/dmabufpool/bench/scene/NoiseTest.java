// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoiseTest {

    @Test
    void valuesStayWithinZeroAndOne() {
        Noise noise = new Noise(3);
        for (float x = -40; x < 40; x += 0.37f) {
            for (float y = -9; y < 9; y += 0.71f) {
                assertThat(noise.smooth(x, y)).isBetween(0f, 1f);
                assertThat(noise.cloudy(x, y, 5)).isBetween(0f, 1f);
                assertThat(noise.ridged(x, y, 5)).isBetween(0f, 1f);
            }
        }
    }

    @Test
    void smoothNoisePassesThroughTheRandomValuesAndDoesNotJump() {
        Noise noise = new Noise(4);
        for (int x = -20; x < 20; x++) {
            assertThat(noise.smooth(x, 5)).isEqualTo(noise.at(x, 5));
            assertThat(noise.smooth(x + 0.999f, 5.5f)).isCloseTo(noise.smooth(x + 1, 5.5f), within());
        }
    }

    private static org.assertj.core.data.Offset<Float> within() {
        return org.assertj.core.api.Assertions.within(0.01f);
    }

    @Test
    void floorIsTheMathematicalOne() {
        for (float value = -5; value < 5; value += 0.125f) {
            assertThat(Noise.floor(value)).isEqualTo((int) Math.floor(value));
        }
    }
}
