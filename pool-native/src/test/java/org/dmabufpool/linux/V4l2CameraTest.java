// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class V4l2CameraTest {

    private static final Duration SOON = Duration.ofMillis(50);

    private final FakeCamera driver = new FakeCamera();
    private final List<String> before = Footprint.descriptors();

    private V4l2Camera camera() {
        return V4l2Camera.open(driver, FakeCamera.PATH);
    }

    private V4l2Camera streaming() {
        V4l2Camera camera = camera();
        camera.configure(640, 480, "YUYV");
        camera.requestBuffers(2);
        camera.queue(0, 41, FakeCamera.FRAME_BYTES);
        camera.queue(1, 42, FakeCamera.FRAME_BYTES);
        camera.start();
        return camera;
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void framesComeInTheOrderTheBuffersWereQueued() {
        try (V4l2Camera camera = streaming()) {
            assertThat(camera.dequeue(SOON)).isEqualTo(new CameraFrame(0, FakeCamera.FRAME_BYTES, 1, 5_000_007_000L));
            camera.queue(0, 41, FakeCamera.FRAME_BYTES);
            assertThat(camera.dequeue(SOON).index()).isEqualTo(1);
            assertThat(camera.dequeue(SOON).sequence()).isEqualTo(3);
        }
        assertThat(driver.log)
                .containsExactly(
                        "format 640x480 YUYV type 1",
                        "buffers 2 of memory 4",
                        "queue 0 fd 41 length 614400 memory 4",
                        "queue 1 fd 42 length 614400 memory 4",
                        "on 1",
                        "queue 0 fd 41 length 614400 memory 4",
                        "off 1",
                        "buffers 0 of memory 4");
    }

    @Test
    void theDriverChoosesTheFormat() {
        try (V4l2Camera camera = camera()) {
            assertThat(camera.configure(1000, 700, "NV12"))
                    .isEqualTo(new CameraFormat(640, 480, "NV12", 1280, FakeCamera.FRAME_BYTES));
            assertThat(camera.setFrameRate(25)).isEqualTo(33_366_666);
            camera.setInput(2);
        }
        assertThat(driver.log).containsExactly("format 1000x700 NV12 type 1", "rate 25", "input 2");
    }

    @Test
    void controlsAreThoseThatCanBeSet() {
        try (V4l2Camera camera = camera()) {
            assertThat(camera.controls()).containsExactly(new CameraControl(3, "Test Pattern", -2, 9, 4));
            camera.setControl(3, 7);
            driver.script(V4l2Layout.S_CTRL, Errno.EINVAL);
            refused(() -> camera.setControl(99, 1)).contains("control 99 to 1").contains("controls()");
        }
        assertThat(driver.log).containsExactly("control 3=7");
    }

    @Test
    void aBusyCamera() {
        try (V4l2Camera camera = camera()) {
            for (long request : new long[] {V4l2Layout.S_FMT, V4l2Layout.REQBUFS, V4l2Layout.STREAMON}) {
                driver.script(request, Errno.EBUSY);
            }
            refused(() -> camera.configure(640, 480, "YUYV"))
                    .contains("VIDIOC_S_FMT on /dev/video7 failed with EBUSY")
                    .contains("fuser -v");
            refused(() -> camera.requestBuffers(2))
                    .contains("VIDIOC_REQBUFS of 2")
                    .contains("EBUSY");
            refused(camera::start).contains("VIDIOC_STREAMON").contains("EBUSY");
        }
        assertThat(driver.log).isEmpty();
    }

    @Test
    void aCameraThatVanishesIsReportedAndClosedQuietly() {
        try (V4l2Camera camera = streaming()) {
            driver.scriptPoll(LinuxAbi.POLLERR);
            driver.script(V4l2Layout.DQBUF, Errno.ENODEV);
            refused(() -> camera.dequeue(SOON)).contains("ENODEV").contains("The camera is gone");
            driver.script(V4l2Layout.QBUF, Errno.ENODEV);
            refused(() -> camera.queue(0, 41, 1)).contains("ENODEV");
            driver.script(V4l2Layout.STREAMOFF, Errno.ENODEV);
            driver.script(V4l2Layout.REQBUFS, Errno.ENODEV);
        }
    }

    @Test
    void aShortFrameIsReportedWithItsBuffer() {
        try (V4l2Camera camera = streaming()) {
            driver.nextBytesUsed = 1000;
            CameraException refusal = catchThrowableOfType(CameraException.class, () -> camera.dequeue(SOON));
            assertThat(refusal)
                    .hasMessageContaining("/dev/video7 sent frame 1 too short: 1000 bytes of 614400 in buffer 0");
            assertThat(refusal.frame()).contains(new CameraFrame(0, 1000, 1, 5_000_007_000L));
            assertThat(refusal.errno()).isZero();
            driver.nextBytesUsed = FakeCamera.FRAME_BYTES;
            assertThat(camera.dequeue(SOON).index()).isEqualTo(1);
        }
    }

    @Test
    void aFrameThatTheDriverCallsDamaged() {
        try (V4l2Camera camera = streaming()) {
            driver.nextFlags = V4l2Layout.BUF_FLAG_ERROR;
            refused(() -> camera.dequeue(SOON)).contains("sent frame 1 with damaged data");
        }
    }

    @Test
    void compressedFramesMayBeShort() {
        driver.compressed = true;
        try (V4l2Camera camera = streaming()) {
            driver.nextBytesUsed = 1000;
            assertThat(camera.dequeue(SOON).bytesUsed()).isEqualTo(1000);
        }
    }

    @Test
    void noFrameInTime() {
        try (V4l2Camera camera = streaming()) {
            driver.scriptPoll(0);
            refused(() -> camera.dequeue(SOON)).contains("/dev/video7 sent no frame within 50 ms");
            driver.scriptPoll(0);
            refused(() -> camera.dequeue(Duration.ofDays(100_000))).contains("2073600000 ms");
        }
    }

    @Test
    void waitingGoesOnAfterSignalsAndAfterAnotherThreadWasFaster() {
        try (V4l2Camera camera = streaming()) {
            driver.scriptPoll(-Errno.EINTR.number(), LinuxAbi.POLLIN);
            driver.script(V4l2Layout.DQBUF, Errno.EAGAIN, Errno.EINTR);
            assertThat(camera.dequeue(Duration.ofSeconds(60)).index()).isZero();
        }
    }

    @Test
    void aCameraThatDoesNotStream() {
        try (V4l2Camera camera = camera()) {
            refused(() -> camera.dequeue(SOON)).contains("EINVAL").contains("does not stream");
        }
        try (V4l2Camera camera = streaming()) {
            camera.dequeue(SOON);
            camera.dequeue(SOON);
            driver.scriptPoll(LinuxAbi.POLLERR);
            refused(() -> camera.dequeue(SOON)).contains("EAGAIN").contains("no buffer is queued");
            driver.scriptPoll(-Errno.ENOMEM.number());
            refused(() -> camera.dequeue(SOON)).contains("poll").contains("ENOMEM");
        }
    }

    @Test
    void aDriverThatCannotWriteIntoDmaBufs() {
        try (V4l2Camera camera = camera()) {
            driver.script(V4l2Layout.REQBUFS, Errno.EINVAL);
            refused(() -> camera.requestBuffers(4)).contains("V4L2_MEMORY_DMABUF");
        }
    }

    @Test
    void aBufferThatIsTooSmall() {
        try (V4l2Camera camera = camera()) {
            camera.configure(640, 480, "YUYV");
            driver.script(V4l2Layout.QBUF, Errno.EINVAL);
            refused(() -> camera.queue(3, 41, 4096))
                    .contains("VIDIOC_QBUF of buffer 3 (fd 41, 4096 bytes)")
                    .contains("614400 bytes");
        }
    }

    @Test
    void aDeviceThatIsNoCamera() {
        driver.capabilities = V4l2Layout.CAP_STREAMING;
        refused(this::camera).contains("(fake, Fake Camera) does not stream frames");
    }

    @Test
    void aDeviceThatIsNotThereOrNotPermitted() {
        driver.openErrno = Errno.ENOENT.number();
        refused(this::camera).contains("ENOENT").contains("Video devices present: /dev/video7.");
        driver.openErrno = Errno.EACCES.number();
        refused(this::camera).contains("SUBSYSTEM==\"video4linux\"");
        driver.openErrno = Errno.EBUSY.number();
        refused(this::camera).contains("fuser -v");
    }

    @Test
    void aFileThatIsNoVideoDevice() {
        assertThatThrownBy(() -> V4l2Camera.open("/dev/null"))
                .isInstanceOf(CameraException.class)
                .hasMessageContaining("VIDIOC_QUERYCAP on /dev/null failed with ENOTTY");
    }

    @Test
    void everyRefusalOfEveryCallLeavesNothingOpen() {
        boolean struck = true;
        for (int n = 1; struck; n++) {
            FaultingSyscalls syscalls = new FaultingSyscalls(new FakeCamera());
            syscalls.failCall(n, Errno.EIO);
            useUntilRefused(syscalls);
            struck = syscalls.struck();
            assertThat(Footprint.descriptors()).as("call %d refused", n).isEqualTo(before);
        }
    }

    private static void useUntilRefused(Syscalls syscalls) {
        try (V4l2Camera camera = V4l2Camera.open(syscalls, FakeCamera.PATH)) {
            camera.configure(640, 480, "YUYV");
            camera.requestBuffers(1);
            camera.queue(0, 41, FakeCamera.FRAME_BYTES);
            camera.start();
            camera.dequeue(SOON);
        } catch (CameraException | org.dmabufpool.heap.HeapException refused) {
            assertThat(refused.getMessage()).contains("EIO");
        }
    }

    @Test
    void devicesAreListedWithWhatTheySay() {
        assertThat(V4l2Devices.describe(driver))
                .containsExactly(new VideoDevice("/dev/video7", "fake", "Fake Camera", true, 0));
        driver.openErrno = Errno.EACCES.number();
        assertThat(V4l2Devices.describe(driver))
                .containsExactly(new VideoDevice("/dev/video7", "", "", false, Errno.EACCES.number()));
        assertThat(V4l2Camera.present()).allMatch(VideoDevice::captures);
    }

    @Test
    void valuesOutOfRangeNeverReachTheDriver() {
        try (V4l2Camera camera = camera()) {
            List<ThrowingCallable> calls = List.of(
                    () -> camera.configure(0, 480, "YUYV"),
                    () -> camera.configure(640, -1, "YUYV"),
                    () -> camera.requestBuffers(0),
                    () -> camera.setFrameRate(0));
            for (ThrowingCallable call : calls) {
                assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(driver.log).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "YUY", "YUYV2", "YÜV2", "YUY\n"})
    void pixelFormatsHaveFourLetters(String fourcc) {
        assertThatThrownBy(() -> V4l2Layout.pixelFormat(fourcc))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("four letters");
    }

    private static org.assertj.core.api.AbstractStringAssert<?> refused(ThrowingCallable call) {
        return assertThat(catchThrowableOfType(CameraException.class, call).getMessage());
    }
}
