// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;

/**
 * A device that has a dma-buf attached, and reads and writes it by DMA when told: a copy engine, a camera's test pattern,
 * a GPU. What {@link SyncSelfTest} needs to see whether a sync call does anything.
 *
 * <p>It must go to memory and not through the CPU's cache, as a mapping of the same buffer would.
 */
public interface DeviceLoop {

    /**
     * The device writes; it has done when the call returns.
     *
     * @param offset first byte within the dma-buf
     * @param bytes what to write, from position to limit
     */
    void write(long offset, ByteBuffer bytes);

    /**
     * The device reads; it has done when the call returns.
     *
     * @param offset first byte within the dma-buf
     * @param into filled from position to limit with what the device saw
     */
    void read(long offset, ByteBuffer into);
}
