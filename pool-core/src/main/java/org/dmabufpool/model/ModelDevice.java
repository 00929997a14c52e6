// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.ByteBuffer;

/**
 * A device that reads and writes a model buffer by DMA: it sees memory, and never the CPU's cache. A coherent one asks
 * and tells the cache, and needs no sync.
 *
 * <p>Safe for use by many threads.
 */
public final class ModelDevice {

    private final ModelDmaBuf buffer;
    private final String name;
    private final boolean coherent;

    ModelDevice(ModelDmaBuf buffer, String name, boolean coherent) {
        this.buffer = buffer;
        this.name = name;
        this.coherent = coherent;
    }

    /** What reports call it. */
    public String name() {
        return name;
    }

    /** Whether it sees the CPU's cache. */
    public boolean isCoherent() {
        return coherent;
    }

    /**
     * Writes what remains of {@code source} at an offset of the buffer.
     *
     * @throws IndexOutOfBoundsException if that does not lie within the buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public void write(long offset, ByteBuffer source) {
        DeviceCall call = call(true, offset, source.remaining());
        synchronized (buffer.memory()) {
            buffer.transfer(call, call.range().from(), source);
        }
    }

    /**
     * Fills what remains of {@code target} from an offset of the buffer.
     *
     * @throws IndexOutOfBoundsException if that does not lie within the buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public void read(long offset, ByteBuffer target) {
        DeviceCall call = call(false, offset, target.remaining());
        synchronized (buffer.memory()) {
            buffer.transfer(call, call.range().from(), target);
        }
    }

    /**
     * Begins to write what remains of {@code source}, which is not copied, at an offset of the buffer. Nothing is
     * transferred before {@link ModelTransfer#progress} or {@link ModelTransfer#finish}.
     *
     * @throws IndexOutOfBoundsException if that does not lie within the buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public ModelTransfer beginWrite(long offset, ByteBuffer source) {
        return begin(call(true, offset, source.remaining()), source);
    }

    /**
     * Begins to fill what remains of {@code target} from an offset of the buffer, as {@link #beginWrite}.
     *
     * @throws IndexOutOfBoundsException if that does not lie within the buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public ModelTransfer beginRead(long offset, ByteBuffer target) {
        return begin(call(false, offset, target.remaining()), target);
    }

    @Override
    public String toString() {
        return (coherent ? "coherent device '" : "device '") + name + "'";
    }

    private DeviceCall call(boolean writes, long offset, int length) {
        buffer.checkRange(offset, length);
        return new DeviceCall(name, coherent, writes, Range.of(offset, length));
    }

    private ModelTransfer begin(DeviceCall call, ByteBuffer bytes) {
        ModelTransfer transfer =
                new ModelTransfer(buffer, call, ModelMemory.part(bytes, bytes.position(), bytes.remaining()));
        synchronized (buffer.memory()) {
            buffer.transfers().begun(transfer);
        }
        return transfer;
    }
}
