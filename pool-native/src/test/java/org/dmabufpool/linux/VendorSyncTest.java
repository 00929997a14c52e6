// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Test;

class VendorSyncTest {

    private static final VendorSync LWIS = new LwisSync(FakeKernel.VENDOR_PATH);
    private static final VendorSync XRING = new XringSync(FakeKernel.VENDOR_PATH);

    private final FakeKernel kernel = new FakeKernel();

    private DmaHeap heap(VendorSync vendor) {
        return new DmaHeap(kernel, FakeKernel.HEAP, "vendor-test", RangeSettings.NONE).vendorSync(vendor);
    }

    /** As a C compiler computes them from the vendors' headers. */
    @Test
    void numbersOfTheIoctls() {
        assertThat(XringSync.BEGIN).isEqualTo(0xC0305804L);
        assertThat(XringSync.END).isEqualTo(0xC0305805L);
        assertThat(LwisSync.PACKET).isEqualTo(0xC0104C64L);
        assertThat(new XringSync().device()).isEqualTo("/dev/xr_dmabuf_helper");
    }

    @Test
    void xringIsToldRangeDirectionAndPhase() {
        try (DmaBuf buffer = heap(XRING).allocate(1 << 20)) {
            buffer.syncRange(SyncPhase.START, Direction.READ, 256, 128);
            buffer.syncRange(SyncPhase.END, Direction.WRITE, 0, 1 << 20);
            buffer.syncRange(SyncPhase.END, Direction.READ_WRITE, (1 << 20) - 128, 128);
            assertThat(kernel.syncs)
                    .containsExactly(
                            "xring c0305804 fd DMABUF direction 2 at 256 of 128",
                            "xring c0305805 fd DMABUF direction 1 at 0 of 1048576",
                            "xring c0305805 fd DMABUF direction 0 at 1048448 of 128");
        }
    }

    @Test
    void lwisIsToldRangeDirectionAndPhase() {
        try (DmaBuf buffer = heap(LWIS).allocate(1 << 20)) {
            buffer.syncRange(SyncPhase.START, Direction.READ, 256, 128);
            buffer.syncRange(SyncPhase.END, Direction.WRITE, 0, 1 << 20);
            buffer.syncRange(SyncPhase.START, Direction.READ_WRITE, (1 << 20) - 128, 128);
            assertThat(kernel.syncs)
                    .containsExactly(
                            "lwis 20200 next 0 fd DMABUF flags 101 at 256 of 128",
                            "lwis 20200 next 0 fd DMABUF flags 10000 at 0 of 1048576",
                            "lwis 20200 next 0 fd DMABUF flags 10101 at 1048448 of 128");
        }
    }

    @Test
    void offsetsOfTwoGibiBytesAndMoreAreNotNegative() {
        kernel.file("/proc/meminfo", "MemAvailable:    100000000 kB\n");
        try (DmaBuf xring = heap(XRING).allocate(4L << 30);
                DmaBuf lwis = heap(LWIS).allocate(4L << 30)) {
            for (DmaBuf buffer : List.of(xring, lwis)) {
                assertThat(buffer.rangeSyncLimit()).isEqualTo((4L << 30) - 128);
                buffer.syncRange(SyncPhase.END, Direction.WRITE, 3L << 30, (1L << 30) - 128);
            }
            assertThat(kernel.syncs)
                    .containsExactly(
                            "xring c0305805 fd DMABUF direction 1 at 3221225472 of 1073741696",
                            "lwis 20200 next 0 fd DMABUF flags 10000 at 3221225472 of 1073741696");
        }
    }

    @Test
    void aNamedDeviceIsTakenInsteadOfThePartialIoctlAndSaysSo() {
        kernel.hasPartialSync = true;
        DmaHeap heap = heap(XRING).trustPartialSync(FakeKernel.HEAP);
        try (DmaBufPool pool = DmaBufPool.builder().heap(heap).capacity(1 << 20).build();
                Slice slice = pool.allocate(1000)) {
            assertThat(pool.statistics().syncWay()).isEqualTo(SyncWay.VENDOR);
            assertThat(pool.statistics().syncReason()).contains("/dev/vendor opens and is named by setting");
            slice.write().close();
            assertThat(kernel.syncs)
                    .containsExactly(
                            "xring c0305804 fd DMABUF direction 1 at " + slice.offset() + " of 1024",
                            "xring c0305805 fd DMABUF direction 1 at " + slice.offset() + " of 1024");
            assertThat(heap.allocate(1).support(SyncWay.PARTIAL).reason()).contains("through /dev/vendor instead");
        }
    }

    @Test
    void aDeviceThatDoesNotOpenLeavesTheOtherWaysAndSaysWhy() {
        kernel.refuse(FakeKernel.VENDOR_PATH, Errno.EACCES);
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(heap(LWIS)).capacity(1 << 20).build()) {
            assertThat(pool.statistics().syncWay()).isEqualTo(SyncWay.WHOLE);
            assertThat(pool.statistics().syncReason())
                    .contains("not PARTIAL: this kernel answers ENOTTY")
                    .contains("not VENDOR: open on /dev/vendor failed with EACCES");
        }
        assertThatThrownBy(() -> DmaBufPool.builder()
                        .heap(heap(LWIS))
                        .capacity(1 << 20)
                        .sync(SyncWay.VENDOR)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("open on /dev/vendor failed with EACCES")
                .hasMessageContaining("SELinux");
    }

