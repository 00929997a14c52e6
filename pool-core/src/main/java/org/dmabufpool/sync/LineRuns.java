// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.Arrays;

/**
 * Runs of whole cache lines: the fewest that cover a set of ranges and no line besides. Immutable.
 *
 * <pre>
 *   ranges   .xx.|....|..x.|x...      bytes asked for, four lines
 *   runs     XXXX|    |XXXX XXXX      one run for each group of lines that touch
 * </pre>
 */
public final class LineRuns {

    /** Begin and end of each run, in ascending order: b0 e0 b1 e1 … */
    private final long[] bounds;

    private final boolean cutsLines;

    private LineRuns(long[] bounds, boolean cutsLines) {
        this.bounds = bounds;
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
            ranges[i] = new long[] {starts[i] & -line, (ends[i] + line - 1) & -line};
            cuts |= ranges[i][0] != starts[i] || ranges[i][1] != ends[i];
        }
        Arrays.sort(ranges, (one, other) -> Long.compare(one[0], other[0]));
        return new LineRuns(join(ranges), cuts);
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

    /** How many runs. */
    public int count() {
        return bounds.length / 2;
    }

    /** First byte of a run. */
    public long offset(int run) {
        return bounds[2 * run];
    }

    /** Bytes of a run. */
    public long length(int run) {
        return bounds[2 * run + 1] - bounds[2 * run];
    }

    /** Bytes of all runs. */
    public long bytes() {
        long sum = 0;
        for (int run = 0; run < count(); run++) {
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
        return Arrays.toString(bounds);
    }
}
