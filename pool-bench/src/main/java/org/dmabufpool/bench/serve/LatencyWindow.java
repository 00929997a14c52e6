// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.dmabufpool.PoolObserver;
import org.dmabufpool.SliceFacts;

/** How long the allocations of the last minute took. Recorded by any thread; advanced and read by one. */
final class LatencyWindow implements PoolObserver {

    private static final int DIGITS = 2;
    private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
    private static final double P50 = 50;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    private final Recorder recorder = new Recorder(LONGEST, DIGITS);
    private final Deque<Histogram> intervals = new ArrayDeque<>();
    private final int mostIntervals;

    /**
     * A window of so many intervals.
     *
     * @param intervals how many calls of {@link #turn} a value is remembered for
     */
    LatencyWindow(int intervals) {
        mostIntervals = intervals;
    }

    /**
     * Percentiles, in ns; all 0 where nothing was allocated.
     *
     * @param count allocations in the window
     */
    record Latency(long count, long p50, long p99, long p999, long max) {}

    @Override
    public void allocated(SliceFacts slice, long nanos) {
        recorder.recordValue(Math.min(nanos, LONGEST));
    }

    /** Ends an interval, forgets the one that is too old, and answers for those that remain. */
    Latency turn() {
        Histogram spare = intervals.size() == mostIntervals ? intervals.removeFirst() : null;
        intervals.addLast(recorder.getIntervalHistogram(spare));
        Histogram sum = new Histogram(LONGEST, DIGITS);
        intervals.forEach(sum::add);
        return new Latency(
                sum.getTotalCount(),
                sum.getValueAtPercentile(P50),
                sum.getValueAtPercentile(P99),
                sum.getValueAtPercentile(P999),
                sum.getMaxValue());
    }
}
