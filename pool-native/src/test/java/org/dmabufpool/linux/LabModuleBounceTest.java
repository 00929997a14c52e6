// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.linux.LabModule.Exporter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel module itself: what it refuses, and that it gives everything back. */
@Tag("lab-bounce")
class LabModuleBounceTest {

    private static final int PAGE = 4096;
    private static final long MIB = 1L << 20;
    private static final Path BOUNCE_SLOTS_USED = Path.of("/sys/kernel/debug/swiotlb/io_tlb_used");
    private static final Path USERS = Path.of("/sys/module/dmabuf_pool_lab/refcnt");

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0",
        "4095, 0",
        "4097, 0",
        "-4096, 0",
        "1073745920, 0",
        "9223372036854771712, 0",
        "4096, 2",
        "4096, -1",
    })
    void allocationsThatCannotBeAreInvalid(long size, int mode) {
        assertThat(Errno.EINVAL.is(LabModule.tryAllocate(size, mode))).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void buffersSayWhoExportsThem(Exporter exporter) {
        int fd = LabModule.allocate(3 * PAGE, exporter);
        FdInfo info = FdInfo.of(Libc.INSTANCE, fd);
        assertThat(info.exporter()).isEqualTo(exporter.kernelName());
        assertThat(info.size()).isEqualTo(3 * PAGE);
        Libc.INSTANCE.close(fd);
    }

    @ParameterizedTest
    @CsvSource({
        // flags, offset, length
        "1, 0, 0", "6, 8192, 0", "1, 0, 12289", "1, 12288, 1", "1, 4096, 8193", "1, -128, 128", "1, -128, 256",
        "6, 128, -128", "6, -1, -1", "0, 0, 128", "4, 0, 128", "8, 0, 128", "9, 0, 128", "4294967297, 0, 128",
        "-1, 0, 128",
    })
    void rangesAndFlagsThatCannotBeAreInvalid(long flags, int offset, int length) {
        for (Exporter exporter : Exporter.values()) {
            try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(3 * PAGE, exporter))) {
                assertThat(Errno.EINVAL.is(partialSync(fd.number(), flags, offset, length)))
                        .isTrue();
                assertThat(LabModule.takeCounters(fd.number()).totalCalls()).isZero();
            }
        }
    }

    @Test
    void rangesUpToTheLastByteAreSynced() {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(3 * PAGE, Exporter.RANGED));
                LabCamera camera = new LabCamera(fd.number())) {
            assertThat(partialSync(fd.number(), 1, 0, 3 * PAGE)).isZero();
            assertThat(partialSync(fd.number(), 1, 3 * PAGE - 1, 1)).isZero();
            assertThat(camera.read(3 * PAGE - 1)).isZero();
            assertThat(LabModule.takeCounters(fd.number()).partialBytes(SyncPhase.START, Direction.READ))
                    .isEqualTo(3 * PAGE + 1);
        }
    }

    @Test
    void withNoDeviceAttachedNothingIsSynced() {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(PAGE, Exporter.RANGED))) {
            assertThat(partialSync(fd.number(), 1, 0, PAGE)).isZero();
            LabCounters counters = LabModule.takeCounters(fd.number());
            assertThat(counters.partialCalls(SyncPhase.START, Direction.READ)).isEqualTo(1);
            assertThat(counters.totalBytes()).isZero();
        }
    }

    @Test
    void badAddressesAndDescriptorsAreToldApart() {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(PAGE, Exporter.RANGED));
                LabCamera camera = new LabCamera(fd.number())) {
            long nowhere = 8;
            assertThat(Errno.EFAULT.is(Libc.INSTANCE.ioctl(fd.number(), DmaBufIoctl.SYNC_PARTIAL, nowhere)))
                    .isTrue();
            assertThat(Errno.EFAULT.is(camera.dma(LabModuleLayout.CAMERA_READ, 0, PAGE, nowhere)))
                    .isTrue();
            assertThat(Errno.EFAULT.is(camera.dma(LabModuleLayout.CAMERA_WRITE, 0, PAGE, nowhere)))
                    .isTrue();
            for (LabVendor vendor : LabVendor.values()) {
                assertThat(Errno.EBADF.is(vendor.trySync(999_999, SyncPhase.START, Direction.READ, 0, PAGE)))
                        .isTrue();
            }
            assertThat(Errno.EBUSY.is(camera.tryAttach(fd.number())))
                    .as("a camera takes one buffer")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0, 12289",
        "12288, 1",
        "-1, 1",
        "-1, 2",
        "1, -1",
        "4096, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
    })
    void dmaBeyondTheBufferIsInvalid(long offset, long length) {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(3 * PAGE, Exporter.RANGED));
                LabCamera camera = new LabCamera(fd.number())) {
            long address = Scratch.cleared(0).address();
            assertThat(Errno.EINVAL.is(camera.dma(LabModuleLayout.CAMERA_READ, offset, length, address)))
                    .isTrue();
            assertThat(Errno.EINVAL.is(camera.dma(LabModuleLayout.CAMERA_WRITE, offset, length, address)))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 12289", "12288, 1", "-1, 1"})
    void vendorRangesBeyondTheBufferAreInvalid(long offset, long length) {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(3 * PAGE, Exporter.RANGED))) {
            for (LabVendor vendor : LabVendor.values()) {
                long answer = vendor.trySync(fd.number(), SyncPhase.END, Direction.WRITE, offset, length);
                assertThat(Errno.EINVAL.is(answer)).isTrue();
            }
        }
    }

    @Test
    void otherCommandsOfDmaBufsGoTheirWay() {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(PAGE, Exporter.RANGED))) {
            DmaBufNames.set(Libc.INSTANCE, fd.number(), "buffer", "named");
            assertThat(FdInfo.of(Libc.INSTANCE, fd.number()).name()).isEqualTo("named");
            long unknown = IoctlEncoding.iow('b', 9, 8);
            assertThat(Errno.ENOTTY.is(Libc.INSTANCE.ioctl(fd.number(), unknown, 0)))
                    .isTrue();
        }
    }

    @Test
    void closedBuffersGiveBackTheirMemoryAndBounceSlots() throws IOException {
        useOneBuffer(MIB);
        long slots = number(BOUNCE_SLOTS_USED);
        long memory = LinuxFacts.read().memoryAvailableBytes().orElseThrow();
        for (int i = 0; i < 50; i++) {
            useOneBuffer(16 * MIB);
        }
        assertThat(number(BOUNCE_SLOTS_USED)).isEqualTo(slots);
        assertThat(LinuxFacts.read().memoryAvailableBytes().orElseThrow()).isGreaterThan(memory - 100 * MIB);
    }

    private static void useOneBuffer(long bytes) throws IOException {
        long slots = number(BOUNCE_SLOTS_USED);
        try (LabRig rig = LabRig.ranged();
                DmaBuf buffer = rig.allocate(bytes)) {
            buffer.view(bytes - 1, 1).put(0, (byte) 1);
            buffer.syncRange(SyncPhase.END, Direction.WRITE, bytes - PAGE, PAGE);
            assertThat(rig.camera().read(bytes - 1)).isEqualTo((byte) 1);
            assertThat(number(BOUNCE_SLOTS_USED)).as("DMA bounces").isGreaterThan(slots);
        }
    }

    @Test
    void aBufferOutlivesItsDescriptorAsLongAsTheCameraHasIt() {
        int fd = LabModule.allocate(PAGE, Exporter.RANGED);
        try (LabCamera camera = new LabCamera(fd)) {
            Libc.INSTANCE.close(fd);
            camera.fill(0, PAGE, 5);
            assertThat(camera.read(PAGE - 1)).isEqualTo((byte) 5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theModuleStaysWhileItIsInUse(boolean mapped) throws IOException {
        int fd = LabModule.allocate(PAGE, Exporter.RANGED);
        MappedMemory mapping = mapped ? MappedMemory.map(Libc.INSTANCE, "buffer", fd, PAGE) : null;
        if (mapped) {
            Libc.INSTANCE.close(fd);
        }
        assertThat(number(USERS)).isPositive();
        assertThat(Errno.EAGAIN.is(LabModule.unload())).isTrue();
        if (mapping == null) {
            Libc.INSTANCE.close(fd);
        } else {
            mapping.close();
        }
        assertThat(number(USERS)).isZero();
    }

    @Test
    void unloadedItLeavesAStockKernelAndComesBack() throws IOException {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE)) {
            for (int round = 0; round < 5; round++) {
                assertThat(LinuxFacts.partialSyncAnswers(buffer.fd())).isTrue();
                assertThat(LabModule.unload()).isZero();
                assertThat(LinuxFacts.partialSyncAnswers(buffer.fd())).isFalse();
                assertThat(Path.of(LabModuleLayout.EXPORTER_NODE)).doesNotExist();
                assertThat(LabModule.load()).isZero();
            }
        }
    }

    @Test
    void unloadingIsRefusedWhileOthersCall() throws IOException, InterruptedException {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE)) {
            Thread caller = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    partialSync(buffer.fd(), 1, 0, PAGE);
                }
            });
            caller.start();
            for (int round = 0; round < 10; round++) {
                int answer = LabModule.unload();
                if (answer == 0) {
                    assertThat(LabModule.load()).isZero();
                } else {
                    assertThat(Errno.EAGAIN.is(answer)).isTrue();
                }
            }
            caller.interrupt();
            caller.join();
        }
    }

    private static int partialSync(int fd, long flags, int offset, int length) {
        Scratch sync = Scratch.cleared(DmaBufIoctl.SYNC_PARTIAL_BYTES)
                .putLong(DmaBufIoctl.FLAGS, flags)
                .putInt(DmaBufIoctl.PARTIAL_OFFSET, offset)
                .putInt(DmaBufIoctl.PARTIAL_LENGTH, length);
        return Libc.INSTANCE.ioctl(fd, DmaBufIoctl.SYNC_PARTIAL, sync.address());
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).trim());
    }
}
