// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.sync.LineRuns;
import org.dmabufpool.sync.SyncPlanner;

/** The parts of a slice that one access opens, and the lines they touch. Immutable. */
final class AccessRanges {

    private final Slice slice;
    private final List<SliceRange> ranges;
    private final LineRuns lines;

    AccessRanges(Slice slice, List<SliceRange> wanted) {
        this.slice = slice;
        this.ranges = wanted instanceof SliceRange.Rectangle ? wanted : new ArrayList<>(wanted);
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("an access to parts names one or more: " + slice);
        }
        this.lines = ranges instanceof SliceRange.Rectangle rectangle ? rows(rectangle) : runs();
    }

    private LineRuns rows(SliceRange.Rectangle rectangle) {
        requireWithin(rectangle.end(), "rectangle of " + rectangle.rows + " rows that ends at " + rectangle.end());
        return LineRuns.rectangle(
                SyncPlanner.CACHE_LINE,
                slice.offset() + rectangle.offset,
                rectangle.rowBytes,
                rectangle.stride,
                rectangle.rows,
                rectangle.end() == slice.length());
    }

    private LineRuns runs() {
        long[] starts = new long[ranges.size()];
        long[] ends = new long[ranges.size()];
        for (int i = 0; i < ranges.size(); i++) {
            SliceRange range = ranges.get(i);
            requireWithin(range.end(), range);
            starts[i] = slice.offset() + range.offset();
            ends[i] = slice.offset() + endOf(range);
        }
        return LineRuns.covering(SyncPlanner.CACHE_LINE, starts, ends);
    }

    private void requireWithin(long end, Object what) {
        if (end > slice.length()) {
            throw new IndexOutOfBoundsException(what + " is not within " + slice);
        }
    }

    /** The last line of a slice is all its own: a range that ends with the slice cuts no line. */
    private long endOf(SliceRange range) {
        return range.end() == slice.length() ? LineRuns.roundUp(range.end(), SyncPlanner.CACHE_LINE) : range.end();
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
        if (ranges.size() > 1) {
            throw new IllegalStateException("an access to " + ranges.size()
                    + " ranges has no one view: use buffer(offset, length), of " + slice);
        }
        return ranges.get(0);
    }

    void checkOpened(long offset, int length) {
        if (!isOpened(offset, length)) {
            throw new IndexOutOfBoundsException("offset=" + offset + ", length=" + length
                    + " is not within a range opened by this access to " + slice);
        }
    }

    private boolean isOpened(long offset, int length) {
        if (ranges instanceof SliceRange.Rectangle rectangle) {
            return rectangle.holds(offset, length);
        }
        for (SliceRange range : ranges) {
            if (offset >= range.offset() && offset + length <= range.end()) {
                return true;
            }
        }
        return false;
    }
}
