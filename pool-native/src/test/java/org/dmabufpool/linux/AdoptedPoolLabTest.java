// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.PoolContract;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

@Tag("lab")
class AdoptedPoolLabTest extends PoolContract {

    private final DmaBuf theirs = new DmaHeap("system").allocate(4 << 20);

    @Override
    protected Heap heap() {
        return new AdoptedHeap(theirs.fd());
    }

    @AfterEach
    void closeTheirs() {
        theirs.close();
    }
}
