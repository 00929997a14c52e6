// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
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
    private final long limit;

    SplitSync(DmaBuf buffer, Meter ofRanges, Meter ofWhole) {
        this.partial = new PartialSync(buffer, ofRanges);
        this.whole = new WholeBufferSync(buffer, ofWhole);
        this.limit = buffer.rangeSyncLimit();
    }

    @Override
    public void sync(SyncPhase phase, Direction direction, long offset, long length, @Nullable Window window) {
        RangeSync way = namesRangesTo(offset + length) ? partial : whole;
        way.sync(phase, direction, offset, length, window);
    }

    @Override
    public boolean namesRangesTo(long end) {
        return end <= limit;
    }

    @Override
    public int exclusion(long end, Direction direction) {
        if (!namesRangesTo(end)) {
            return whole.exclusion(end, direction);
        }
        return direction.writes() ? Exclusion.WRITES : Exclusion.NOTHING;
    }
}
