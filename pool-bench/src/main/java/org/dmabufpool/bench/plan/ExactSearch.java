// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Places all buffers below a capacity, or shows that it cannot be done.
 *
 * <p>Where any placement exists, one exists in which no buffer could be lowered alone: each lies on the ground or on another
 * one. Only those are searched, from below. A buffer is <em>free to decide on</em> if nothing that lives at the same time
 * could still come to lie below it: then either it lies on its ground now, or it is lifted, and will lie on something that
 * is not placed yet. The two cases exclude each other, so that no placement is met twice, and the order of decisions is
 * free. After each the search concludes how low each buffer can lie at the least, gives up where at some moment the
 * lowest of these and the bytes that are still to be placed exceed the capacity, and treats buffers that no longer touch in
 * time as problems of their own: where one of them has no solution, no other solution of the rest helps.
 *
 * <p>Canonical placements, bounds by moment and splitting in time follow Moffitt and Fegade (MiniMalloc: A Lightweight Memory
 * Allocator for Hardware-Accelerated Machine Learning, ASPLOS 2023), who decide in the order of offsets over all times at
 * once. Deciding at free buffers instead is what schedulers do that set times or postpone (Le Pape, Couronné, Vergamini and
 * Gosselin, Time-versus-capacity compromises in project scheduling, 1994).
 */
final class ExactSearch {

    /** Where the next decision is taken. */
    enum Focus {
        /** At the buffer that can lie lowest of all. */
        LOWEST,
        /** At the moment with the least space to lose; among equals where most branches failed. */
        TIGHTEST,
        /** At the moment with the most failed branches in proportion to the space to lose. */
        HARDEST,
        /** At the moment that is filled least. */
        EMPTIEST
    }

    /** What came of a search. */
    enum Outcome {
        /** All buffers are placed. */
        PLACED,
        /** No placement exists. */
        IMPOSSIBLE,
        /** The limit was reached before an answer. */
        UNDECIDED
    }

    /** How much a failed branch weighs beside a byte of space to lose: next to nothing. */
    private static final double FAILURE_WEIGHT = 1e-6;

    private final ExactTables tables;
    private final OfflineProblem problem;
    private final ExactState state;
    private final Focus focus;
    private final int[] rank;
    private final WorkLimit workLimit;
    private long decisions;
    /** Parts of the buffers, each above the part that it is of. */
    private int[] stack;

    /**
     * A search.
     *
     * @param rank decides between buffers that can lie equally low: the lower first
     * @param failures how often branches failed at each moment; counted on
     * @param decisions after how many to give up
     */
    ExactSearch(
            ExactTables tables,
            long capacity,
            Focus focus,
            int[] rank,
            double[] failures,
            long decisions,
            WorkLimit workLimit) {
        this.tables = tables;
        this.problem = tables.problem;
        this.state = new ExactState(tables, capacity, failures);
        this.focus = focus;
        this.rank = rank;
        this.decisions = decisions;
        this.workLimit = workLimit;
        this.stack = Arrays.copyOf(tables.byBegin, 4 * tables.byBegin.length);
    }

    /** Searches. */
    Outcome run() {
        if (solveParts(0, problem.buffers(), -1)) {
            return Outcome.PLACED;
        }
        return stopped() ? Outcome.UNDECIDED : Outcome.IMPOSSIBLE;
    }

    /** The offsets that were found. */
    long[] offsets() {
        return state.offsets;
    }

    private boolean stopped() {
        return decisions <= 0 || workLimit.spent();
    }

    /** Solves what is left of a part of the stack without one buffer, each problem of its own for itself. */
    private boolean solveParts(int from, int to, int without) {
        reserve(to + 2 * (to - from));
        int top = to;
        for (int i = from; i < to; i++) {
            if (stack[i] != without) {
                stack[top++] = stack[i];
            }
        }
        int end = endOfFirst(to, top);
        if (end == top) {
            return top == to || solve(to, top);
        }
        return solveHardestFirst(to, end, top);
    }

    /** Where the first problem of its own ends that begins at an index. */
    private int endOfFirst(int from, int to) {
        int index = from;
        for (int end = Integer.MIN_VALUE; index < to; index++) {
            if (index > from && problem.begin(stack[index]) >= end) {
                break;
            }
            end = Math.max(end, problem.end(stack[index]));
        }
        return index;
    }

