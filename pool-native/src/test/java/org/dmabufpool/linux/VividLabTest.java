// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Vivid, the kernel's virtual camera, writing into windows of one pool. */
@Tag("lab")
class VividLabTest {

    private static final int PAGE = 4096;
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int FRAME = WIDTH * HEIGHT * 2;
    private static final int BUFFERS = 4;
    private static final int FRAMES = 30;
    private static final int STEP = FRAME + 3 * PAGE;
    private static final int FIRST = 5 * PAGE;
    private static final int POOL = FIRST + BUFFERS * STEP;
    private static final byte GUARD = (byte) 0xA5;
    private static final int BARS = 8;
    private static final Duration SECONDS = Duration.ofSeconds(30);

    private final List<String> before = Footprint.descriptors();
    private final List<Window> windows = new ArrayList<>();
    private DmaBuf pool;
    private V4l2Camera camera;

    @BeforeEach
    void openAll() {
        pool = new UdmabufHeap().allocate(POOL);
        for (int i = 0; i < POOL; i += PAGE) {
            for (int j = 0; j < PAGE; j += Long.BYTES) {
                pool.view(i, PAGE).putLong(j, 0xA5A5A5A5A5A5A5A5L);
            }
        }
        for (int i = 0; i < BUFFERS; i++) {
            windows.add(pool.openWindow(FIRST + (long) i * STEP, FRAME));
        }
        camera = V4l2Camera.open(path());
    }

    private static String path() {
        return V4l2Camera.present().stream()
                .filter(device -> device.driver().equals("vivid"))
                .findFirst()
                .orElseThrow()
                .path();
    }

    @AfterEach
    void closeAll() {
        camera.close();
        windows.forEach(Window::close);
        pool.close();
        assertThat(Footprint.descriptors()).isEqualTo(before);
        assertThat(Footprint.mappings()).isZero();
    }

    private void startStreaming() {
        assertThat(camera.configure(WIDTH, HEIGHT, "YUYV"))
                .isEqualTo(new CameraFormat(WIDTH, HEIGHT, "YUYV", WIDTH * 2, FRAME, false));
        assertThat(camera.requestBuffers(BUFFERS)).isEqualTo(BUFFERS);
        for (int i = 0; i < BUFFERS; i++) {
            camera.queue(i, windows.get(i).fd(), FRAME);
        }
        camera.start();
    }

    @Test
    void thirtyFramesLandInTheirSlicesAndNowhereElse() {
        set("OSD Text Mode", 2);
        startStreaming();
        long lastSequence = -1;
        long lastNanos = 0;
        for (int i = 0; i < FRAMES; i++) {
            CameraFrame frame = camera.dequeue(SECONDS);
            assertThat(frame.bytesUsed()).isEqualTo(FRAME);
            assertThat(frame.sequence()).isGreaterThan(lastSequence);
            assertThat(frame.timestampNanos()).isGreaterThan(lastNanos);
            lastSequence = frame.sequence();
            lastNanos = frame.timestampNanos();
            checkPicture(frame.index());
            camera.queue(frame.index(), windows.get(frame.index()).fd(), FRAME);
        }
        camera.stop();
        checkGuards();
    }

    private void checkPicture(int index) {
        windows.get(index).sync(SyncPhase.START, Direction.READ);
        ByteBuffer picture = pool.view(windows.get(index).offset(), FRAME);
        for (int row = 0; row < HEIGHT; row += HEIGHT / 5) {
            checkBars(picture, row * WIDTH * 2);
        }
        windows.get(index).sync(SyncPhase.END, Direction.READ);
    }

    /** White, yellow, cyan, green, magenta, red, blue, black: each one colour, each darker than the one before. */
    private static void checkBars(ByteBuffer picture, int rowStart) {
        int brighter = 256;
        for (int bar = 0; bar < BARS; bar++) {
            int middle = rowStart + (2 * bar + 1) * WIDTH / BARS / 2 * 2;
            int luma = picture.get(middle) & 0xFF;
            assertThat(luma).as("luma of bar %d", bar).isLessThan(brighter);
            for (int x = -WIDTH / BARS / 4; x < WIDTH / BARS / 4; x += 2) {
                assertThat(picture.getInt(middle + 2 * x)).isEqualTo(picture.getInt(middle));
            }
            brighter = luma;
        }
        assertThat(picture.get(rowStart + WIDTH / BARS + 1) & 0xFF)
                .as("white has no colour")
                .isBetween(127, 129);
    }

    private void checkGuards() {
        assertThat(brokenGuards()).isZero();
    }

    /** How many bytes outside the slices have lost their pattern. */
    private int brokenGuards() {
        ByteBuffer all = pool.view(0, POOL);
        int broken = 0;
        for (int offset = 0; offset < POOL; offset++) {
            boolean inSlice = offset >= FIRST && (offset - FIRST) % STEP < FRAME;
            broken += !inSlice && all.get(offset) != GUARD ? 1 : 0;
        }
        return broken;
    }

