// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pool does when its heap refuses. */
class TroubleTest {

    private static final long CAPACITY = 1 << 20;

    private final TroubledHeap heap = new TroubledHeap(new ModelHeap());

    @ParameterizedTest
    @EnumSource(Direction.class)
    void aRefusedStartLeavesTheSliceAsItWas(Direction direction) {
        try (DmaBufPool pool = pool();
                Slice slice = pool.allocate(100)) {
            heap.refused = SyncPhase.START;
            assertThatThrownBy(() -> slice.access(direction)).isInstanceOf(HeapException.class);
            heap.refused = null;
            slice.readWrite().close();
        }
    }

    @Test
    void aRefusedEndHasEndedAndIsCleanedBeforeTheBytesAreHandedOn() {
        try (DmaBufPool pool = pool()) {
            Slice slice = pool.allocate(100);
            CpuAccess access = slice.write();
            access.buffer().put(0, (byte) 7);
            heap.refused = SyncPhase.END;
            assertThatThrownBy(access::close).isInstanceOf(HeapException.class);
            access.close();
            heap.refused = null;
            heap.ranges.clear();
            slice.close();
            assertThat(heap.ranges).contains("END WRITE " + slice.offset() + "+" + slice.reservedLength());
            assertThat(pool.statistics().quarantinedBytes()).isZero();
            assertThat(pool.statistics().usedBytes()).isZero();
        }
    }

    @Test
    void bytesThatCannotBeCleanedAreKeptOutOfCirculation() {
        try (DmaBufPool pool = pool()) {
            Slice slice = pool.allocate(100);
            CpuAccess access = slice.write();
            heap.refused = SyncPhase.END;
            assertThatThrownBy(access::close).isInstanceOf(HeapException.class);
            assertThatThrownBy(slice::close)
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("kept out of circulation");
            slice.close();
            PoolStatistics after = pool.statistics();
            assertThat(after.quarantinedBytes())
                    .isEqualTo(slice.reservedLength())
                    .isEqualTo(after.usedBytes());
            assertThat(after.openSlices()).isZero();
        }
    }

    @Test
    void aCleanSliceIsNotCleanedAgain() {
        try (DmaBufPool pool = pool()) {
            Slice slice = pool.allocate(100);
            slice.write().close();
            heap.ranges.clear();
            slice.close();
            assertThat(heap.ranges).isEmpty();
        }
    }

    @Test
    void aStuckDeviceIsATimeoutAndNotAHang() {
        try (DmaBufPool pool = pool();
                Slice slice = pool.allocate(SliceRequest.of(100).tag("stuck"))) {
            heap.fencesPending = true;
            assertThatThrownBy(() -> slice.access(Direction.READ, Duration.ofMillis(3)))
                    .isInstanceOf(FenceTimeoutException.class)
                    .hasMessageContaining("3000000 ns")
                    .hasMessageContaining("shares with others")
                    .hasMessageContaining("stuck");
            heap.fencesPending = false;
            slice.access(Direction.READ, Duration.ZERO).close();
            slice.access(Direction.WRITE, Duration.ofSeconds(Long.MAX_VALUE)).close();
        }
    }

    @Test
    void aPoolThatCannotBeBuiltGivesItsBufferBack() {
        assertThatThrownBy(() -> DmaBufPool.builder()
                        .heap(new TroubledHeap(ModelHeap.supporting(SyncWay.WINDOW)))
                        .capacity(CAPACITY)
                        .sync(SyncWay.PARTIAL)
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DmaBufPool.builder()
                        .heap(heap)
                        .capacity(CAPACITY)
                        .sync(SyncWay.VENDOR)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VENDOR");
        assertThat(heap.closedBuffers).isEqualTo(1);
        assertThatThrownBy(() -> DmaBufPool.builder().heap(heap).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("capacity=not set");
        assertThatThrownBy(() -> DmaBufPool.builder().capacity(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DmaBufPool.builder().alignment(64)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DmaBufPool.builder().alignment(192)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DmaBufPool.builder().accessTimeout(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private DmaBufPool pool() {
        return DmaBufPool.builder().heap(heap).capacity(CAPACITY).build();
    }
}
