// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Accesses to parts of a slice sync the lines they touch, and no line besides. */
class PartialAccessTest {

    private final ModelHeap model = new ModelHeap();
    private final TroubledHeap heap = new TroubledHeap(model);
    private final DmaBufPool pool = DmaBufPool.builder()
            .heap(heap)
            .capacity(1 << 20)
            .sync(SyncWay.PARTIAL)
            .build();
    private final Slice slice = pool.allocate(10_000);
    private final long at = slice.offset();

    @AfterEach
    void close() {
        slice.close();
        pool.close();
        assertThat(model.violations()).isEmpty();
    }

    @Test
    void aRangeIsRoundedOutToLines() {
        slice.read(130, 1).close();
        assertThat(heap.ranges).containsExactly("START READ " + (at + 128) + "+128", "END READ " + (at + 128) + "+128");
    }

    @Test
    void aWriteThatCutsALineFetchesItsRest() {
        slice.write(130, 1).close();
        slice.write(256, 128).close();
        assertThat(heap.ranges)
                .containsExactly(
                        "START READ_WRITE " + (at + 128) + "+128",
                        "END READ_WRITE " + (at + 128) + "+128",
                        "START WRITE " + (at + 256) + "+128",
                        "END WRITE " + (at + 256) + "+128");
    }

    @Test
    void theLastLineOfASliceIsAllItsOwn() {
        slice.write(9_984, 16).close();
        assertThat(heap.ranges.get(0)).isEqualTo("START WRITE " + (at + 9_984) + "+128");
    }

    @Test
    void rowsThatTouchTheSameLinesAreJoined() {
        slice.access(Direction.READ, SliceRange.rectangle(0, 64, 128, 3)).close();
        slice.access(Direction.READ, SliceRange.rectangle(0, 64, 1024, 2)).close();
        assertThat(heap.ranges)
                .containsExactly(
                        "START READ " + at + "+384",
                        "END READ " + at + "+384",
                        "START READ " + at + "+128",
                        "START READ " + (at + 1024) + "+128",
                        "END READ " + at + "+128",
                        "END READ " + (at + 1024) + "+128");
        assertThat(pool.statistics().sync().bytes()).isEqualTo(2 * 384 + 4 * 128);
    }

    @Test
    void viewsStayWithinWhatWasOpened() {
        try (CpuAccess one = slice.readWrite(100, 50)) {
            assertThat(one.buffer().capacity()).isEqualTo(50);
            one.buffer().put(0, (byte) 5);
            assertThat(one.buffer(100, 1).get(0)).isEqualTo((byte) 5);
            assertThatThrownBy(() -> one.buffer(99, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> one.buffer(149, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        try (CpuAccess two = slice.access(Direction.READ, List.of(new SliceRange(0, 9), new SliceRange(500, 9)))) {
            assertThat(two.buffer(500, 9).capacity()).isEqualTo(9);
            assertThatThrownBy(two::buffer).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> two.buffer(0, 509)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void rangesThatAreNotWithinTheSliceAreRefused() {
        assertThatThrownBy(() -> slice.read(9_999, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.read(-1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> slice.read(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> slice.read(Long.MAX_VALUE, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> slice.access(Direction.READ, Collections.emptyList()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SliceRange.rectangle(0, 65, 64, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SliceRange.rectangle(0, 64, 64, 0)).isInstanceOf(IllegalArgumentException.class);
        slice.write().close();
    }
}
