// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemfdHeapTest {

    private static final long GIB = 1L << 30;

    private final MemfdHeap heap = new MemfdHeap();

    @Test
    void itNeedsNoSyncAndHasNoneOfTheWays() {
        try (DmaBuf buffer = heap.allocate(4096)) {
            assertThat(buffer.support(SyncWay.NONE).supported()).isTrue();
            assertThat(buffer.support(SyncWay.NONE).reason()).contains("no device");
            for (SyncWay way : List.of(SyncWay.PARTIAL, SyncWay.WINDOW, SyncWay.WHOLE)) {
                assertThat(buffer.support(way).supported()).as("%s", way).isFalse();
            }
            assertThatThrownBy(() -> buffer.openWindow(0, 4096)).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> buffer.syncWhole(SyncPhase.START, Direction.READ))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("no dma-buf");
        }
    }

    @Test
    void sizesAreRoundedUpToPages() {
        try (DmaBuf buffer = heap.allocate(4097)) {
            assertThat(buffer.size()).isEqualTo(8192);
            assertThat(buffer.pageSize()).isEqualTo(4096);
            assertThat(buffer.exporter()).isEqualTo("memfd");
            assertThat(buffer.name()).startsWith("memfd #");
            assertThat(buffer).hasToString(buffer.name() + " (8192 bytes, exporter memfd)");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 47) + 1})
    void sizesThatNoAddressSpaceHoldsAreRefused(long bytes) {
        List<String> before = Footprint.descriptors();
        assertThatThrownBy(() -> heap.allocate(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes=" + bytes);
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void aSizeThatOnlyTheKernelCanRefuseIsRefusedByIt() {
        List<String> before = Footprint.descriptors();
        assertThatThrownBy(() -> heap.allocate(1L << 47))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("mmap of 140737488355328 bytes on memfd failed with ENOMEM");
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void sixGibibytesAreThereWithoutTakingMemory() {
        try (DmaBuf buffer = heap.allocate(6 * GIB)) {
            for (long offset : new long[] {0, 2 * GIB - 4, 2 * GIB, 4 * GIB - 4, 4 * GIB, 6 * GIB - 8}) {
                buffer.view(offset, 8).putLong(0, ~offset);
                assertThat(buffer.view(offset, 8).getLong(0)).isEqualTo(~offset);
                assertThat(buffer.view(offset + 4, 4).getInt(0)).isEqualTo((int) (~offset >>> 32));
                buffer.view(offset, 8).putLong(0, 0);
            }
        }
    }

    @Test
    void viewsOutsideAreRefused() {
        try (DmaBuf buffer = heap.allocate(2 * GIB)) {
            for (long[] part : new long[][] {{-1, 1}, {0, -1}, {2 * GIB, 1}, {2 * GIB - 1, 2}, {Long.MAX_VALUE, 1}}) {
                assertThatThrownBy(() -> buffer.view(part[0], (int) part[1]))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("offset " + part[0])
                        .hasMessageContaining("length " + part[1])
                        .hasMessageContaining("2147483648");
            }
            assertThatThrownBy(() -> buffer.view(0, DmaBuf.MAX_VIEW + 1))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("1073741825");
        }
    }

    @Test
    void nativeCodeFindsTheMemoryAtItsAddress() {
        try (DmaBuf buffer = heap.allocate(2 * GIB)) {
            buffer.view(GIB + 4096, 8).putLong(0, 4711);
            assertThat(Libc.bufferAt(buffer.address() + GIB + 4096, 8)
                            .order(ByteOrder.nativeOrder())
                            .getLong(0))
                    .isEqualTo(4711);
            assertThat(buffer.address() % 4096).isZero();
            assertThat(buffer.unmappedReason()).isEmpty();
        }
    }

    @Test
    void readOnlyViewsAreCheckedAsOthersAre() {
        try (DmaBuf buffer = heap.allocate(8192)) {
            buffer.view(4096, 4).putInt(0, 42);
            ByteBuffer view = buffer.readOnlyView(4096, 4);
            assertThat(view.getInt(0)).isEqualTo(42);
            assertThatThrownBy(() -> view.putInt(0, 1)).isInstanceOf(ReadOnlyBufferException.class);
            assertThatThrownBy(() -> buffer.readOnlyView(8192, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void afterCloseOnlyWhatNeedsNoKernelAnswers() {
        List<String> before = Footprint.descriptors();
        DmaBuf buffer = heap.allocate(4096);
        ByteBuffer stale = buffer.view(0, 4);
        stale.putInt(0, 42);
        buffer.close();
        buffer.close();
        assertThat(stale.getInt(0)).isZero();
        assertThat(buffer.name()).startsWith("memfd");
        assertThat(buffer.size() + buffer.pageSize()).isEqualTo(8192);
        assertThat(buffer.exporter()).isEqualTo("memfd");
        assertThat(buffer.toString()).endsWith("closed)");
        assertThat(buffer.support(SyncWay.NONE).supported()).isTrue();
        assertThat(buffer.restarts()).isZero();
        assertThat(buffer.listener()).isSameAs(PoolListener.NONE);
        List<Runnable> others = List.of(
                buffer::fd,
                () -> buffer.view(0, 1),
                () -> buffer.readOnlyView(0, 1),
                buffer::address,
                () -> buffer.syncWhole(SyncPhase.START, Direction.READ),
                () -> buffer.syncRange(SyncPhase.START, Direction.READ, 0, 128),
                () -> buffer.openWindow(0, 4096));
        for (Runnable other : others) {
            assertThatThrownBy(other::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed");
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void theLabelShowsInTheKernel() {
        try (DmaBuf buffer = heap.labelled("burst-frames").allocate(4096)) {
            assertThat(Footprint.mappingsNaming("memfd:burst-frames")).isEqualTo(1);
            assertThat(buffer.fd()).isNotNegative();
        }
        assertThat(Footprint.mappingsNaming("memfd:burst-frames")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a-name-that-has-thirty-two-bytes", "ääääääääääääääää"})
    void labelsThatTheKernelWouldNotTakeAreRefused(String label) {
        assertThatThrownBy(() -> heap.labelled(label))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 31 bytes");
        assertThat(heap.labelled("a-name-that-has-thirty-one-byte").name()).isEqualTo("memfd");
    }

    @Test
    void anotherProcessCannotShrinkIt() {
        try (DmaBuf buffer = heap.allocate(8192)) {
            assertThat(Errno.EPERM.is(Libc.INSTANCE.ftruncate(buffer.fd(), 4096)))
                    .isTrue();
        }
    }
}
