// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SensorNoiseTest {

    @Test
    void theBellHasMeanZeroAndTheDeviationTold() {
        double sum = 0;
        double squares = 0;
        int count = 1 << 18;
        for (int i = 0; i < count; i++) {
            double bell = SensorNoise.bell(SensorNoise.mix(i)) / SensorNoise.BELL_DEVIATION;
            sum += bell;
            squares += bell * bell;
        }
        assertThat(sum / count).isBetween(-0.01, 0.01);
        assertThat(squares / count).isBetween(0.98, 1.02);
    }
}
