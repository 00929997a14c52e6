// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Direction;

/** {@code enum dma_data_direction}, which speaks of the device (include/linux/dma-direction.h). */
final class KernelDirection {

    private static final int BIDIRECTIONAL = 0;
    private static final int TO_DEVICE = 1;
    private static final int FROM_DEVICE = 2;

    private KernelDirection() {}

    /** The device reads what the CPU writes, and the other way round. */
    static int of(Direction cpu) {
        if (cpu == Direction.READ_WRITE) {
            return BIDIRECTIONAL;
        }
        return cpu == Direction.WRITE ? TO_DEVICE : FROM_DEVICE;
    }
}
