// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.AfterEach;

/** The contract over memory that is not coherent, synced by way of WHOLE; the model sees no violation. */
class ModelWholeBufferPoolTest extends PoolContract {

    private final ModelHeap heap =
            ModelHeap.supporting(SyncWay.WHOLE).withOldArm64().withSeed(1);

    @Override
    protected Heap heap() {
        return heap;
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(heap.violations()).isEmpty();
    }
}
