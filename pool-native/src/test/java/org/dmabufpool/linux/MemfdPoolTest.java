// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.PoolContract;
import org.dmabufpool.heap.Heap;

class MemfdPoolTest extends PoolContract {

    @Override
    protected Heap heap() {
        return new MemfdHeap();
    }
}
