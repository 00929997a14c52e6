// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The primitive level checks what slices check. */
class SliceHandlesTest {

    private static final int CAPACITY = 1 << 20;
    /** A generation has 16 bits. */
    private final ModelHeap heap = new ModelHeap();

    private final DmaBufPool pool =
            DmaBufPool.builder().name("handles").heap(heap).capacity(CAPACITY).build();
    private final SliceHandles handles = pool.handles();

    @AfterEach
    void nothingIsLeftBehind() {
        if (!pool.isClosed()) {
            assertThat(pool.statistics().openSlices()).isZero();
            pool.close();
        }
        assertThat(heap.violations()).isEmpty();
    }

    @Test
    void aHandleIsASliceByAnotherName() {
        long handle = handles.allocate(5_000, 8_192, "raw");
        assertThat(handles.offset(handle) % 8_192).isZero();
        assertThat(handles.length(handle)).isEqualTo(5_000);
        assertThat(handles.reservedLength(handle)).isGreaterThanOrEqualTo(5_000);
        assertThat(pool.statistics().openSlices()).isEqualTo(1);
        assertThat(pool.statistics().requestedBytes()).isEqualTo(5_000);
        handles.start(handle, Direction.WRITE);
        handles.view(handle, 0, 5_000).put(4_999, (byte) 7);
        handles.end(handle, Direction.WRITE);
        handles.start(handle, Direction.READ);
        assertThat(handles.view(handle, 4_999, 1).get(0)).isEqualTo((byte) 7);
        assertThatThrownBy(() -> handles.view(handle, 0, 1).put(0, (byte) 1))
                .isInstanceOf(ReadOnlyBufferException.class);
        handles.end(handle, Direction.READ);
        handles.release(handle);
    }

    @Test
    void boundsHold() {
        long handle = handles.allocate(100);
        handles.start(handle, Direction.READ_WRITE);
        assertThatThrownBy(() -> handles.view(handle, 1, 100))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("length=100");
        assertThatThrownBy(() -> handles.view(handle, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        handles.end(handle, Direction.READ_WRITE);
        handles.release(handle);
    }

    @Test
    void aSecondReleaseIsRefusedAndHarmsNoLaterSlice() {
        long first = handles.allocate(100);
        handles.release(first);
        long second = handles.allocate(100);
        assertThat(SlotTable.slot(second)).as("the same place again").isEqualTo(SlotTable.slot(first));
        assertThatThrownBy(() -> handles.release(first))
                .isInstanceOf(SliceReleasedException.class)
                .hasMessageContaining("released before");
        assertThatThrownBy(() -> handles.start(first, Direction.READ)).isInstanceOf(SliceReleasedException.class);
        assertThatThrownBy(() -> handles.offset(first)).isInstanceOf(SliceReleasedException.class);
        assertThat(handles.isOpen(first)).isFalse();
        assertThat(handles.isOpen(second)).isTrue();
        handles.release(second);
    }

    @Test
    void numbersThatNeverWereHandlesAreRefused() {
        for (long handle : new long[] {SliceHandles.NONE, Long.MIN_VALUE, 0, 77, Long.MAX_VALUE, 1L << 29}) {
            assertThat(handles.isOpen(handle)).isFalse();
            assertThatThrownBy(() -> handles.release(handle)).isInstanceOf(SliceReleasedException.class);
            assertThatThrownBy(() -> handles.end(handle, Direction.READ)).isInstanceOf(SliceReleasedException.class);
        }
    }

    @Test
    void anAccessIsEndedAsItWasStarted() {
        long handle = handles.allocate(100);
        assertThatThrownBy(() -> handles.end(handle, Direction.WRITE))
                .isInstanceOf(AccessConflictException.class)
                .hasMessageContaining("no WRITE access is open");
        handles.start(handle, Direction.READ);
        assertThatThrownBy(() -> handles.end(handle, Direction.WRITE)).isInstanceOf(AccessConflictException.class);
        assertThatThrownBy(() -> handles.start(handle, Direction.WRITE)).isInstanceOf(AccessConflictException.class);
        assertThatThrownBy(() -> handles.release(handle)).isInstanceOf(AccessConflictException.class);
        handles.end(handle, Direction.READ);
        handles.release(handle);
    }

    @Test
    void exhaustionIsAnAnswerOrSaysWhy() {
        long all = handles.allocate(CAPACITY, 0, "all of it");
        assertThat(handles.tryAllocate(1)).isEqualTo(SliceHandles.NONE);
        assertThatThrownBy(() -> handles.allocate(1))
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("all of it: 1 slices, " + CAPACITY + " bytes");
        assertThat(pool.statistics().exhausted()).isEqualTo(2);
        handles.release(all);
        assertThat(pool.availability(CAPACITY / 4)).isEqualTo(4);
    }

    @Test
    void afterCloseEveryCallSaysSo() {
        long handle = handles.allocate(100);
        assertThatThrownBy(pool::close).isInstanceOf(OpenSlicesException.class);
        assertThatThrownBy(() -> handles.allocate(1)).isInstanceOf(PoolClosedException.class);
        assertThatThrownBy(() -> handles.start(handle, Direction.READ)).isInstanceOf(PoolClosedException.class);
        assertThatThrownBy(() -> handles.offset(handle)).isInstanceOf(PoolClosedException.class);
        handles.release(handle);
    }
}
