// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * A buffer longer than range sync can name: slices below the limit are synced by range, the others as a whole buffer.
 *
 * <p>A whole-buffer invalidation would discard the dirty lines of slices below the limit too, so those that write take
 * part in the exclusion, as writers. Those that only read have no dirty lines, invalidate no others' and stay outside.
 */
final class SplitSync implements RangeSync {

    private final PartialSync partial;
    private final WholeBufferSync whole;
    private final WholeBufferExclusion exclusion;
    private final long limit;

    SplitSync(DmaBuf buffer, Meter ofRanges, Meter ofWhole, WholeBufferExclusion exclusion) {
        this.partial = new PartialSync(buffer, ofRanges);
        this.whole = new WholeBufferSync(buffer, ofWhole, exclusion);
        this.exclusion = exclusion;
        this.limit = buffer.rangeSyncLimit();
    }

    @Override
    public boolean namesRanges() {
        return true;
    }

    @Override
    public void start(long offset, long length, Direction direction, @Nullable Window window) {
        if (offset + length > limit) {
            whole.start(offset, length, direction, window);
        } else if (direction.writes()) {
            startExcluding(offset, length, direction, window);
        } else {
            partial.start(offset, length, direction, window);
        }
    }

    private void startExcluding(long offset, long length, Direction direction, @Nullable Window window) {
        Thread opener = Thread.currentThread();
        exclusion.enter(opener, Direction.WRITE);
        boolean started = false;
        try {
            partial.start(offset, length, direction, window);
            started = true;
        } finally {
            if (!started) {
                exclusion.leave(opener, Direction.WRITE);
            }
        }
    }

    @Override
    public void end(long offset, long length, Direction direction, @Nullable Window window, Thread opener) {
        if (offset + length > limit) {
            whole.end(offset, length, direction, window, opener);
            return;
        }
        try {
            partial.end(offset, length, direction, window, opener);
        } finally {
            if (direction.writes()) {
                exclusion.leave(opener, Direction.WRITE);
            }
        }
    }
}