    @Test
    void withoutADeviceTheWayIsNotSupported() {
        try (DmaBuf buffer = new DmaHeap(kernel, FakeKernel.HEAP, "vendor-test", RangeSettings.NONE).allocate(1)) {
            assertThat(buffer.support(SyncWay.VENDOR).supported()).isFalse();
            assertThat(buffer.support(SyncWay.VENDOR).reason()).contains("no device is named with vendorSync");
        }
    }

    @Test
    void anAdoptedBufferTakesADeviceToo() {
        int theirs = kernel.dmaBuf(4096);
        try (DmaBuf buffer = new AdoptedHeap(kernel, theirs, RangeSettings.NONE)
                .vendorSync(XRING)
                .allocate(1)) {
            buffer.syncRange(SyncPhase.START, Direction.READ, 0, 128);
            assertThat(kernel.syncs).containsExactly("xring c0305804 fd DMABUF direction 2 at 0 of 128");
        } finally {
            kernel.close(theirs);
        }
    }

    @Test
    void interruptedCallsAreRestartedWhereverTheDeviceSaysIt() {
        try (DmaBuf lwis = heap(LWIS).allocate(4096);
                DmaBuf xring = heap(XRING).allocate(4096)) {
            kernel.lwisOutcomes.addAll(List.of(-Errno.EINTR.number(), -Errno.EAGAIN.number()));
            lwis.syncRange(SyncPhase.START, Direction.READ, 0, 128);
            assertThat(lwis.restarts()).isEqualTo(2);
            kernel.script(XringSync.BEGIN, -Errno.EINTR.number());
            xring.syncRange(SyncPhase.START, Direction.READ, 0, 128);
            assertThat(xring.restarts()).isEqualTo(1);
            assertThat(kernel.syncs).hasSize(4);
        }
    }

    @Test
    void restartingHasAnEnd() {
        try (DmaBuf buffer = heap(XRING).allocate(4096)) {
            int[] always = new int[SyncCalls.MAX_RESTARTS + 1];
            Arrays.fill(always, -Errno.EAGAIN.number());
            kernel.script(XringSync.END, always);
            assertThatThrownBy(() -> buffer.syncRange(SyncPhase.END, Direction.WRITE, 0, 128))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("restarted 1000 times");
            assertThat(kernel.syncs).isEmpty();
        }
    }

    /** The ioctl answers 0, and the refusal stands in the argument. */
    @Test
    void aRefusalInTheArgumentIsARefusal() {
        try (DmaBuf buffer = heap(LWIS).allocate(4096)) {
            kernel.lwisOutcomes.add(-Errno.EINVAL.number());
            assertThatThrownBy(() -> buffer.syncRange(SyncPhase.END, Direction.WRITE, 256, 128))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("sync of 128 bytes at 256 through /dev/vendor (END WRITE)")
                    .hasMessageContaining(buffer.name())
                    .hasMessageContaining("compare the VendorSync with the driver's header")
                    .extracting(refusal -> ((HeapException) refusal).errno())
                    .isEqualTo(Errno.EINVAL.number());
        }
    }

    @Test
    void aDeviceThatDoesNotKnowTheCallIsNamed() {
        try (DmaBuf buffer = heap(XRING).allocate(4096)) {
            kernel.script(XringSync.BEGIN, -Errno.ENOTTY.number());
            assertThatThrownBy(() -> buffer.syncRange(SyncPhase.START, Direction.READ, 0, 128))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("its driver has another version");
        }
    }

    @Test
    void anImplementationSeesJustItsArgumentEachTimeCleared() {
        VendorSync untidy = new VendorSync() {
            @Override
            public String device() {
                return FakeKernel.VENDOR_PATH;
            }

            @Override
            public int argumentBytes() {
                return 16;
            }

            @Override
            public long fill(
                    ByteBuffer argument, int fd, SyncPhase phase, Direction direction, long offset, long length) {
                assertThat(argument.capacity() == argument.limit() || argument.limit() == 16)
                        .isTrue();
                assertThat(argument.remaining()).isEqualTo(16);
                assertThat(argument.getLong(0) | argument.getLong(8)).isZero();
                argument.position(3);
                argument.limit(9);
                argument.put(5, (byte) 1);
                return 1;
            }
        };
        try (DmaBuf buffer = heap(untidy).allocate(4096)) {
            buffer.syncRange(SyncPhase.START, Direction.READ, 0, 128);
            buffer.syncRange(SyncPhase.END, Direction.READ, 0, 128);
            assertThat(kernel.syncs).hasSize(2);
        }
    }

    @Test
    void theDeviceIsClosedWithTheBuffer() {
        List<String> before = Footprint.descriptors();
        try (DmaBuf buffer = heap(LWIS).allocate(4096)) {
            assertThat(Footprint.descriptors()).hasSize(before.size() + 2);
            assertThat(buffer.support(SyncWay.VENDOR).supported()).isTrue();
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }
}
