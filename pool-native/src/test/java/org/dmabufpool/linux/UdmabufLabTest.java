// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's udmabuf driver. */
@Tag("lab")
class UdmabufLabTest {

    private static final int PAGE = 4096;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private final UdmabufHeap heap = new UdmabufHeap();

    @Test
    void aWindowIsThePoolsOwnMemoryAtItsOffset() {
        try (DmaBuf pool = heap.allocate(MIB);
                Window window = pool.openWindow(5 * PAGE, 2 * PAGE)) {
            MappedMemory throughWindow = MappedMemory.map(Libc.INSTANCE, "window", window.fd(), 2 * PAGE);
            for (int i = 0; i < 2 * PAGE; i += 4) {
                pool.view(5L * PAGE + i, 4).putInt(0, i + 1);
            }
            for (int i = 0; i < 2 * PAGE; i += 4) {
                assertThat(throughWindow.view(i, 4).getInt(0)).isEqualTo(i + 1);
                throughWindow.view(i, 4).putInt(0, -1);
            }
            assertThat(pool.view(5L * PAGE - 4, 4).getInt(0)).isZero();
            assertThat(pool.view(5L * PAGE, 4).getInt(0)).isEqualTo(-1);
            assertThat(pool.view(7L * PAGE - 4, 4).getInt(0)).isEqualTo(-1);
            assertThat(pool.view(7L * PAGE, 4).getInt(0)).isZero();
            throughWindow.close();
        }
    }

    @Test
    void windowsLieBeyondFourGibibytesToo() {
        try (DmaBuf pool = heap.allocate(5 * GIB);
                Window window = pool.openWindow(4 * GIB + PAGE, PAGE)) {
            MappedMemory throughWindow = MappedMemory.map(Libc.INSTANCE, "window", window.fd(), PAGE);
            pool.view(4 * GIB + PAGE, 8).putLong(0, 4711);
            assertThat(throughWindow.view(0, 8).getLong(0)).isEqualTo(4711);
            assertThat(pool.support(SyncWay.WHOLE).supported()).isFalse();
            throughWindow.close();
        }
    }

