// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * DMA that takes its time: begun by a {@link ModelDevice}, moved on in steps, finished when the test says so. Real
 * devices signal the end by a fence or an interrupt; an access that starts earlier is a violation.
 *
 * <p>Safe for use by many threads.
 */
public final class ModelTransfer {

    private final ModelDmaBuf buffer;
    private final DeviceCall call;
    private final ByteBuffer bytes;
    private boolean finished;

    ModelTransfer(ModelDmaBuf buffer, DeviceCall call, ByteBuffer bytes) {
        this.buffer = buffer;
        this.call = call;
        this.bytes = bytes;
    }

    /**
     * Transfers the next bytes, at most so many.
     *
     * @param most bytes, 0 or more
     * @throws IllegalStateException if the transfer is finished, or the buffer closed
     */
    public void progress(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("bytes to transfer must not be negative: most=" + most);
        }
        synchronized (buffer.memory()) {
            if (finished) {
                throw new IllegalStateException("already finished: " + call);
            }
            move(Math.min(most, bytes.remaining()));
        }
    }

    /** Transfers what is left, and is done. A second call does nothing. */
    public void finish() {
        synchronized (buffer.memory()) {
            if (!finished) {
                move(bytes.remaining());
                finished = true;
                buffer.transfers().finished(this);
            }
        }
    }

    @Override
    public String toString() {
        return call.toString();
    }

    Range range() {
        return call.range();
    }

    boolean writes() {
        return call.writes();
    }

    private void move(int length) {
        ByteBuffer step = ModelMemory.part(bytes, bytes.position(), length);
        // Android's ByteBuffer inherits position(int) before API 34, so it is called as Buffer's.
        ((Buffer) bytes).position(bytes.position() + length);
        buffer.transfer(call, call.range().to() - bytes.remaining() - length, step);
    }
}
