// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Pools above the smallest one that serves a trace: from which size on do all of them serve?
 *
 * <p>Above a size, sizes up to a fifth larger are tried, evenly spaced, and up to a fortieth larger at a smaller distance:
 * who configures a pool by it rounds it up, or adds a little. Where one of them fails, the next candidate is bisected above
 * the largest that fails, and so on. All candidates share one grid, so that each size is tried once.
 */
final class LargerPools {

    /** The sizes tried lie up to a fifth above a candidate. */
    private static final int REACH = 5;
    /** Those at the smaller distance lie up to a fortieth above it. */
    private static final int FINE_REACH = 40;
    /** Of very small pools so many pages more are tried. */
    private static final int LEAST_REACH = 8;
    /** No candidate is larger than so many times the smallest pool. */
    private static final int MOST_TIMES = 8;
    /** The search gives up after so many times the probes that are wanted. */
    private static final int MOST_ROUNDS = 16;
    /** It does not give up before so many tries. */
    private static final int LEAST_TRIES = 256;

    private final PoolTries tries;
    private final long smallest;
    private final long most;
    private final long mostTries;
    private final long step;
    private final long fineStep;

    /**
     * Begins above a pool.
     *
     * @param tries what was tried before; {@code smallest} was, and serves
     * @param smallest pages of the smallest pool that serves
     * @param most pages of the largest pool that may be tried
     * @param probes how many sizes up to a fifth larger, and how many up to a fortieth larger, are tried
     */
    LargerPools(PoolTries tries, long smallest, long most, int probes) {
        this.tries = tries;
        this.smallest = smallest;
        this.most = most;
        this.mostTries = tries.count() + Math.max(LEAST_TRIES, (long) MOST_ROUNDS * probes);
        long sizes = Math.max(1, probes);
        this.step = Math.max(1, smallest / (REACH * sizes));
        this.fineStep = Math.max(1, smallest / (FINE_REACH * sizes));
    }

    /** Tries all sizes above the smallest pool, however many fail. */
    void tryAll() {
        sizesAbove(smallest).forEach(tries::serves);
    }

    /** The smallest size in pages found from which every larger one that was tried serves; empty if none was found. */
    OptionalLong steadyFrom() {
        while (tries.count() < mostTries && hasOneAbove(largestFailure())) {
            long failed = largestFailure();
            long candidate = tries.bisect(failed, tries.nextAbove(failed));
            if (sizesAbove(candidate).allMatch(tries::serves)) {
                return OptionalLong.of(candidate);
            }
        }
        return OptionalLong.empty();
    }

    private long largestFailure() {
        return tries.largestFailureAbove(smallest, smallest - 1);
    }

    /** Whether a size above one that fails is known to serve; if not, tries further and further above. */
    private boolean hasOneAbove(long failed) {
        long limit = Math.min(most, MOST_TIMES * smallest);
        boolean known = tries.nextAbove(failed) >= 0;
        for (long distance = step; !known && failed + distance <= limit; distance *= 2) {
            known = tries.serves(failed + distance);
        }
        return known;
    }

    /** The sizes to try above one, the largest first, as a failure there spares the others. */
    private LongStream sizesAbove(long from) {
        long reach = Math.max(LEAST_REACH, from / REACH);
        LongStream coarse = multiples(step, from + reach, from);
        LongStream fine = multiples(fineStep, Math.min(from + reach, from + Math.max(1, from / FINE_REACH)), from);
        return LongStream.concat(coarse, fine);
    }

    /** The sizes at so many pages distance from each other, from {@code last} down to above {@code from}. */
    private LongStream multiples(long distance, long last, long from) {
        long top = smallest + (Math.min(last, most) - smallest) / distance * distance;
        return LongStream.iterate(top, size -> size > from, size -> size - distance);
    }
}
