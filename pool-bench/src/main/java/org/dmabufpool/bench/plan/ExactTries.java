// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Complete searches, given up and begun anew: most problems are solved soon by the right order of decisions, and never by
 * the wrong one. All focuses and orders take turns, and what each may spend grows with each round.
 */
final class ExactTries {

    /** Decisions of the searches of the first round. */
    private static final double FIRST_DECISIONS = 2000;

    private static final double GROWTH = 1.1;
    private static final int RANDOM_ORDERS = 12;
    /** One search in so many is followed by one that aims less low. */
    private static final int BETWEEN_EVERY = 2;

    private final OfflineProblem problem;
    private final ExactTables tables;
    private final Orders orders;
    private final SplittableRandom random;
    /** Each focus learns for itself where it fails. */
    private final Map<ExactSearch.Focus, double[]> failures = new EnumMap<>(ExactSearch.Focus.class);

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
        for (ExactSearch.Focus focus : ExactSearch.Focus.values()) {
            double[] once = new double[problem.moments()];
            Arrays.fill(once, 1);
            failures.put(focus, once);
        }
        this.lowerBound = problem.lowerBound();
    }

    /** What no placement can be below, as far as is known. */
    long lowerBound() {
        return lowerBound;
    }

    /**
     * Looks for a placement below a height, until one is found, or there is none, or the limit of work is reached.
     *
     * @return one that is at least a step lower, or null
     */
    long @Nullable [] improve(long height, WorkLimit workLimit) {
        while (lowerBound < height && !workLimit.spent()) {
            if (round.isEmpty()) {
                begin();
            }
            Search search = round.remove(round.size() - 1);
            long[] found = attempt(search, lowerBound, workLimit);
            if (found == null && round.size() % BETWEEN_EVERY == 0 && lowerBound < height && !workLimit.spent()) {
                found = attempt(search, between(height), workLimit);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** A height between what is known to be impossible and what is known to be possible; nobody knows where it is easy. */
    private long between(long height) {
        long step = problem.step();
        return lowerBound + (long) ((height - step - lowerBound) * random.nextDouble()) / step * step;
    }

    private long @Nullable [] attempt(Search search, long capacity, WorkLimit workLimit) {
        ExactSearch attempt = new ExactSearch(
                tables,
                capacity,
                search.focus(),
                search.rank(),
                Objects.requireNonNull(failures.get(search.focus())),
                (long) decisions,
                workLimit);
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
        for (int i = 0; i < RANDOM_ORDERS; i++) {
            add(orders.random(random), ExactSearch.Focus.TIGHTEST, ExactSearch.Focus.HARDEST);
        }
        add(orders.random(random), ExactSearch.Focus.values());
        add(orders.byLifetime(), ExactSearch.Focus.values());
        add(orders.byArea(), ExactSearch.Focus.values());
        add(orders.byContention(), ExactSearch.Focus.values());
        add(orders.byContentionAndLifetime(), ExactSearch.Focus.values());
    }

    private void add(int[] order, ExactSearch.Focus... focuses) {
        for (ExactSearch.Focus focus : focuses) {
            round.add(new Search(focus, ranks(order)));
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
