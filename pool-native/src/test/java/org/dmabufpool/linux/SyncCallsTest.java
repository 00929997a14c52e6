// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncCallsTest {

    private static final int EINTR = -Errno.EINTR.number();
    private static final int EAGAIN = -Errno.EAGAIN.number();

    private final FakeKernel kernel = new FakeKernel();

    @BeforeEach
    void memoryForThePagesThatAreNeverTouched() {
        kernel.file("/proc/meminfo", "MemAvailable:    100000000 kB\n");
    }

    private DmaBuf buffer(long bytes, String... trusted) {
        RangeSettings ranges = RangeSettings.NONE.trusting(trusted);
        return new DmaHeap(kernel, FakeKernel.HEAP, "sync-test", ranges).allocate(bytes);
    }

    @Test
    void interruptedCallsAreRestartedAndCounted() {
        try (DmaBuf buffer = buffer(4096)) {
            kernel.script(DmaBufIoctl.SYNC, EINTR, EAGAIN, EINTR);
            buffer.syncWhole(SyncPhase.START, Direction.READ);
            assertThat(buffer.restarts()).isEqualTo(3);
            assertThat(kernel.syncs).containsExactly("whole 1");
        }
    }

    @Test
    void restartingHasAnEnd() {
        try (DmaBuf buffer = buffer(4096)) {
            int[] always = new int[SyncCalls.MAX_RESTARTS + 1];
            Arrays.fill(always, EAGAIN);
            kernel.script(DmaBufIoctl.SYNC, always);
            assertThatThrownBy(() -> buffer.syncWhole(SyncPhase.END, Direction.WRITE))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("DMA_BUF_IOCTL_SYNC (END WRITE)")
                    .hasMessageContaining("EAGAIN")
                    .hasMessageContaining("restarted 1000 times")
                    .extracting(failure -> ((HeapException) failure).errno())
                    .isEqualTo(11);
            assertThat(buffer.restarts()).isEqualTo(SyncCalls.MAX_RESTARTS);
            buffer.syncWhole(SyncPhase.END, Direction.WRITE);
        }
    }

    @Test
    void aRefusalNamesCallBufferErrorAndRemedy() {
        try (DmaBuf buffer = buffer(4096)) {
            kernel.script(DmaBufIoctl.SYNC, -Errno.EINVAL.number());
            assertThatThrownBy(() -> buffer.syncWhole(SyncPhase.END, Direction.READ))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining(buffer.name())
                    .hasMessageContaining("EINVAL")
                    .hasMessageContaining("END came without START");
        }
    }

    @Test
    void withoutTheIoctlPartialSyncIsUnsupportedEvenForTrustedExporters() {
        try (DmaBuf buffer = buffer(4096, FakeKernel.HEAP)) {
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isFalse();
            assertThat(buffer.support(SyncWay.PARTIAL).reason()).contains("ENOTTY");
            assertThatThrownBy(() -> buffer.syncRange(SyncPhase.START, Direction.READ, 0, 128))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("ENOTTY");
        }
    }

    @Test
    void anAnswerAloneProvesNothing() {
        kernel.hasPartialSync = true;
        try (DmaBuf buffer = buffer(4096, "other-exporter")) {
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isFalse();
            assertThat(buffer.support(SyncWay.PARTIAL).reason())
                    .contains("proves nothing")
                    .contains("\"system\"")
                    .contains("trustPartialSync");
        }
    }

    @Test
    void askingForSupportSyncsNothing() {
        kernel.hasPartialSync = true;
        try (DmaBuf buffer = buffer(4096, FakeKernel.HEAP)) {
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isTrue();
            assertThat(kernel.syncs).isEmpty();
        }
    }

    @Test
    void aTrustedRangeReachesTheKernelAsItIs() {
        kernel.hasPartialSync = true;
        try (DmaBuf buffer = buffer(3L << 30, FakeKernel.HEAP)) {
            buffer.syncRange(SyncPhase.START, Direction.READ, 256, 128);
            buffer.syncRange(SyncPhase.END, Direction.READ_WRITE, (3L << 30) - 128, 128);
            buffer.syncRange(SyncPhase.END, Direction.WRITE, 0, 3L << 30);
            assertThat(kernel.syncs)
                    .containsExactly(
                            "range 1 at 256 of 128", "range 7 at 3221225344 of 128", "range 6 at 0 of 3221225472");
        }
    }

    @Test
    void aRefusedRangeIsNamed() {
        kernel.hasPartialSync = true;
        try (DmaBuf buffer = buffer(4096, FakeKernel.HEAP)) {
            kernel.script(DmaBufIoctl.SYNC_PARTIAL, EINTR, -Errno.EINVAL.number());
            assertThatThrownBy(() -> buffer.syncRange(SyncPhase.START, Direction.READ, 256, 128))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("DMA_BUF_IOCTL_SYNC_PARTIAL of 128 bytes at 256 (START READ)")
                    .hasMessageContaining("does not take this range");
            assertThat(buffer.restarts()).isEqualTo(1);
        }
    }

    @Test
    void rangesThatAreNotWholeLinesOrNotInsideNeverReachTheKernel() {
        kernel.hasPartialSync = true;
        try (DmaBuf buffer = buffer(4096, FakeKernel.HEAP)) {
            for (long[] range : new long[][] {{0, 0}, {1, 128}, {0, 1}, {128, 127}}) {
                assertThatThrownBy(() -> buffer.syncRange(SyncPhase.START, Direction.READ, range[0], range[1]))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("offset=" + range[0])
                        .hasMessageContaining("length=" + range[1]);
            }
            for (long[] range : new long[][] {{-128, 128}, {0, 4224}, {4096, 128}, {0, -128}, {128, Long.MAX_VALUE}}) {
                assertThatThrownBy(() -> buffer.syncRange(SyncPhase.START, Direction.READ, range[0], range[1]))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThat(kernel.syncs).isEmpty();
        }
    }

    @Test
    void rangesReachToFourGibiBytesLessOneLine() {
        kernel.hasPartialSync = true;
        long gibi4 = 4L << 30;
        try (DmaBuf small = buffer(gibi4 - 4096, FakeKernel.HEAP);
                DmaBuf big = buffer(gibi4, FakeKernel.HEAP)) {
            assertThat(small.rangeSyncLimit()).isEqualTo(small.size());
            assertThat(big.support(SyncWay.PARTIAL).supported()).isTrue();
            assertThat(big.rangeSyncLimit()).isEqualTo(gibi4 - 128);
            big.syncRange(SyncPhase.END, Direction.WRITE, gibi4 - 256, 128);
            assertThatThrownBy(() -> big.syncRange(SyncPhase.END, Direction.WRITE, gibi4 - 128, 128))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("no range beyond byte 4294967168");
            assertThatThrownBy(() -> big.syncRange(SyncPhase.END, Direction.WRITE, 0, gibi4))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(kernel.syncs).containsExactly("range 6 at 4294967040 of 128");
        }
    }

    @Test
    void aPoolBeyondTheReachSyncsTheSlicesThereAsAWholeBufferAndSaysSo() {
        kernel.hasPartialSync = true;
        RangeSettings ranges = RangeSettings.NONE.trusting(FakeKernel.HEAP);
        try (DmaBufPool pool = DmaBufPool.builder()
                        .heap(new DmaHeap(kernel, FakeKernel.HEAP, "sync-test", ranges))
                        .capacity((4L << 30) + 4096)
                        .build();
                Slice low = pool.allocate(4L << 30 >> 1);
                Slice high = pool.allocate((4L << 30 >> 1) + 4096)) {
            assertThat(pool.statistics().syncReason())
                    .contains("slices that end beyond byte 4294967168 are synced as a whole buffer");
            low.read().close();
            assertThat(kernel.syncs).containsExactly("range 1 at 0 of 2147483648", "range 5 at 0 of 2147483648");
            kernel.syncs.clear();
            high.read().close();
            assertThat(kernel.syncs).containsExactly("whole 1", "whole 5");
        }
    }
}