    @Test
    void thePoolsOwnDescriptorWouldBeWrittenFromItsFirstByteAndTheGuardsTell() {
        camera.configure(WIDTH, HEIGHT, "YUYV");
        camera.requestBuffers(BUFFERS);
        for (int i = 0; i < BUFFERS; i++) {
            camera.queue(i, pool.fd(), POOL);
        }
        camera.start();
        camera.dequeue(SECONDS);
        camera.stop();
        assertThat(brokenGuards()).isGreaterThan(FIRST / 2);
    }

    @Test
    void aBusyCameraIsSaidSoAndGoesOnStreaming() {
        startStreaming();
        try (V4l2Camera second = V4l2Camera.open(camera.describe().path())) {
            CameraException refusal =
                    catchThrowableOfType(CameraException.class, () -> second.configure(640, 360, "YUYV"));
            assertThat(refusal.errno()).isEqualTo(Errno.EBUSY.number());
            assertThat(refusal).hasMessageContaining("fuser -v");
        }
        assertThat(camera.dequeue(SECONDS).bytesUsed()).isEqualTo(FRAME);
    }

    @Test
    void theFormatMayChangeBetweenStreams() {
        startStreaming();
        camera.dequeue(SECONDS);
        assertThatThrownBy(() -> camera.configure(640, 360, "YUYV")).hasMessageContaining("stop() it first");
        camera.stop();
        CameraFormat smaller = camera.configure(640, 360, "YUYV");
        assertThat(smaller.imageBytes()).isEqualTo(640 * 360 * 2);
        assertThat(smaller.compressed()).isFalse();
        camera.requestBuffers(BUFFERS);
        for (int i = 0; i < BUFFERS; i++) {
            camera.queue(i, windows.get(i).fd(), smaller.imageBytes());
        }
        camera.start();
        assertThat(camera.dequeue(SECONDS).bytesUsed()).isEqualTo(smaller.imageBytes());
        camera.stop();
        checkGuards();
    }

    @Test
    void aLengthPastTheWindowIsRefusedWithBothNumbers() {
        camera.configure(WIDTH, HEIGHT, "YUYV");
        camera.requestBuffers(BUFFERS);
        int fd = windows.get(0).fd();
        assertThatThrownBy(() -> camera.queue(0, fd, FRAME + PAGE))
                .isInstanceOf(CameraException.class)
                .hasMessageContaining((FRAME + PAGE) + " bytes into fd " + fd)
                .hasMessageContaining("has " + FRAME + " bytes");
        camera.queue(0, fd, FRAME);
    }

    @Test
    void aCameraThatVanishesIsSaidSo() {
        startStreaming();
        camera.dequeue(SECONDS);
        set("Disconnect", 1);
        CameraException refusal = catchThrowableOfType(CameraException.class, this::dequeueForever);
        assertThat(refusal.errno()).isEqualTo(Errno.ENODEV.number());
        assertThat(refusal).hasMessageContaining("The camera is gone");
    }

    private void dequeueForever() {
        while (true) {
            camera.dequeue(SECONDS);
        }
    }

    @Test
    void aDamagedFrameIsSaidSoWithItsBuffer() {
        startStreaming();
        set("Inject V4L2_BUF_FLAG_ERROR", 1);
        CameraException damaged = catchThrowableOfType(CameraException.class, this::dequeueForever);
        assertThat(damaged).hasMessageContaining("with damaged data");
        assertThat(damaged.frame()).isPresent();
    }

    @Test
    void silenceIsSaidSo() {
        startStreaming();
        for (int i = 0; i < BUFFERS; i++) {
            camera.dequeue(SECONDS);
        }
        CameraException silence =
                catchThrowableOfType(CameraException.class, () -> camera.dequeue(Duration.ofMillis(100)));
        assertThat(silence).hasMessageContaining("sent no frame within 100 ms");
    }

    @Test
    void aWindowSmallerThanAFrameIsRefused() {
        camera.configure(WIDTH, HEIGHT, "YUYV");
        camera.requestBuffers(BUFFERS);
        try (Window small = pool.openWindow(0, PAGE)) {
            CameraException refusal =
                    catchThrowableOfType(CameraException.class, () -> camera.queue(0, small.fd(), PAGE));
            assertThat(refusal.errno()).isEqualTo(Errno.EINVAL.number());
            assertThat(refusal).hasMessageContaining("smaller than the format's " + FRAME + " bytes");
        }
    }

    private void set(String control, int value) {
        CameraControl named = camera.controls().stream()
                .filter(candidate -> candidate.name().equals(control))
                .findFirst()
                .orElseThrow(() -> new AssertionError(control + " is not among " + camera.controls()));
        camera.setControl(named.id(), value);
    }
}
