// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.sync.LineRuns;
import org.dmabufpool.sync.SyncPlanner;

/** The parts of a slice that one access opens, and the lines they touch. Immutable. */
final class AccessRanges {

    private final Slice slice;
    private final SliceRange[] ranges;
    private final LineRuns lines;

    AccessRanges(Slice slice, List<SliceRange> wanted) {
        this.slice = slice;
        this.ranges = wanted.toArray(new SliceRange[0]);
        if (ranges.length == 0) {
            throw new IllegalArgumentException("an access to parts names one or more: " + slice);
        }
        long[] starts = new long[ranges.length];
        long[] ends = new long[ranges.length];
        for (int i = 0; i < ranges.length; i++) {
            checkWithin(ranges[i]);
            starts[i] = slice.offset() + ranges[i].offset();
            ends[i] = slice.offset() + endOf(ranges[i]);
        }
        this.lines = LineRuns.covering(SyncPlanner.CACHE_LINE, starts, ends);
    }

    private void checkWithin(SliceRange range) {
        if (range.end() > slice.length()) {
            throw new IndexOutOfBoundsException(range + " is not within " + slice);
        }
    }

    /** The last line of a slice is all its own: a range that ends with the slice cuts no line. */
    private long endOf(SliceRange range) {
        long line = SyncPlanner.CACHE_LINE;
        return range.end() == slice.length() ? (range.end() + line - 1) & -line : range.end();
    }

    LineRuns lines() {
        return lines;
    }

    /** In which direction the lines are synced for an access in this one. */
    Direction synced(Direction direction) {
        return direction == Direction.WRITE && lines.cutsLines() ? Direction.READ_WRITE : direction;
    }

    /** The range, if there is just one. */
    SliceRange only() {
        if (ranges.length > 1) {
            throw new IllegalStateException("an access to " + ranges.length
                    + " ranges has no one view: use buffer(offset, length), of " + slice);
        }
        return ranges[0];
    }

    void checkOpened(long offset, int length) {
        for (SliceRange range : ranges) {
            if (offset >= range.offset() && offset + length <= range.end()) {
                return;
            }
        }
        throw new IndexOutOfBoundsException(
                "offset=" + offset + ", length=" + length + " is not within a range opened by this access to " + slice);
    }
}
