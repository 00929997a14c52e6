// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabufpool.alloc.Placement;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;

/** A pool keeps its contract with blocks of powers of two. */
class BuddyPoolTest extends PoolContract {

    @Override
    protected Heap heap() {
        return ModelHeap.supporting(SyncWay.PARTIAL);
    }

    @Override
    protected Placement placement() {
        return Placement.BUDDY;
    }

    @Test
    void slicesLieOnMultiplesOfTheirBlocks() {
        try (DmaBufPool pool = DmaBufPool.builder()
                        .heap(heap())
                        .capacity(1 << 20)
                        .placement(Placement.BUDDY)
                        .build();
                Slice small = pool.allocate(5_000);
                Slice large = pool.allocate(200_000)) {
            assertThat(small.offset() % 8192).isZero();
            assertThat(large.offset() % (1 << 18)).isZero();
            assertThat(pool.statistics().usedBytes()).isEqualTo(8192 + (1 << 18));
        }
    }
}
