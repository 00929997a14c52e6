// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.LongPredicate;
import org.dmabufpool.PlacementPlan;
import org.dmabufpool.bench.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The smallest pool that serves a trace, and the smallest one that is to be relied on.
 *
 * <p>A policy may serve a trace in some pool and fail in a larger one, since holes come to lie elsewhere. So the pool found
 * by bisection is not taken on trust: some smaller ones are tried, down to the peak of live bytes, and the smallest that
 * serves is bisected anew. Where there are no more sizes than tries, all of them are tried and the answer is exact.
 *
 * <p>That pool serves, and says how tight a policy is; but a slightly larger one may not serve. To be configured is the
 * smallest size from which every larger one that was tried serves, as {@link LargerPools} finds it.
 *
 * @param bytes size of the smallest pool found, a multiple of {@link Policy#PAGE}
 * @param probedBelow how many smaller pools, evenly spaced down to the peak, were tried last; none of them served
 * @param probedAbove how many larger pools were tried first: those up to a fifth larger, and those of the bisection
 * @param failedAbove how many of those did not serve
 * @param largestFailedBytes the largest of all pools tried above {@code bytes} that did not serve, in bytes; 0 if there is
 *     none
 * @param configureBytes size of the smallest pool found that serves and from which every larger one tried serves, too; null
 *     if none was found
 * @param servedAbove how many pools larger than that were tried, all of which serve; 0 if none was found
 * @param largestTriedBytes size of the largest pool that was tried
 */
public record MinPool(
        long bytes,
        int probedBelow,
        int probedAbove,
        int failedAbove,
        long largestFailedBytes,
        @Nullable Long configureBytes,
        int servedAbove,
        long largestTriedBytes) {

    /** Tries below and above that make an answer fit for publication. */
    public static final int THOROUGH = 64;

    /** No pool of more than 2^12 times the peak is tried. */
    private static final int MOST_DOUBLINGS = 12;
    /** Pools tried by bisections, about. */
    private static final int BISECTED = 30;

    private static final int MOST_TRIES_PER_PROBE = 3;

    /** The smallest size in pages, and how many below it were tried last. */
    private record Smallest(long pages, int probedBelow) {}

    /**
     * Searches.
     *
     * @param probes how many smaller pools to try, how many larger ones, and how many slightly larger ones
     * @throws IllegalArgumentException if more bytes are live at once than the largest pool of the policy has
     * @throws UnsupportedOperationException if no possible pool serves the trace
     */
    public static MinPool find(Trace trace, Policy policy, int probes) {
        return find(trace, policy, probes, pools -> {});
    }

    /**
     * As {@link #find(Trace, Policy, int)}.
     *
     * @param progress is told how many pools were tried so far; about {@link #pools} will be, and more where larger pools
     *     fail
     */
    public static MinPool find(Trace trace, Policy policy, int probes, IntConsumer progress) {
        return find(trace, policy, null, probes, progress);
    }

    /**
     * As {@link #find(Trace, Policy, int, IntConsumer)}.
     *
     * @param plan where parts are to lie; null for none, and for all policies but {@link Policy#OURS}
     */
    public static MinPool find(
            Trace trace, Policy policy, @Nullable PlacementPlan plan, int probes, IntConsumer progress) {
        AtomicInteger tried = new AtomicInteger();
        LongPredicate serves = serves(trace, policy, plan);
        return find(
                leastPages(trace, policy),
                policy.mostBytes() / Policy.PAGE,
                pages -> {
                    progress.accept(tried.getAndIncrement());
                    return serves.test(pages);
                },
                probes);
    }

    /**
     * Searches for the smallest pool alone, and tries none that is larger: for comparisons of policies.
     *
     * @param probes how many smaller pools to try
     * @return its size in bytes
     * @throws IllegalArgumentException if more bytes are live at once than the largest pool of the policy has
     * @throws UnsupportedOperationException if no possible pool serves the trace
     */
    public static long smallestBytes(Trace trace, Policy policy, int probes) {
        return smallestBytes(trace, policy, null, probes);
    }

    /** As {@link #smallestBytes(Trace, Policy, int)}, with a plan as above. */
    public static long smallestBytes(Trace trace, Policy policy, @Nullable PlacementPlan plan, int probes) {
        PoolTries tries = new PoolTries(serves(trace, policy, plan));
        long most = policy.mostBytes() / Policy.PAGE;
        return smallest(leastPages(trace, policy), most, tries, probes).pages() * Policy.PAGE;
    }

    /** How many pools are tried, about, where no larger one fails: those of bisections, and the probes. */
    public static int pools(int probes) {
        return BISECTED + MOST_TRIES_PER_PROBE * probes;
    }

    /** As {@link #find(Trace, Policy, int)}, in pages, from a number of pages below which none serves up to the most. */
    static MinPool find(long least, long most, LongPredicate serves, int probes) {
        PoolTries tries = new PoolTries(serves);
        Smallest smallest = smallest(least, most, tries, probes);
        long pages = smallest.pages();
        LargerPools larger = new LargerPools(tries, pages, most, probes);
        larger.tryAll();
        int probedAbove = tries.countAbove(pages);
        int failedAbove = tries.failuresAbove(pages);
        OptionalLong steady = larger.steadyFrom();
        return new MinPool(
                pages * Policy.PAGE,
                smallest.probedBelow(),
                probedAbove,
                failedAbove,
                tries.largestFailureAbove(pages, 0) * Policy.PAGE,
                steady.isPresent() ? steady.getAsLong() * Policy.PAGE : null,
                steady.isPresent() ? tries.countAbove(steady.getAsLong()) : 0,
                tries.largest() * Policy.PAGE);
    }

    private static LongPredicate serves(Trace trace, Policy policy, @Nullable PlacementPlan plan) {
        return pages -> Replay.serves(trace, policy, plan, pages * Policy.PAGE);
    }

    private static long leastPages(Trace trace, Policy policy) {
        long peak = trace.peakLiveBytes();
        if (peak > policy.mostBytes()) {
            throw new IllegalArgumentException(
                    trace.name() + ": " + peak + " bytes are live at once, and a pool of policy "
                            + policy.label() + " has at most " + policy.mostBytes()
                            + " bytes: correct the sizes, or take another policy");
        }
        return Math.max(1, -Math.floorDiv(-peak, Policy.PAGE));
    }

    private static Smallest smallest(long least, long most, PoolTries tries, int probes) {
        long found = tries.bisect(least - 1, firstThatServes(least, most, tries));
        int below = 0;
        for (long smaller = found; smaller >= 0; ) {
            found = smaller;
            below = Math.toIntExact(Math.min(probes, found - least));
            smaller = smallestOf(least, found, below, tries);
            if (smaller >= 0) {
                smaller = tries.bisect(Math.max(least - 1, smaller - (found - least) / below), smaller);
            }
        }
        return new Smallest(found, below);
    }

    private static long firstThatServes(long least, long most, PoolTries tries) {
        long pages = least;
        for (int i = 0; i < MOST_DOUBLINGS && !tries.serves(pages); i++) {
            pages = Math.min(most, pages + (i == 0 ? pages / 4 + 1 : pages));
        }
        if (!tries.serves(pages)) {
            throw new UnsupportedOperationException("no pool up to " + pages * Policy.PAGE
                    + " bytes serves this trace; are its alignments far above its sizes?");
        }
        return pages;
    }

    /** The smallest of {@code count} numbers from {@code least} to below {@code end} that serves, or -1. */
    private static long smallestOf(long least, long end, int count, PoolTries tries) {
        for (int i = 0; i < count; i++) {
            long pages = least + (end - least) * i / count;
            if (tries.serves(pages)) {
                return pages;
            }
        }
        return -1;
    }
}
