// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.AccessConflictException;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                    .isEqualTo(new CameraFormat(640, 480, "NV12", 1280, FakeCamera.FRAME_BYTES, false));
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

    /** The driver's list decides, then what is known of the format; what the driver says of a line never does. */
    @ParameterizedTest
    @CsvSource({
        "MJPG, MJPG, 1, 0, true",
        "MJPG, MJPG, 1, 1280, true",
        "H264, YUYV, 0, 1280, true",
        "Z16 , Z16 , 1, 1280, true",
        "MJPG, MJPG, 0, 1280, false",
        "YUYV, YUYV, 0, 0, false",
        "NV12, YUYV, 0, 1280, false",
    })
    void onlyCompressedFramesMayBeShort(String fourcc, String listed, int flags, int bytesPerLine, boolean compressed) {
        String format = (fourcc + " ").substring(0, 4);
        driver.formats.clear();
        driver.formats.put("RGB3", 0);
        driver.formats.put((listed + " ").substring(0, 4), flags);
        driver.bytesPerLine = bytesPerLine;
        driver.nextBytesUsed = 1000;
        try (V4l2Camera camera = camera()) {
            assertThat(camera.configure(640, 480, format).compressed()).isEqualTo(compressed);
            camera.requestBuffers(1);
            camera.queue(0, 41, FakeCamera.FRAME_BYTES);
            camera.start();
            if (compressed) {
                assertThat(camera.dequeue(SOON).bytesUsed()).isEqualTo(1000);
            } else {
                refused(() -> camera.dequeue(SOON)).contains("too short");
            }
        }
    }

    @Test
    void aDriverThatListsNoFormatsAndOneThatFailsToList() {
        try (V4l2Camera camera = camera()) {
            driver.script(V4l2Layout.ENUM_FMT, Errno.ENOTTY);
            assertThat(camera.configure(640, 480, "JPEG").compressed()).isTrue();
            driver.script(V4l2Layout.ENUM_FMT, Errno.ENODEV);
            refused(() -> camera.configure(640, 480, "JPEG"))
                    .contains("VIDIOC_ENUM_FMT of format 0")
                    .contains("The camera is gone");
        }
    }

    @Test
    void theFormatMayChangeBetweenStreams() {
        try (V4l2Camera camera = streaming()) {
            refused(() -> camera.configure(320, 240, "YUYV"))
                    .contains("/dev/video7 streams, and cannot change its format to YUYV: stop() it first");
            camera.stop();
            driver.log.clear();
            camera.configure(320, 240, "YUYV");
            assertThat(driver.log).containsExactly("buffers 0 of memory 4", "format 320x240 YUYV type 1");
            camera.requestBuffers(1);
            camera.queue(0, 41, FakeCamera.FRAME_BYTES);
            camera.start();
            assertThat(camera.dequeue(SOON).index()).isZero();
        }
    }

    @Test
    void buffersThatTheDriverDoesNotGiveBackAreAskedForAgain() {
        try (V4l2Camera camera = camera()) {
            camera.requestBuffers(1);
            driver.script(V4l2Layout.REQBUFS, Errno.EIO);
            refused(() -> camera.configure(640, 480, "YUYV")).contains("VIDIOC_REQBUFS of 0");
            camera.configure(640, 480, "YUYV");
        }
        assertThat(driver.log)
                .containsExactly("buffers 1 of memory 4", "buffers 0 of memory 4", "format 640x480 YUYV type 1");
    }

    @Test
    void aStopThatIsRefusedCanBeTriedAgain() {
        try (V4l2Camera camera = streaming()) {
            driver.script(V4l2Layout.STREAMOFF, Errno.EIO);
            refused(camera::stop).contains("VIDIOC_STREAMOFF").contains("EIO");
            driver.log.clear();
            camera.stop();
            camera.stop();
            assertThat(driver.log).containsExactly("off 1");
        }
    }

    @Test
    void aCloseTriesAllWhateverIsRefusedAndOnceOnly() {
        V4l2Camera camera = streaming();
        driver.script(V4l2Layout.STREAMOFF, Errno.EIO);
        CameraException refusal = catchThrowableOfType(CameraException.class, camera::close);
        assertThat(refusal).hasMessageContaining("VIDIOC_STREAMOFF");
        assertThat(refusal.getSuppressed()).hasSize(1);
        assertThat(refusal.getSuppressed()[0]).hasMessageContaining("VIDIOC_REQBUFS of 0");
        assertThat(Footprint.descriptors()).isEqualTo(before);
        camera.close();
        camera.stop();
    }

    @Test
    void aLengthPastTheEndOfTheDmaBufNeverReachesTheDriver() {
        try (V4l2Camera camera = camera()) {
            camera.configure(640, 480, "YUYV");
            camera.requestBuffers(1);
            driver.log.clear();
            driver.dmaBufBytes = 4096;
            refused(() -> camera.queue(3, 41, 4097))
                    .contains(
                            "/dev/video7 cannot write 4097 bytes into fd 41 for buffer 3: that dma-buf has 4096 bytes");
            assertThatThrownBy(() -> camera.queue(3, 41, -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("length=-1");
            assertThat(driver.log).isEmpty();
            camera.queue(0, 41, 4096);
            driver.dmaBufBytes = -Errno.ESPIPE.number();
            camera.queue(1, 42, 4097);
            assertThat(driver.log).hasSize(2);
        }
    }

    @Test
    void aMultiPlanarCamera() {
        driver.capabilities = V4l2Layout.CAP_VIDEO_CAPTURE_MPLANE | V4l2Layout.CAP_STREAMING;
        refused(this::camera).contains("(fake, Fake Camera) is multi-planar only; not supported yet.");
        assertThat(V4l2Devices.describe(driver))
                .containsExactly(new VideoDevice("/dev/video7", "fake", "Fake Camera", false, true, 0));
        driver.capabilities |= V4l2Layout.CAP_VIDEO_CAPTURE;
        assertThat(V4l2Devices.describe(driver))
                .containsExactly(new VideoDevice("/dev/video7", "fake", "Fake Camera", true, true, 0));
    }

    @Test
    void noFrameInTime() {
        try (V4l2Camera camera = streaming()) {
            driver.scriptPoll(0);
            refused(() -> camera.dequeue(SOON)).contains("/dev/video7 sent no frame within 50 ms");
            driver.scriptPoll(0);
            refused(() -> camera.dequeue(Duration.ofDays(100_000))).contains("2073600000 ms");
            driver.scriptPoll(0, 0);
            refused(() -> camera.dequeue(Duration.ofSeconds(Long.MAX_VALUE))).contains("2073600000 ms");
            refused(() -> camera.dequeue(Duration.ofSeconds(Long.MIN_VALUE))).contains("within 0 ms");
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
    void aSliceIsLentFromQueueToDequeueAndTheRestUntilStop() {
        try (DmaBufPool pool = DmaBufPool.builder()
                .heap(new UdmabufHeap(new FakeKernel(), "camera-test"))
                .capacity(4 << 20)
                .build()) {
            Slice first = pool.allocate(FakeCamera.FRAME_BYTES);
            Slice second = pool.allocate(FakeCamera.FRAME_BYTES);
            try (V4l2Camera camera = camera()) {
                camera.configure(640, 480, "YUYV");
                camera.requestBuffers(2);
                camera.queue(0, first);
                assertThatThrownBy(() -> camera.queue(1, first))
                        .isInstanceOf(AccessConflictException.class)
                        .hasMessageContaining("lent to 'camera /dev/video7' for WRITE");
                refused(() -> camera.queue(0, second)).contains("buffer 0 queued already");
                camera.queue(1, second);
                assertThatThrownBy(first::read)
                        .isInstanceOf(AccessConflictException.class)
                        .hasMessageContaining("camera /dev/video7");
                camera.start();
                assertThat(camera.dequeue(SOON).index()).isZero();
                first.read().close();
                driver.script(V4l2Layout.QBUF, Errno.EINVAL);
                refused(() -> camera.queue(0, first)).contains("VIDIOC_QBUF");
                first.read().close();
                second.close();
                assertThat(pool.statistics().retiringSlices()).isEqualTo(1);
                driver.script(V4l2Layout.STREAMOFF, Errno.EIO);
                refused(camera::stop).contains("EIO");
                assertThat(pool.statistics().retiringSlices()).isEqualTo(1);
                camera.stop();
                assertThat(pool.statistics().retiringSlices()).isZero();
                camera.configure(320, 240, "YUYV");
            }
            assertThat(driver.log).containsSubsequence("off 1", "buffers 0 of memory 4", "format 320x240 YUYV type 1");
            first.close();
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
                .containsExactly(new VideoDevice("/dev/video7", "fake", "Fake Camera", true, false, 0));
        driver.openErrno = Errno.EACCES.number();
        assertThat(V4l2Devices.describe(driver))
                .containsExactly(new VideoDevice("/dev/video7", "", "", false, false, Errno.EACCES.number()));
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
