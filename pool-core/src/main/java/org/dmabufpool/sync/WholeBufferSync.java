// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * The whole buffer, kept safe for a pool.
 *
 * <p>On hardware whose caches are not coherent, START READ and START READ_WRITE invalidate every line of the buffer,
 * and on old arm64 kernels END READ does so too (arch/arm64/mm/dma-mapping.c before 5.10.125 and 5.15.50). A dirty line
 * of any other slice would be lost. Therefore:
 *
 * <p><b>Other threads:</b> {@link WholeBufferExclusion} keeps readers and writers of different threads apart, so that
 * nobody else has a dirty line when an invalidation comes.
 *
 * <p><b>The same thread:</b> it may hold read and write accesses at once, as it cannot write while it is in here. What
 * it has written so far is cleaned (END WRITE) right before each call that may invalidate.
 */
final class WholeBufferSync implements RangeSync {

    private final DmaBuf buffer;
    private final Meter meter;
    private final WholeBufferExclusion exclusion;

    WholeBufferSync(DmaBuf buffer, Meter meter, WholeBufferExclusion exclusion) {
        this.buffer = buffer;
        this.meter = meter;
        this.exclusion = exclusion;
    }

    @Override
    public void start(long offset, long length, Direction direction, @Nullable Window window) {
        Thread opener = Thread.currentThread();
        boolean hadWrites = exclusion.enter(opener, direction);
        boolean started = false;
        try {
            if (direction.reads() && hadWrites) {
                sync(SyncPhase.END, Direction.WRITE);
            }
            sync(SyncPhase.START, direction);
            started = true;
        } finally {
            if (!started) {
                exclusion.leave(opener, direction);
            }
        }
    }

    @Override
    public void end(long offset, long length, Direction direction, @Nullable Window window, Thread opener) {
        try {
            if (!direction.writes() && exclusion.writes(opener)) {
                sync(SyncPhase.END, Direction.WRITE);
            }
            sync(SyncPhase.END, direction);
        } finally {
            exclusion.leave(opener, direction);
        }
    }

    private void sync(SyncPhase phase, Direction direction) {
        buffer.syncWhole(phase, direction);
        meter.called(phase, direction, buffer.size());
    }
}
