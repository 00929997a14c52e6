// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Complete searches, given up and begun anew: most problems are solved soon by the right order of decisions, and never by
 * the wrong one. All focuses and orders take turns, and what each may spend grows with each round.
 */
final class ExactTries {

    /** Decisions of the searches of the first round. */
    private static final double FIRST_DECISIONS = 2000;

    private static final double GROWTH = 1.5;
    private static final int RANDOM_ORDERS = 4;

    private final OfflineProblem problem;
    private final ExactTables tables;
    private final Orders orders;
    private final SplittableRandom random;
    private final double[] failures;
    private final List<Search> round = new ArrayList<>();
    private double decisions = FIRST_DECISIONS / GROWTH;
    private long lowerBound;

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Search(ExactSearch.Focus focus, int[] rank) {}

    ExactTries(OfflineProblem problem, Overlaps overlaps, SplittableRandom random) {
        this.problem = problem;
        this.tables = new ExactTables(problem, overlaps);
        this.orders = new Orders(problem);
        this.random = random;
        this.failures = new double[problem.moments()];
        this.lowerBound = problem.lowerBound();
    }

    /** What no placement can be below, as far as is known. */
    long lowerBound() {
        return lowerBound;
    }

    /**
     * Looks for a placement below a height, until one is found, or there is none, or the budget is spent.
     *
     * @return one that is at least a step lower, or null
     */
    long @Nullable [] improve(long height, Budget budget) {
        while (lowerBound < height && !budget.spent()) {
            if (round.isEmpty()) {
                begin();
            }
            Search search = round.remove(round.size() - 1);
            long[] found = attempt(search, lowerBound, budget);
            if (found == null && lowerBound < height && !budget.spent()) {
                found = attempt(search, middle(height), budget);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** A height halfway between what is known to be impossible and what is known to be possible. */
    private long middle(long height) {
        long step = problem.step();
        return lowerBound + (height - step - lowerBound) / 2 / step * step;
    }

    private long @Nullable [] attempt(Search search, long capacity, Budget budget) {
        ExactSearch attempt =
                new ExactSearch(tables, capacity, search.focus(), search.rank(), failures, (long) decisions, budget);
        switch (attempt.run()) {
            case PLACED -> {
                return attempt.offsets();
            }
            case IMPOSSIBLE -> lowerBound = capacity + problem.step();
            case UNDECIDED -> {}
        }
        return null;
    }

    private void begin() {
        decisions *= GROWTH;
        List<int[]> ranks = new ArrayList<>();
        for (int i = 0; i < RANDOM_ORDERS; i++) {
            ranks.add(ranks(orders.random(random)));
        }
        ranks.add(ranks(orders.byLifetime()));
        ranks.add(ranks(orders.byArea()));
        ranks.add(ranks(orders.byContention()));
        ranks.add(ranks(orders.byContentionAndLifetime()));
        for (int[] rank : ranks) {
            for (ExactSearch.Focus focus : ExactSearch.Focus.values()) {
                round.add(new Search(focus, rank));
            }
        }
    }

    private static int[] ranks(int[] order) {
        int[] ranks = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            ranks[order[i]] = i;
        }
        return ranks;
    }
}
