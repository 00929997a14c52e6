// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;

/** A dma-buf whose sync calls go wrong on purpose, in one way. */
final class SabotagedDmaBuf extends DivertedDmaBuf {

    /** What goes wrong. Each is a mistake that a library over dma-bufs can make. */
    enum Fault {
        /** What the CPU wrote is never handed over. */
        END_FORGOTTEN_AFTER_WRITE,
        /** START is left out before the CPU reads. */
        START_FORGOTTEN_BEFORE_READ,
        /** READ for WRITE and WRITE for READ. */
        WRONG_DIRECTION,
        /** The last line of the range is not synced. */
        ONE_LINE_SHORT,
        /** A whole-buffer START READ while other slices hold dirty bytes. */
        WHOLE_BUFFER_READ_WITHOUT_EXCLUSION
    }

    /** Bytes of a line, as slices are aligned. */
    private static final int LINE = 128;

    private final Fault fault;

    SabotagedDmaBuf(DmaBuf kernel, Fault fault) {
        super(kernel);
        this.fault = fault;
    }

    @Override
    public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
        switch (fault) {
            case END_FORGOTTEN_AFTER_WRITE ->
                syncUnless(phase == SyncPhase.END && direction.writes(), phase, direction, offset, length);
            case START_FORGOTTEN_BEFORE_READ ->
                syncUnless(phase == SyncPhase.START && direction.reads(), phase, direction, offset, length);
            case WRONG_DIRECTION -> kernel.syncRange(phase, wrong(direction), offset, length);
            case ONE_LINE_SHORT -> syncUnless(length == LINE, phase, direction, offset, length - LINE);
            case WHOLE_BUFFER_READ_WITHOUT_EXCLUSION -> syncWholeForReading(phase, direction, offset, length);
            default -> throw new AssertionError(fault);
        }
    }

    private void syncUnless(boolean forgotten, SyncPhase phase, Direction direction, long offset, long length) {
        if (!forgotten) {
            kernel.syncRange(phase, direction, offset, length);
        }
    }

    private static Direction wrong(Direction direction) {
        return direction == Direction.READ ? Direction.WRITE : Direction.READ;
    }

    private void syncWholeForReading(SyncPhase phase, Direction direction, long offset, long length) {
        if (phase == SyncPhase.START && direction.reads()) {
            kernel.syncWhole(phase, direction);
        } else {
            kernel.syncRange(phase, direction, offset, length);
        }
    }

    @Override
    public String name() {
        return kernel.name() + " with " + fault;
    }
}
