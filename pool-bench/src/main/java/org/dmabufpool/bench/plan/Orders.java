// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Orders of buffers. All are total, so that the same problem has the same order everywhere. */
final class Orders {

    /** How far random orders stray, at most: a factor of e for one standard deviation. */
    private static final int MOST_RANDOM_WEIGHT = 3;

    private static final double CONTENTION_WEIGHT = 8;

    private final OfflineProblem problem;
    /** The most bytes live at one moment of each buffer's lifetime. */
    private final long[] contention;

    Orders(OfflineProblem problem) {
        this.problem = problem;
        this.contention = contention(problem);
    }

    /** Whose lifetime begins first. */
    static int[] byBegin(OfflineProblem problem) {
        return sorted(problem, Comparator.comparingInt(problem::begin));
    }

    /** The largest first, the longest lifetime first among equals. */
    int[] bySize() {
        return descending(problem::size, this::lifetime);
    }

    /** The longest lifetime first, the largest among equals. */
    int[] byLifetime() {
        return descending(this::lifetime, problem::size);
    }

    /** The largest product of size and lifetime first. */
    int[] byArea() {
        return descending(this::area);
    }

    /** Who lives when most bytes live first, the largest product of size and lifetime among equals. */
    int[] byContention() {
        return descending(i -> (double) contention[i], this::area);
    }

    /** Who lives when most bytes live first, the longest lifetime among equals, then the largest. */
    int[] byContentionAndLifetime() {
        return descending(i -> (double) contention[i], this::lifetime, problem::size);
    }

    /** Some weights for the three, and some noise. */
    int[] random(SplittableRandom random) {
        double contentionWeight = CONTENTION_WEIGHT * random.nextInt(MOST_RANDOM_WEIGHT);
        double lifetimeWeight = random.nextInt(MOST_RANDOM_WEIGHT);
        double sizeWeight = random.nextInt(MOST_RANDOM_WEIGHT);
        double noise = random.nextDouble();
        double[] keys = new double[problem.buffers()];
        for (int i = 0; i < keys.length; i++) {
            // The sum of two even distributions is near enough to a bell.
            double bell = 2 * (random.nextDouble() + random.nextDouble() - 1);
            keys[i] = contentionWeight * StrictMath.log((double) contention[i])
                    + lifetimeWeight * StrictMath.log(lifetime(i))
                    + sizeWeight * StrictMath.log((double) problem.size(i))
                    + noise * bell;
        }
        return descending(i -> keys[i]);
    }

    private double lifetime(int buffer) {
        return problem.end(buffer) - problem.begin(buffer);
    }

    private double area(int buffer) {
        return problem.size(buffer) * lifetime(buffer);
    }

    private int[] descending(IntToDoubleFunction... keys) {
        Comparator<Integer> order = Comparator.comparingDouble((Integer i) -> -keys[0].applyAsDouble(i));
        for (int k = 1; k < keys.length; k++) {
            IntToDoubleFunction key = keys[k];
            order = order.thenComparingDouble(i -> -key.applyAsDouble(i));
        }
        return sorted(problem, order);
    }

    private static int[] sorted(OfflineProblem problem, Comparator<Integer> order) {
        return IntStream.range(0, problem.buffers())
                .boxed()
                .sorted(order)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static long[] contention(OfflineProblem problem) {
        RangeMaximum most = new RangeMaximum(problem.liveBytes());
        long[] contention = new long[problem.buffers()];
        for (int i = 0; i < contention.length; i++) {
            contention[i] = most.of(problem.begin(i), problem.end(i));
        }
        return contention;
    }
}
