// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dmabufpool.linux.Footprint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The example with a V4L2 camera, which writes into windows of its slices. */
@Tag("lab")
class ExampleCameraLabTest {

    @Test
    void framesOfACameraAreMeasuredAndShown() {
        List<String> descriptors = Footprint.descriptors();
        assertThat(ExampleCamera.run("/dev/video0"))
                .contains("frame  0: brightness", "frame 29: brightness", "shown from offset")
                .contains("pool 'camera':")
                .doesNotContain("brightness 0.0");
        assertThat(Footprint.descriptors()).isEqualTo(descriptors);
    }
}
