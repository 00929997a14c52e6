// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pools of docs/choosing.md that need a kernel with dma-bufs. */
@Tag("lab")
class ChoosingLabTest {

    private static SyncWay used(DmaBufPool.Builder builder) {
        // The guest has less memory than a board.
        try (DmaBufPool pool = builder.capacity(16 << 20).build();
                Slice slice = pool.allocate(1000);
                CpuAccess access = slice.write()) {
            access.buffer().put(0, (byte) 1);
            return pool.statistics().syncWay();
        }
    }

    @Test
    void eachTakesTheWayThatTheDocumentNames() {
        assertThat(used(ChoosingExamples.camera())).isEqualTo(SyncWay.WINDOW);
        assertThat(used(ChoosingExamples.coherent())).isEqualTo(SyncWay.NONE);
        // A stock kernel does not know the ioctl: trust alone changes nothing.
        assertThat(used(ChoosingExamples.rockchip())).isEqualTo(SyncWay.WHOLE);
    }
}
