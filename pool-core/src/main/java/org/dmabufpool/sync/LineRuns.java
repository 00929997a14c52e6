// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.Arrays;

/**
 * The cache lines that some ranges touch, as the fewest runs of neighbouring lines. Immutable.
 *
 * <pre>
 *   ranges   .xx.|....|..x.|x...      bytes asked for, four lines
 *   runs     XXXX|    |XXXX XXXX      one run for each group of lines that touch
 * </pre>
 *
 * <p>A run is known by the index of its first range, in ascending order:
 *
 * <pre>{@code
 * for (int run = 0; run < runs.size(); run = runs.next(run)) {
 *     sync(runs.offset(run), runs.length(run));
 * }
 * }</pre>
 */
public abstract class LineRuns {

    private final boolean cutsLines;

    private LineRuns(boolean cutsLines) {
        this.cutsLines = cutsLines;
    }

    /**
     * Rounds ranges out to lines and joins those that touch.
     *
     * @param line size of a line in bytes, a power of two
     * @param starts first byte of each range
     * @param ends first byte after each range
     */
    public static LineRuns covering(int line, long[] starts, long[] ends) {
        long[][] ranges = new long[starts.length][];
        boolean cuts = false;
        for (int i = 0; i < starts.length; i++) {
            ranges[i] = new long[] {roundDown(starts[i], line), roundUp(ends[i], line)};
            cuts |= ranges[i][0] != starts[i] || ranges[i][1] != ends[i];
        }
        Arrays.sort(ranges, (one, other) -> Long.compare(one[0], other[0]));
        return new Joined(join(ranges), cuts);
    }

    /**
     * The lines of a rectangle, which takes no memory for its rows.
     *
     * @param line size of a line in bytes, a power of two
     * @param start first byte of the first row
     * @param rowBytes bytes of a row, above 0 and up to the stride
     * @param stride bytes from row to row
     * @param rows above 0
     * @param wholeEnd whether the last row has the rest of its last line to itself
     */
    public static LineRuns rectangle(int line, long start, long rowBytes, long stride, int rows, boolean wholeEnd) {
        boolean cuts = false;
        for (int row = 0; row < rows; row++) {
            long from = start + row * stride;
            boolean cutsEnd = isCut(from + rowBytes, line) && !(wholeEnd && row == rows - 1);
            cuts |= isCut(from, line) || cutsEnd;
        }
        return new Rows(line, start, rowBytes, stride, rows, cuts);
    }

    private static boolean isCut(long at, int line) {
        return (at & (line - 1)) != 0;
    }

    /** The begin of the line that a byte is in. */
    public static long roundDown(long at, int line) {
        return at & -line;
    }

    /** The end of the line that ends at or after a byte. */
    public static long roundUp(long at, int line) {
        return (at + line - 1) & -line;
    }

    private static long[] join(long[][] sorted) {
        long[] joined = new long[2 * sorted.length];
        int used = 0;
        for (long[] range : sorted) {
            if (used > 0 && range[0] <= joined[used - 1]) {
                joined[used - 1] = Math.max(joined[used - 1], range[1]);
            } else {
                joined[used++] = range[0];
                joined[used++] = range[1];
            }
        }
        return Arrays.copyOf(joined, used);
    }

    /** How many ranges; their indexes are below. */
    public abstract int size();

    /** First byte of a range's lines; of the first range of a run, the first byte of the run. */
    public abstract long offset(int range);

    /** First byte after a range's lines. */
    abstract long end(int range);

    /** The first range of the next run, or {@link #size} after the last run. */
    public int next(int run) {
        int range = run + 1;
        while (range < size() && offset(range) <= end(range - 1)) {
            range++;
        }
        return range;
    }

    /** Bytes of a run. */
    public long length(int run) {
        return end(next(run) - 1) - offset(run);
    }

    /** First byte after the last run. */
    public long end() {
        return end(size() - 1);
    }

    /** How many runs. */
    public int count() {
        int count = 0;
        for (int run = 0; run < size(); run = next(run)) {
            count++;
        }
        return count;
    }

    /** Bytes of all runs. */
    public long bytes() {
        long sum = 0;
        for (int run = 0; run < size(); run = next(run)) {
            sum += length(run);
        }
        return sum;
    }

    /**
     * Whether some line is asked for in part only. The CPU that writes it writes all of it back, so the rest must be
     * fetched first.
     */
    public boolean cutsLines() {
        return cutsLines;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int run = 0; run < size(); run = next(run)) {
            text.append(run == 0 ? "" : ", ").append(offset(run)).append(", ").append(offset(run) + length(run));
        }
        return text.append(']').toString();
    }

    /** Ranges that are joined already. */
    private static final class Joined extends LineRuns {

        /** Begin and end of each run, in ascending order: b0 e0 b1 e1 … */
        private final long[] bounds;

        Joined(long[] bounds, boolean cutsLines) {
            super(cutsLines);
            this.bounds = bounds;
        }

        @Override
        public int size() {
            return bounds.length / 2;
        }

        @Override
        public long offset(int range) {
            return bounds[2 * range];
        }

        @Override
        long end(int range) {
            return bounds[2 * range + 1];
        }
    }

    /** Rows of a rectangle. */
    private static final class Rows extends LineRuns {

        private final int line;
        private final int rows;
        private final long start;
        private final long rowBytes;
        private final long stride;

        Rows(int line, long start, long rowBytes, long stride, int rows, boolean cutsLines) {
            super(cutsLines);
            this.line = line;
            this.start = start;
            this.rowBytes = rowBytes;
            this.stride = stride;
            this.rows = rows;
        }

        @Override
        public int size() {
            return rows;
        }

        @Override
        public long offset(int range) {
            return roundDown(start + range * stride, line);
        }

        @Override
        long end(int range) {
            return roundUp(start + range * stride + rowBytes, line);
        }
    }
}
