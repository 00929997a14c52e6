// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.ByteBuffer;

/**
 * A device that reads and writes a model buffer by DMA: it sees memory, and never the CPU's cache.
 *
 * <p>Safe for use by many threads.
 */
public final class ModelDevice {

    private final ModelDmaBuf buffer;

    ModelDevice(ModelDmaBuf buffer) {
        this.buffer = buffer;
    }

    /**
     * Writes what remains of {@code source} at an offset of the buffer.
     *
     * @throws IndexOutOfBoundsException if that does not lie within the buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public void write(long offset, ByteBuffer source) {
        buffer.checkRange(offset, source.remaining());
        buffer.memory().deviceWrite((int) offset, source);
    }

    /**
     * Fills what remains of {@code target} from an offset of the buffer.
     *
     * @throws IndexOutOfBoundsException if that does not lie within the buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public void read(long offset, ByteBuffer target) {
        buffer.checkRange(offset, target.remaining());
        buffer.memory().deviceRead((int) offset, target);
    }
}
