// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.dmabufpool.linux.CameraException;
import org.dmabufpool.linux.Footprint;
import org.junit.jupiter.api.Test;

class ExampleCameraTest {

    @Test
    void framesThatTheCpuMakesAreMeasuredAndShown() {
        assertThat(ExampleCamera.run())
                .contains("frame  0: brightness 112.0", "frame 29: brightness", "shown from offset", "614400 bytes")
                .contains("pool 'camera': 0 of 2,457,600 bytes used");
    }

    @Test
    void whatIsNoCameraIsToldSo() {
        List<String> descriptors = Footprint.descriptors();
        assertThatThrownBy(() -> ExampleCamera.run("/dev/null"))
                .isInstanceOf(CameraException.class)
                .hasMessageContaining("/dev/null")
                .hasMessageContaining("It is no video device: name one.");
        assertThat(Footprint.descriptors()).isEqualTo(descriptors);
    }
}
