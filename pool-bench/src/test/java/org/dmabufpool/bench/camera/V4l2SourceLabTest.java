// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.bench.memory.TimedAccess;
import org.dmabufpool.bench.memory.TimedPool;
import org.dmabufpool.linux.CameraControl;
import org.dmabufpool.linux.CameraException;
import org.dmabufpool.linux.Footprint;
import org.dmabufpool.linux.UdmabufHeap;
import org.dmabufpool.linux.V4l2Camera;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A V4L2 camera that fails on purpose: vivid has buttons for that. */
@Tag("lab")
class V4l2SourceLabTest {

    private static final String CAMERA = "/dev/video0";
    private static final String DAMAGED_FRAME = "Inject V4L2_BUF_FLAG_ERROR";
    private static final String BROKEN_STREAM = "Inject Fatal Streaming Error";

    @Test
    void framesFlowThroughTheRingAndADamagedOneIsTakenAgain() {
        try (TimedPool pool = pool();
                V4l2Source source = V4l2Source.open(CAMERA, 640, 480);
                V4l2Camera buttons = V4l2Camera.open(CAMERA)) {
            source.start(pool);
            for (int frame = 0; frame < 10; frame++) {
                if (frame == 5) {
                    press(buttons, DAMAGED_FRAME);
                }
                try (Frame captured = source.next();
                        TimedAccess access = pool.open(captured.slice().toRead())) {
                    assertThat(brightest(access.buffer(captured.slice()))).isGreaterThan(150);
                }
            }
        }
    }

    @Test
    void aStreamThatBreaksIsToldAndNothingIsLeft() {
        List<String> descriptors = Footprint.descriptors();
        try (TimedPool pool = pool()) {
            try (V4l2Source source = V4l2Source.open(CAMERA, 640, 480);
                    V4l2Camera buttons = V4l2Camera.open(CAMERA)) {
                source.start(pool);
                source.next().close();
                press(buttons, BROKEN_STREAM);
                assertThatThrownBy(() -> {
                            for (int frame = 0; frame < 5; frame++) {
                                source.next().close();
                            }
                        })
                        .isInstanceOf(CameraException.class)
                        .hasMessageContaining(CAMERA);
            }
            assertThat(pool.statistics().openSlices()).isZero();
            assertThat(pool.statistics().usedBytes()).isZero();
        }
        assertThat(Footprint.descriptors()).isEqualTo(descriptors);
    }

    @Test
    void anotherBurstAfterABrokenOneWorks() {
        try (TimedPool pool = pool();
                V4l2Source source = V4l2Source.open(CAMERA, 640, 480)) {
            source.start(pool);
            source.next().close();
        }
    }

    private static TimedPool pool() {
        return new TimedPool(
                DmaBufPool.builder().heap(new UdmabufHeap()).capacity(16 << 20).build());
    }

    private static void press(V4l2Camera camera, String button) {
        CameraControl control = camera.controls().stream()
                .filter(candidate -> candidate.name().equals(button))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no '" + button + "' in " + camera.controls()));
        camera.setControl(control.id(), 1);
    }

    private static int brightest(ByteBuffer yuyv) {
        int brightest = 0;
        for (int at = 0; at < 2 * 640 * 480; at += 2) {
            brightest = Math.max(brightest, yuyv.get(at) & 0xff);
        }
        return brightest;
    }
}