    @Test
    void everyPhaseAndDirectionOfAWindowSyncs() {
        List<String> before = Footprint.descriptors();
        try (DmaBuf pool = heap.allocate(MIB);
                Window window = pool.openWindow(0, PAGE)) {
            for (Direction direction : Direction.values()) {
                window.sync(SyncPhase.END, direction);
                window.sync(SyncPhase.START, direction);
                window.sync(SyncPhase.END, direction);
                pool.syncWhole(SyncPhase.START, direction);
                pool.syncWhole(SyncPhase.END, direction);
            }
            assertThat(FdInfo.of(Libc.INSTANCE, window.fd()).exporter()).isEqualTo("udmabuf");
            assertThat(FdInfo.of(Libc.INSTANCE, pool.fd()).name()).isEqualTo("dmabuf-pool");
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
        assertThat(Footprint.mappings()).isZero();
    }

    @Test
    void withoutPrimingAnEndIsRefused() {
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "unprimed", PAGE)) {
            int device = Libc.INSTANCE.open(UdmabufIoctl.DEVICE, LinuxAbi.O_RDWR);
            int unprimed = create(device, memfd.number());
            assertThat(unprimed).isNotNegative();
            Scratch end = Scratch.cleared(DmaBufIoctl.SYNC_BYTES)
                    .putLong(DmaBufIoctl.FLAGS, DmaBufIoctl.syncFlags(SyncPhase.END, Direction.READ_WRITE));
            assertThat(Errno.EINVAL.is(Libc.INSTANCE.ioctl(unprimed, DmaBufIoctl.SYNC, end.address())))
                    .isTrue();
            Libc.INSTANCE.close(unprimed);
            Libc.INSTANCE.close(device);
        }
    }

    @Test
    void aMemfdThatCouldShrinkIsInvalidAndWhatIsNoMemfdIsBad() {
        int device = Libc.INSTANCE.open(UdmabufIoctl.DEVICE, LinuxAbi.O_RDWR);
        int unsealed = Libc.INSTANCE.memfdCreate("unsealed", LinuxAbi.MFD_CLOEXEC | LinuxAbi.MFD_ALLOW_SEALING);
        assertThat(Libc.INSTANCE.ftruncate(unsealed, PAGE)).isZero();
        int answer = create(device, unsealed);
        assertThat(Errno.EINVAL.is(answer)).isTrue();
        int anything = create(device, device);
        assertThat(Errno.EBADFD.is(anything)).isTrue();
        Libc.INSTANCE.close(unsealed);
        Libc.INSTANCE.close(device);
    }

    private static int create(int device, int memfd) {
        Scratch create = Scratch.cleared(UdmabufIoctl.CREATE_BYTES)
                .putInt(UdmabufIoctl.MEMFD, memfd)
                .putInt(UdmabufIoctl.FLAGS, UdmabufIoctl.FLAG_CLOEXEC)
                .putLong(UdmabufIoctl.SIZE, PAGE);
        return Libc.INSTANCE.ioctl(device, UdmabufIoctl.CREATE, create.address());
    }

    @Test
    void aWindowBeyondTheLimitIsRefused() {
        long limit = LinuxFacts.read().udmabuf().sizeLimitBytes().orElseThrow();
        try (DmaBuf pool = heap.allocate(limit + MIB)) {
            List<String> before = Footprint.descriptors();
            assertThat(pool.support(SyncWay.WHOLE).supported()).isFalse();
            assertThatThrownBy(() -> pool.openWindow(0, limit + MIB))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("EINVAL")
                    .hasMessageContaining("size_limit_mb says " + limit / MIB + " MiB");
            pool.openWindow(PAGE, limit).close();
            assertThat(Footprint.descriptors()).isEqualTo(before);
        }
    }

    @Test
    void theLimitOfWindowsIsTheKernels() {
        long limit = LinuxFacts.read().udmabuf().sizeLimitBytes().orElseThrow();
        try (DmaBuf pool = heap.allocate(MIB)) {
            assertThat(pool.windowLimit()).isEqualTo(limit < Sizes.ADDRESS_SPACE ? limit : Long.MAX_VALUE);
            assertThat(pool.windowLimitRemedy().isEmpty()).isEqualTo(limit >= Sizes.ADDRESS_SPACE);
        }
    }

    /** Linux 6.0 and later; of an idle dma-buf the kernel exports a fence that is signalled. */
    @Test
    void anIdleWindowExportsASignalledFence() {
        try (DmaBuf pool = heap.allocate(MIB);
                Window window = pool.openWindow(0, PAGE)) {
            assertThat(pool.pendingFences()).isNull();
            int exported = window.exportFence(Direction.READ_WRITE);
            try (Fence fence = pool.adoptFence(exported)) {
                assertThat(fence.state()).isEqualTo(Fence.State.SIGNALLED);
            }
            window.importFence(Direction.READ, exported);
            assertThat(window.awaitFences(Direction.WRITE, 0)).isTrue();
            assertThatThrownBy(() -> window.importFence(Direction.READ, window.fd()))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("no sync_file");
            assertThat(Libc.INSTANCE.close(exported)).isZero();
        }
    }

    @Test
    void whatIsNoSyncFileIsToldByTheKernel() {
        try (DmaBuf pool = heap.allocate(MIB)) {
            for (String path : List.of("/dev/zero", "/dev/udmabuf", "/dev/dma_heap/system", "/proc/self/maps")) {
                int file = Libc.INSTANCE.open(path, LinuxAbi.O_RDONLY);
                assertThatThrownBy(() -> pool.adoptFence(file))
                        .as(path)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("fd " + file + " is no sync_file");
                assertThat(Libc.INSTANCE.close(file)).isZero();
            }
            assertThatThrownBy(() -> pool.adoptFence(pool.fd())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aDmaBufIsNoMemfdAndIsAdoptedAsWhatItIs() {
        try (DmaBuf pool = heap.allocate(MIB);
                DmaBuf adopted = new AdoptedHeap(pool.fd()).allocate(MIB)) {
            assertThat(Memfd.is(Libc.INSTANCE, pool.fd())).isFalse();
            assertThat(adopted.exporter()).isEqualTo("udmabuf");
            assertThat(adopted.support(SyncWay.WHOLE).supported()).isTrue();
            assertThat(adopted.unmappedReason()).isEmpty();
        }
    }

    @Test
    void runningOutOfDescriptorsIsSaidAndLosesNothing() {
        List<String> before = Footprint.descriptors();
        List<Window> windows = new ArrayList<>();
        try (DmaBuf pool = heap.allocate(MIB)) {
            assertThatThrownBy(() -> pool.openWindow(0, PAGE - 1)).isInstanceOf(IllegalArgumentException.class);
            HeapException refusal = catchThrowableOfType(HeapException.class, () -> openForever(pool, windows));
            windows.forEach(Window::close);
            assertThat(refusal.errno()).isEqualTo(Errno.EMFILE.number());
            assertThat(refusal).hasMessageContaining("RLIMIT_NOFILE");
            assertThat(windows).hasSizeGreaterThan(100);
            pool.openWindow(0, PAGE).close();
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    private static void openForever(DmaBuf pool, List<Window> windows) {
        while (true) {
            windows.add(pool.openWindow(0, PAGE));
        }
    }
}
