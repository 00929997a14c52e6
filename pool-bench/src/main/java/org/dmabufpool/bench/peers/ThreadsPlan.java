// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

/**
 * What every thread of a {@link ThreadsRun} does: it keeps a ring of live parts, gives the oldest back, takes a new one, and works.
 *
 * @param live parts live in all, shared out among the threads: at least as many as threads
 * @param leastBytes smallest size in bytes, 1 or more
 * @param mostBytes largest size in bytes; the logarithm of sizes is uniform
 * @param fill how much of the capacity would be live if nothing were refused, above 0 to below 1
 * @param workNanos how long a thread works between two pairs, in ns; 0 for none
 * @param pairNanos how often a thread begins a pair, in ns; 0 for as soon as it can
 * @param seconds how long a cell takes, its warm-up aside
 * @param rounds how often each cell has its turn; reported is the median
 */
public record ThreadsPlan(
        int live,
        long leastBytes,
        long mostBytes,
        double fill,
        long workNanos,
        long pairNanos,
        double seconds,
        int rounds) {

    /** Checks all values. */
    public ThreadsPlan {
        if (live < 1 || leastBytes < 1 || mostBytes < leastBytes) {
            throw new IllegalArgumentException(
                    "live parts must be 1 or more, and sizes 1 byte or more, the least first: live=" + live + ", sizes="
                            + leastBytes + " to " + mostBytes);
        }
        if (!(fill > 0 && fill < 1)) {
            throw new IllegalArgumentException("the fill must be above 0 and below 1: fill=" + fill);
        }
        if (!(seconds > 0) || rounds < 1 || workNanos < 0 || pairNanos < 0) {
            throw new IllegalArgumentException(
                    "seconds must be above 0, rounds 1 or more, work and pace not below 0: seconds=" + seconds
                            + ", rounds=" + rounds + ", work=" + workNanos + " ns, pace=" + pairNanos + " ns");
        }
    }

    /** Bytes of the range: what is live in the mean, in proportion to the fill, in whole pages. */
    long capacity() {
        double mean = leastBytes == mostBytes
                ? mostBytes
                : (mostBytes - leastBytes) / Math.log((double) mostBytes / leastBytes);
        return (long) Math.ceil(mean * live / fill / Workload.PAGE) * Workload.PAGE;
    }

    /** A size for a random number from 0 to 1. */
    long size(double random) {
        return Math.round(leastBytes * Math.pow((double) mostBytes / leastBytes, random));
    }
}
