// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OfflineSolverPropertiesTest {

    @Property(tries = 300)
    void placementsAreValidAndNotBelowTheBound(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int buffers, @ForAll boolean aligned) {
        OfflineProblem problem = RandomProblems.of(seed, buffers, 20, 1000, aligned);
        OfflinePlacement best = OfflineSolver.solve(problem, WorkLimit.of(300_000), seed);
        best.check();
        assertThat(best.height()).isBetween(problem.lowerBound(), Math.max(best.height(), best.greedyHeight()));
        assertThat(best.height()).isLessThanOrEqualTo(best.greedyHeight());
        if (best.height() == problem.lowerBound()) {
            assertThat(best.proven()).isTrue();
        }
    }

    @Property(tries = 400)
    void theCompleteSearchEqualsBruteForce(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int buffers, @ForAll boolean aligned) {
        OfflineProblem problem = RandomProblems.of(seed, buffers, 6, 9, aligned);
        long least = BruteForce.leastHeight(problem);
        assertThat(leastByCompleteSearch(problem)).isEqualTo(least);
        OfflinePlacement best = OfflineSolver.solve(problem, WorkLimit.of(100_000_000), seed);
        assertThat(best.height()).isEqualTo(least);
        assertThat(best.proven()).isTrue();
    }

    /** Each focus and order on its own: at the least height there is a placement, and a step below there is none. */
    @Property(tries = 300)
    void everyFocusIsComplete(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 6) int buffers,
            @ForAll ExactSearch.Focus focus,
            @ForAll boolean aligned) {
        OfflineProblem problem = RandomProblems.of(seed, buffers, 6, 9, aligned);
        long least = BruteForce.leastHeight(problem);
        assertThat(search(problem, focus, least, seed)).isEqualTo(ExactSearch.Outcome.PLACED);
        assertThat(search(problem, focus, least - problem.step(), seed)).isEqualTo(ExactSearch.Outcome.IMPOSSIBLE);
    }

    private static ExactSearch.Outcome search(
            OfflineProblem problem, ExactSearch.Focus focus, long capacity, long seed) {
        ExactTables tables = new ExactTables(problem, Overlaps.of(problem, Overlaps.MOST_PAIRS));
        int[] order = new Orders(problem).random(new SplittableRandom(seed));
        int[] ranks = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            ranks[order[i]] = i;
        }
        double[] failures = new double[problem.moments()];
        WorkLimit workLimit = WorkLimit.of(Long.MAX_VALUE);
        ExactSearch search = new ExactSearch(tables, capacity, focus, ranks, failures, Long.MAX_VALUE, workLimit);
        ExactSearch.Outcome outcome = search.run();
        if (outcome == ExactSearch.Outcome.PLACED) {
            OfflinePlacement placement = new OfflinePlacement(problem, search.offsets(), "", false, 0, 0);
            placement.check();
            assertThat(placement.height()).isLessThanOrEqualTo(capacity);
        }
        return outcome;
    }

    private static long leastByCompleteSearch(OfflineProblem problem) {
        Overlaps overlaps = Overlaps.of(problem, Overlaps.MOST_PAIRS);
        ExactTries tries = new ExactTries(problem, overlaps, new SplittableRandom(1));
        WorkLimit workLimit = WorkLimit.of(100_000_000);
        long height = OfflinePlacement.height(problem, TimeFit.place(problem));
        while (tries.lowerBound() < height) {
            long[] found = tries.improve(height, workLimit);
            assertThat(workLimit.over()).isFalse();
            if (found != null) {
                height = OfflinePlacement.height(problem, found);
            }
        }
        return height;
    }
}