    /** Where there are several, the one first in which most branches failed. */
    private boolean solveHardestFirst(int from, int firstEnd, int to) {
        List<int[]> parts = new ArrayList<>();
        int begin = from;
        for (int end = firstEnd; begin < to; end = endOfFirst(end, to)) {
            parts.add(new int[] {begin, end});
            begin = end;
        }
        parts.sort(Comparator.comparingDouble((int[] part) -> -mostFailures(part[0], part[1])));
        for (int[] part : parts) {
            // Above all others, where its own parts have space.
            int length = part[1] - part[0];
            reserve(to + length);
            System.arraycopy(stack, part[0], stack, to, length);
            if (!solve(to, to + length)) {
                return false;
            }
        }
        return true;
    }

    private double mostFailures(int from, int to) {
        double most = 0;
        for (int i = from; i < to; i++) {
            for (int moment = problem.begin(stack[i]); moment < problem.end(stack[i]); moment++) {
                most = Math.max(most, state.failures[moment]);
            }
        }
        return most;
    }

    private void reserve(int length) {
        if (stack.length < length) {
            stack = Arrays.copyOf(stack, 2 * length);
        }
    }

    private boolean solve(int from, int to) {
        int begin = problem.begin(stack[from]);
        int end = begin;
        for (int i = from; i < to; i++) {
            end = Math.max(end, problem.end(stack[i]));
        }
        while (state.holds(stack, from, to, begin, end)) {
            decisions--;
            workLimit.spend(to - from);
            if (stopped()) {
                return false;
            }
            int buffer = choose(from, to, begin, end);
            int placements = state.placements();
            int changes = state.changes();
            state.place(buffer);
            if (solveParts(from, to, buffer)) {
                return true;
            }
            if (stopped()) {
                return false;
            }
            state.undo(placements, changes);
            state.lift(buffer);
        }
        return false;
    }

    private int choose(int from, int to, int begin, int end) {
        if (focus == Focus.LOWEST) {
            return freeBelow(lowestOf(stack, from, to));
        }
        int[] living = tables.living[focusMoment(begin, end)];
        return freeBelow(lowestOf(living, 0, living.length));
    }

    private int focusMoment(int begin, int end) {
        int best = begin;
        double most = Double.NEGATIVE_INFINITY;
        for (int moment = begin; moment < end; moment++) {
            if (state.open[moment] == 0) {
                continue;
            }
            double score = score(moment);
            if (score > most) {
                most = score;
                best = moment;
            }
        }
        return best;
    }

    private double score(int moment) {
        return switch (focus) {
            case LOWEST, EMPTIEST -> (double) -state.floor(moment);
            case TIGHTEST -> FAILURE_WEIGHT * state.failures[moment] - state.slack(moment);
            case HARDEST -> state.failures[moment] / (1 + (double) state.slack(moment) / problem.step());
        };
    }

    private int lowestOf(int[] buffers, int from, int to) {
        int lowest = -1;
        for (int i = from; i < to; i++) {
            int buffer = buffers[i];
            if (!state.placed[buffer] && (lowest < 0 || before(buffer, lowest))) {
                lowest = buffer;
            }
        }
        return lowest;
    }

    private boolean before(int one, int other) {
        return state.least[one] < state.least[other]
                || (state.least[one] == state.least[other] && rank[one] < rank[other]);
    }

    /** From a buffer down to one that is free to decide on: each step leads lower. */
    private int freeBelow(int from) {
        int buffer = from;
        for (Integer below = firstBelow(buffer); below != null; below = firstBelow(buffer)) {
            buffer = below;
        }
        return buffer;
    }

    /** The lowest buffer that must, or could, come to lie below this one; null if there is none. */
    private @Nullable Integer firstBelow(int buffer) {
        boolean lifted = state.lifted(buffer);
        int lowest = -1;
        for (int neighbour : tables.neighbours[buffer]) {
            if (!state.placed[neighbour]
                    && (lifted || state.least[neighbour] + problem.size(neighbour) <= state.ground[buffer])
                    && (lowest < 0 || before(neighbour, lowest))) {
                lowest = neighbour;
            }
        }
        return lowest < 0 ? null : lowest;
    }
}
