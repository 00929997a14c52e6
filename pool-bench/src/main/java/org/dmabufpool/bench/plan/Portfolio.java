// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The searches of {@link OfflineSolver}, one after the other, and the best that they found. */
final class Portfolio {

    /** Complete searches recurse once a buffer, and a thread's stack is not endless. */
    private static final int MOST_FOR_EXACT = 1000;

    /** Units of work of the first turns: about a tenth of a second. */
    private static final long FIRST_TURN = 1 << 22;
    /** Turns grow by an eighth. */
    private static final int GROWTH = 8;

    /** A complete search gets so many times the work of an ejection, where both take turns. */
    private static final int EXACT_SHARE = 8;
    /** An ejection that has all the work gets so many times that of a first turn: one that is cut off is lost. */
    private static final int EJECTION_SHARE = 4;

    /** Halfway to the lower bound is often reached, the bound itself seldom. */
    private static final double FIRST_AIM = 0.5;

    private static final String BY_SIZE = "greedy by size";

    private final OfflineProblem problem;
    private final WorkLimit workLimit;
    private final SplittableRandom random;
    private long[] offsets;
    private long height;
    /** What found the placement that ejections have lowered since. */
    private String origin = "first fit in time";

    private String algorithm = origin;
    private long lowerBound;
    private long greedyHeight;
    /** How far the ejection aims: 0 for the lower bound, 1 for what is reached. */
    private double aim = FIRST_AIM;

    Portfolio(OfflineProblem problem, WorkLimit workLimit, long seed) {
        this.problem = problem;
        this.workLimit = workLimit;
        this.random = new SplittableRandom(seed);
        this.lowerBound = problem.lowerBound();
        this.offsets = TimeFit.place(problem);
        this.height = OfflinePlacement.height(problem, offsets);
    }

    OfflinePlacement run() {
        Overlaps overlaps = workLimit.over() ? null : Overlaps.of(problem, Overlaps.MOST_PAIRS);
        if (overlaps != null) {
            greedy(overlaps);
            improve(overlaps);
        }
        return new OfflinePlacement(problem, offsets, algorithm, height == lowerBound, greedyHeight, workLimit.nanos());
    }

    private void greedy(Overlaps overlaps) {
        LowestFit fit = new LowestFit(problem, overlaps);
        Orders orders = new Orders(problem);
        Map<String, Supplier<int[]>> starts = new LinkedHashMap<>();
        starts.put(BY_SIZE, orders::bySize);
        starts.put("greedy by size and lifetime", orders::byArea);
        starts.put("greedy by lifetime", orders::byLifetime);
        starts.put("greedy by contention", orders::byContention);
        starts.forEach((name, order) -> {
            // Greedy by size is what others are compared with, so it is done in any case.
            if (height > lowerBound || name.equals(BY_SIZE)) {
                long[] placed = fit.place(order.get(), workLimit);
                if (name.equals(BY_SIZE) && placed != null) {
                    greedyHeight = OfflinePlacement.height(problem, placed);
                }
                offer(placed, name);
            }
        });
    }

    private void improve(Overlaps overlaps) {
        ExactTries exact =
                problem.buffers() <= MOST_FOR_EXACT ? new ExactTries(problem, overlaps, random.split()) : null;
        Ejection ejection = new Ejection(problem, overlaps, random.split());
        for (long turn = FIRST_TURN; height > lowerBound && !workLimit.over(); turn += turn / GROWTH) {
            if (exact != null) {
                workLimit.slice(turn);
                exact(exact);
            }
            workLimit.slice(exact == null ? EJECTION_SHARE * turn : turn / EXACT_SHARE);
            eject(ejection);
        }
    }

    private void exact(ExactTries exact) {
        while (exact.lowerBound() < height && !workLimit.spent()) {
            offer(exact.improve(height, workLimit), "branch and bound");
        }
        lowerBound = exact.lowerBound();
    }

    private void eject(Ejection ejection) {
        while (height > lowerBound && !workLimit.spent()) {
            long[] lowered = offsets.clone();
            if (ejection.lower(lowered, target(), workLimit)) {
                offer(lowered, origin, "ejection from " + origin);
            } else {
                aim = (1 + aim) / 2;
            }
        }
    }

    /** A height below what is reached: boldly at first, and the less so the more often it failed. */
    private long target() {
        long step = problem.step();
        long between = (long) ((height - step - lowerBound) * aim) / step * step;
        if (between + step >= height - lowerBound) {
            aim = FIRST_AIM;
        }
        return lowerBound + between;
    }

    private void offer(long @Nullable [] placed, String name) {
        offer(placed, name, name);
    }

    private void offer(long @Nullable [] placed, String from, String name) {
        if (placed != null) {
            long reached = OfflinePlacement.height(problem, placed);
            if (reached < height) {
                offsets = placed;
                height = reached;
                origin = from;
                algorithm = name;
            }
        }
    }
}
