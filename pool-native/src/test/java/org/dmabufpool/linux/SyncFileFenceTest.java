// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.Fence.State;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fences that are adopted, exported, imported and seen pending. */
class SyncFileFenceTest {

    private static final long MIB = 1L << 20;

    private final FakeKernel kernel = new FakeKernel();
    private final List<String> before = Footprint.descriptors();
    private final DmaBuf buffer =
            new DmaHeap(kernel, FakeKernel.HEAP, "dmabuf-fences", RangeSettings.NONE).allocate(8192);

    @AfterEach
    void nothingIsLeftOpen() {
        buffer.close();
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"0, PENDING", "1, SIGNALLED", "-5, FAILED", "-125, FAILED"})
    void theStateIsTheKernels(int status, State state) {
        FakeKernel.FakeFence device = new FakeKernel.FakeFence();
        int theirs = kernel.syncFile(device);
        try (Fence fence = buffer.adoptFence(theirs)) {
            assertThat(fence.state()).isEqualTo(State.PENDING);
            device.status = status;
            assertThat(fence.state()).isEqualTo(state);
            assertThat(fence).hasToString("the fence of fd " + theirs);
        }
        assertThat(kernel.close(theirs)).as("stays the caller's").isZero();
    }

    @Test
    void anAdoptedFenceOutlivesTheCallersDescriptorAndTheBuffer() {
        FakeKernel.FakeFence device = new FakeKernel.FakeFence();
        int theirs = kernel.syncFile(device);
        Fence fence = buffer.adoptFence(theirs);
        assertThat(kernel.close(theirs)).isZero();
        buffer.close();
        device.status = 1;
        assertThat(fence.state()).isEqualTo(State.SIGNALLED);
        fence.close();
        fence.close();
        assertThatThrownBy(fence::state)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void whatIsNoSyncFileIsRefusedByItsNumber() {
        assertThatThrownBy(() -> buffer.adoptFence(buffer.fd()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fd " + buffer.fd() + " is no sync_file")
                .hasMessageContaining("ENOTTY");
        int file = kernel.open("/dev/zero", LinuxAbi.O_RDWR);
        assertThatThrownBy(() -> buffer.adoptFence(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fd " + file + " is no sync_file");
        kernel.close(file);
        assertThatThrownBy(() -> buffer.adoptFence(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("syncFileFd=-1");
        assertThatThrownBy(() -> buffer.adoptFence(999_999))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("fd 999999 failed with EBADF");
    }

    @Test
    void aRefusalToTellTheStateIsNoState() {
        int theirs = kernel.syncFile(new FakeKernel.FakeFence());
        kernel.script(SyncFileIoctl.FILE_INFO, -Errno.ENOMEM.number());
        assertThatThrownBy(() -> buffer.adoptFence(theirs))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("SYNC_IOC_FILE_INFO on the fence of fd " + theirs + " failed with ENOMEM");
        try (Fence fence = buffer.adoptFence(theirs)) {
            kernel.script(SyncFileIoctl.FILE_INFO, -Errno.EIO.number());
            assertThatThrownBy(fence::state).isInstanceOf(HeapException.class).hasMessageContaining("EIO");
        }
        kernel.close(theirs);
    }

    @ParameterizedTest
    @CsvSource({"READ, 1", "WRITE, 2", "READ_WRITE, 3"})
    void exportAndImportTellWhatIsDoneWithTheMemory(Direction direction, int flags) {
        int exported = buffer.exportFence(direction);
        buffer.importFence(direction, exported);
        assertThat(kernel.fenceCalls).containsExactly("export " + flags, "import " + flags + " status 0");
        assertThat(kernel.close(exported)).as("the caller's").isZero();
    }

    @Test
    void aWindowsFencesAreItsOwn() {
        try (DmaBuf windowed = new UdmabufHeap(kernel, "dmabuf-fences").allocate(MIB);
                Window window = windowed.openWindow(4096, 4096)) {
            int exported = window.exportFence(Direction.WRITE);
            window.importFence(Direction.READ, exported);
            assertThat(kernel.fenceCalls).containsExactly("export 2", "import 1 status 0");
            kernel.close(exported);
            kernel.hasSyncFiles = false;
            assertThatThrownBy(() -> window.exportFence(Direction.READ))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("window at 4096 of " + windowed.name());
        }
    }

    @Test
    void aKernelFromBeforeSixHasNone() {
        kernel.hasSyncFiles = false;
        kernel.busy = true;
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> buffer.exportFence(Direction.READ), () -> buffer.importFence(Direction.READ, 7))) {
            assertThatThrownBy(use)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("SYNC_FILE")
                    .hasMessageContaining("on " + buffer.name() + " needs Linux 6.0")
                    .hasMessageContaining("ENOTTY");
        }
        assertThat(buffer.pendingFences()).isNull();
    }

    @Test
    void aRefusalOfTheKernelIsAHeapException() {
        assertThatThrownBy(() -> buffer.importFence(Direction.WRITE, buffer.fd()))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("DMA_BUF_IOCTL_IMPORT_SYNC_FILE of fd " + buffer.fd())
                .hasMessageContaining("EINVAL")
                .hasMessageContaining("no sync_file");
        kernel.script(DmaBufIoctl.EXPORT_SYNC_FILE, -Errno.EMFILE.number());
        assertThatThrownBy(() -> buffer.exportFence(Direction.WRITE))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("EMFILE")
                .hasMessageContaining("RLIMIT_NOFILE");
        kernel.busy = true;
        kernel.script(DmaBufIoctl.EXPORT_SYNC_FILE, -Errno.EMFILE.number());
        assertThatThrownBy(buffer::pendingFences).isInstanceOf(HeapException.class);
    }

    @Test
    void interruptedCallsAreRestarted() {
        kernel.script(DmaBufIoctl.EXPORT_SYNC_FILE, -Errno.EINTR.number(), -Errno.EAGAIN.number());
        int exported = buffer.exportFence(Direction.WRITE);
        assertThat(buffer.restarts()).isEqualTo(2);
        kernel.close(exported);
    }

    @Test
    void withoutAPendingFenceNoDescriptorIsMade() {
        assertThat(buffer.pendingFences()).isNull();
        assertThat(kernel.polled).containsExactly(LinuxAbi.POLLOUT + " for 0");
        assertThat(kernel.fenceCalls).isEmpty();
    }

    @Test
    void pendingFencesAreThoseOfReadersAndWritersAsOne() {
        kernel.busy = true;
        FakeKernel.FakeFence device = kernel.pending;
        try (Fence fence = buffer.pendingFences()) {
            assertThat(kernel.fenceCalls).containsExactly("export 3");
            assertThat(fence).isNotNull();
            assertThat(fence.state()).isEqualTo(State.PENDING);
            kernel.pending = new FakeKernel.FakeFence();
            device.status = 1;
            assertThat(fence.state()).as("a later fence is not in it").isEqualTo(State.SIGNALLED);
        }
    }

    @Test
    void aMemfdHasNoFences() {
        int theirs = kernel.syncFile(new FakeKernel.FakeFence());
        try (DmaBuf memfd = new MemfdHeap(kernel, "dmabuf-fences").allocate(4096)) {
            for (ThrowingCallable use : List.<ThrowingCallable>of(
                    () -> memfd.exportFence(Direction.READ),
                    () -> memfd.importFence(Direction.READ, theirs),
                    () -> memfd.adoptFence(theirs))) {
                assertThatThrownBy(use)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining(memfd.name() + " as a whole has no fences: a memfd is no dma-buf.");
            }
            assertThat(memfd.pendingFences()).isNull();
        }
        kernel.close(theirs);
    }

    @Test
    void whereNoDescriptorSpansTheBufferItsWindowsHaveTheFences() {
        int theirs = kernel.syncFile(new FakeKernel.FakeFence());
        try (DmaBuf big = new UdmabufHeap(kernel, "dmabuf-fences").allocate(65 * MIB)) {
            assertThat(big.fd()).isEqualTo(-1);
            assertThatThrownBy(() -> big.exportFence(Direction.READ))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("size_limit_mb")
                    .hasMessageEndingWith("Its windows have fences.");
            assertThat(big.pendingFences()).isNull();
            big.adoptFence(theirs).close();
        }
        kernel.close(theirs);
    }

    @Test
    void afterCloseThereAreNone() {
        buffer.close();
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> buffer.exportFence(Direction.READ),
                () -> buffer.importFence(Direction.READ, 0),
                () -> buffer.adoptFence(0),
                buffer::pendingFences)) {
            assertThatThrownBy(use).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
        }
    }
}
