// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.PoolContract;
import org.dmabufpool.heap.Heap;
import org.junit.jupiter.api.Tag;

@Tag("lab")
class UdmabufPoolLabTest extends PoolContract {

    @Override
    protected Heap heap() {
        return new UdmabufHeap();
    }
}
