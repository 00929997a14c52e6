// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.LongPredicate;
import org.dmabufpool.bench.policy.Policy;

/**
 * The smallest pool that serves a trace.
 *
 * <p>A policy may serve a trace in some pool and fail in a larger one, since holes come to lie elsewhere. So the pool found
 * by bisection is not taken on trust: some smaller ones are tried, down to the peak of live bytes, and the smallest that
 * serves is bisected anew; and some larger ones are tried to see how far the answer is to be relied on. Where there are
 * no more sizes than tries, all of them are tried and the answer is exact.
 *
 * @param bytes size of the smallest pool found, a multiple of {@link Policy#PAGE}
 * @param probedBelow how many smaller pools, evenly spaced down to the peak, were tried last; none of them served
 * @param probedAbove how many larger pools, evenly spaced up to 5 %, were tried
 * @param failedAbove how many of those did not serve
 * @param largestFailedBytes the largest of those in bytes, 0 if there is none: who needs certainty stays above
 */
public record MinPool(long bytes, int probedBelow, int probedAbove, int failedAbove, long largestFailedBytes) {

    /** Tries below and above that make an answer fit for publication. */
    public static final int THOROUGH = 64;

    /** How much larger the larger pools are at most: a twentieth. */
    private static final int ABOVE = 20;
    /** No pool of more than 2^12 times the peak is tried. */
    private static final int MOST_DOUBLINGS = 12;
    /** Pools tried by bisections, about. */
    private static final int BISECTED = 30;

    /**
     * Searches.
     *
     * @param probes how many smaller and larger pools to try
     * @throws UnsupportedOperationException if no pool that can be had serves the trace
     */
    public static MinPool find(Trace trace, Policy policy, int probes) {
        return find(trace, policy, probes, pools -> {});
    }

    /**
     * As {@link #find(Trace, Policy, int)}.
     *
     * @param progress is told how many pools were tried so far; about {@link #pools} will be
     */
    public static MinPool find(Trace trace, Policy policy, int probes, IntConsumer progress) {
        AtomicInteger tried = new AtomicInteger();
        LongPredicate serves = pages -> {
            progress.accept(tried.getAndIncrement());
            return Replay.serves(trace, policy, pages * Policy.PAGE);
        };
        long least = Math.max(1, -Math.floorDiv(-trace.peakLiveBytes(), Policy.PAGE));
        return find(least, serves, probes);
    }

    /** How many pools are tried, about: those of the bisections, and the probes below and above. */
    public static int pools(int probes) {
        return BISECTED + 2 * probes;
    }

    /** As {@link #find(Trace, Policy, int)}, in pages, from a number of pages below which none serves. */
    static MinPool find(long least, LongPredicate serves, int probes) {
        long found = bisect(least - 1, firstThatServes(least, serves), serves);
        int below = 0;
        for (long smaller = found; smaller >= 0; ) {
            found = smaller;
            below = Math.toIntExact(Math.min(probes, found - least));
            smaller = smallestOf(least, found, below, serves);
            if (smaller >= 0) {
                smaller = bisect(Math.max(least - 1, smaller - (found - least) / below), smaller, serves);
            }
        }
        int above = Math.toIntExact(Math.min(probes, found / ABOVE));
        int failures = 0;
        long largestFailed = 0;
        for (int i = 1; i <= above; i++) {
            long larger = found + found / ABOVE * i / above;
            if (!serves.test(larger)) {
                failures++;
                largestFailed = larger;
            }
        }
        return new MinPool(found * Policy.PAGE, below, above, failures, largestFailed * Policy.PAGE);
    }

    private static long firstThatServes(long least, LongPredicate serves) {
        long pages = least;
        for (int i = 0; i < MOST_DOUBLINGS && !serves.test(pages); i++) {
            pages += i == 0 ? pages / 4 + 1 : pages;
        }
        if (!serves.test(pages)) {
            throw new UnsupportedOperationException("no pool up to " + pages * Policy.PAGE
                    + " bytes serves this trace; are its alignments far above its sizes?");
        }
        return pages;
    }

    /** Halves the way between a number that does not serve and one that does. */
    private static long bisect(long fails, long served, LongPredicate serves) {
        long low = fails;
        long high = served;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (serves.test(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    /** The smallest of {@code count} numbers from {@code least} to below {@code end} that serves, or -1. */
    private static long smallestOf(long least, long end, int count, LongPredicate serves) {
        for (int i = 0; i < count; i++) {
            long pages = least + (end - least) * i / count;
            if (serves.test(pages)) {
                return pages;
            }
        }
        return -1;
    }
}
