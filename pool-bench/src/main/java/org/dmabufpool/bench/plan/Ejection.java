// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Lowers a placement a little: what ends above a capacity is taken out and put elsewhere, and what is in its way there is
 * taken out in turn, until nothing is left over.
 *
 * <p>The idea is the ejection pool with penalty counters of Nagata and Bräysy (A powerful route minimization heuristic for
 * the vehicle routing problem with time windows, Operations Research Letters 37, 2009), here for offsets instead of routes.
 * A buffer goes where what it pushes out is cheapest: the root of its size, times how often it was itself left without a
 * free place. What was placed a moment ago is dear, lest two buffers push each other out for ever. Only neighbours in time
 * are looked at, so a long trace costs no more a step than a short one.
 */
final class Ejection {

    private static final double ROOT = 0.5;
    /** For so many steps a buffer that was placed is dear, and by this factor. */
    private static final int RECENT_STEPS = 10;

    private static final double RECENT_FACTOR = 1000;
    /** Costs are sums that grow and shrink; below this they are nothing. */
    private static final double NOTHING = 1e-6;

    private final Buffers problem;
    private final Overlaps overlaps;
    private final SplittableRandom random;
    private final double[] weights;
    private final double[] penalties;
    private final long[] placedAt;
    private final int[] waiting;
    private final KeyedList begins;
    private final KeyedList ends;
    private long[] offsets = {};
    private long[] candidates;
    private int waitingCount;
    private long step;
    private long capacity;

    Ejection(Buffers problem, Overlaps overlaps, SplittableRandom random) {
        this.problem = problem;
        this.overlaps = overlaps;
        this.random = random;
        int buffers = problem.buffers();
        this.weights = new double[buffers];
        Arrays.setAll(weights, i -> StrictMath.pow((double) problem.size(i), ROOT));
        this.penalties = new double[buffers];
        this.placedAt = new long[buffers];
        this.waiting = new int[buffers];
        this.begins = new KeyedList(overlaps.mostDegree());
        this.ends = new KeyedList(overlaps.mostDegree());
        this.candidates = new long[2 * overlaps.mostDegree() + 2];
    }

    /**
     * Tries to get all buffers below a capacity; each of them fits into it.
     *
     * @param from a placement; it is changed, and is the one looked for where the answer is true
     * @return false if the limit of work was reached before
     */
    boolean lower(long[] from, long toCapacity, WorkLimit workLimit) {
        offsets = from;
        capacity = toCapacity;
        waitingCount = 0;
        Arrays.fill(penalties, 1);
        Arrays.fill(placedAt, step - RECENT_STEPS);
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] + problem.size(i) > capacity) {
                takeOut(i);
            }
        }
        while (waitingCount > 0) {
            if (workLimit.spent()) {
                return false;
            }
            int buffer = pick();
            workLimit.spend(1L + overlaps.degree(buffer));
            put(buffer);
        }
        return true;
    }

    private void takeOut(int buffer) {
        offsets[buffer] = LowestFit.NOWHERE;
        waiting[waitingCount++] = buffer;
    }

    private int pick() {
        int index = random.nextInt(waitingCount);
        int buffer = waiting[index];
        waiting[index] = waiting[--waitingCount];
        return buffer;
    }

    private void put(int buffer) {
        step++;
        gather(buffer);
        long offset = cheapest(buffer, candidates(buffer));
        for (int i = 0; i < begins.size(); i++) {
            int neighbour = begins.buffer(i);
            if (offsets[neighbour] < offset + problem.size(buffer)
                    && offsets[neighbour] + problem.size(neighbour) > offset) {
                takeOut(neighbour);
            }
        }
        offsets[buffer] = offset;
        placedAt[buffer] = step;
    }

    private void gather(int buffer) {
        begins.clear();
        ends.clear();
        for (int i = 0; i < overlaps.degree(buffer); i++) {
            int neighbour = overlaps.neighbour(buffer, i);
            long offset = offsets[neighbour];
            if (offset != LowestFit.NOWHERE) {
                begins.add(offset, neighbour);
                ends.add(offset + problem.size(neighbour), neighbour);
            }
        }
        begins.sort();
        ends.sort();
    }

    /** Offsets at the bottom, at the top, on a neighbour and below a neighbour; how many there are. */
    private int candidates(int buffer) {
        long highest = alignDown(buffer, capacity - problem.size(buffer));
        candidates[0] = 0;
        candidates[1] = highest;
        int count = 2;
        for (int i = 0; i < begins.size(); i++) {
            long above = problem.align(buffer, ends.key(i));
            if (above < highest) {
                candidates[count++] = above;
            }
            long below = begins.key(i) - problem.size(buffer);
            if (below > 0) {
                candidates[count++] = alignDown(buffer, below);
            }
        }
        Arrays.sort(candidates, 0, count);
        return count;
    }

    private long alignDown(int buffer, long offset) {
        return offset & -problem.alignment(buffer);
    }

    /** The candidate that pushes out what is cheapest, one of them at random where several are equal; and free ones first. */
    private long cheapest(int buffer, int count) {
        double least = Double.MAX_VALUE;
        long best = candidates[0];
        int equals = 0;
        int begun = 0;
        int ended = 0;
        double inside = 0;
        for (int i = 0; i < count; i++) {
            long offset = candidates[i];
            for (; begun < begins.size() && begins.key(begun) < offset + problem.size(buffer); begun++) {
                inside += cost(begins.buffer(begun));
            }
            for (; ended < ends.size() && ends.key(ended) <= offset; ended++) {
                inside -= cost(ends.buffer(ended));
            }
            if (begun == ended) {
                return offset;
            }
            if (inside < least - NOTHING) {
                least = inside;
                best = offset;
                equals = 1;
            } else if (inside < least + NOTHING && random.nextInt(++equals) == 0) {
                best = offset;
            }
        }
        penalties[buffer]++;
        return best;
    }

    private double cost(int buffer) {
        double cost = weights[buffer] * penalties[buffer];
        return step - placedAt[buffer] < RECENT_STEPS ? RECENT_FACTOR * cost : cost;
    }
}
