// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Who lives at the same time as whom. Takes 8 bytes for each pair, so there is none where pairs are too many. */
final class Overlaps {

    /** Pairs for which there is memory in any JVM: 128 MiB. */
    static final long MOST_PAIRS = 1 << 24;

    /** Where the neighbours of each buffer begin. */
    private final int[] starts;

    private final int[] neighbours;

    private Overlaps(int[] starts, int[] neighbours) {
        this.starts = starts;
        this.neighbours = neighbours;
    }

    /** Those of a problem, or null if there are more than so many pairs. */
    static @Nullable Overlaps of(OfflineProblem problem, long mostPairs) {
        int[] order = Orders.byBegin(problem);
        int[] degrees = new int[problem.buffers()];
        long[] pairs = new long[1];
        boolean few = walk(problem, order, (one, other) -> {
            degrees[one]++;
            degrees[other]++;
            return ++pairs[0] <= mostPairs;
        });
        if (!few) {
            return null;
        }
        int[] starts = new int[problem.buffers() + 1];
        for (int i = 0; i < degrees.length; i++) {
            starts[i + 1] = starts[i] + degrees[i];
        }
        int[] neighbours = new int[starts[degrees.length]];
        int[] next = starts.clone();
        walk(problem, order, (one, other) -> {
            neighbours[next[one]++] = other;
            neighbours[next[other]++] = one;
            return true;
        });
        return new Overlaps(starts, neighbours);
    }

    /**
     * Those of pairs that are given.
     *
     * @param pairs each with the one buffer in the high half and the other in the low half; none twice, in whatever order
     */
    static Overlaps of(int buffers, long[] pairs) {
        int[] starts = new int[buffers + 1];
        for (long pair : pairs) {
            starts[one(pair) + 1]++;
            starts[other(pair) + 1]++;
        }
        for (int i = 0; i < buffers; i++) {
            starts[i + 1] += starts[i];
        }
        int[] neighbours = new int[starts[buffers]];
        int[] next = starts.clone();
        for (long pair : pairs) {
            neighbours[next[one(pair)]++] = other(pair);
            neighbours[next[other(pair)]++] = one(pair);
        }
        return new Overlaps(starts, neighbours);
    }

    /** Two buffers as one number, whatever their order. */
    static long pair(int one, int other) {
        return (long) Math.min(one, other) << Integer.SIZE | Math.max(one, other);
    }

    /** The lower of the two of a {@link #pair}. */
    static int one(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }

    /** The higher one. */
    static int other(long pair) {
        return (int) pair;
    }

    private interface Pairs {
        /** Takes a pair; false ends the walk. */
        boolean take(int one, int other);
    }

    /** Tells each pair once; false if the walk was ended. */
    private static boolean walk(OfflineProblem problem, int[] order, Pairs pairs) {
        int[] live = new int[order.length];
        int count = 0;
        for (int buffer : order) {
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (problem.end(live[i]) > problem.begin(buffer)) {
                    live[kept++] = live[i];
                    if (!pairs.take(live[i], buffer)) {
                        return false;
                    }
                }
            }
            count = kept;
            live[count++] = buffer;
        }
        return true;
    }

    /** How many buffers live at the same time as this one at some moment. */
    int degree(int buffer) {
        return starts[buffer + 1] - starts[buffer];
    }

    /** The most that {@link #degree} says. */
    int mostDegree() {
        int most = 0;
        for (int i = 0; i + 1 < starts.length; i++) {
            most = Math.max(most, degree(i));
        }
        return most;
    }

    /** One of them. */
    int neighbour(int buffer, int index) {
        return neighbours[starts[buffer] + index];
    }

    /** All of them. */
    int[] neighbours(int buffer) {
        return Arrays.copyOfRange(neighbours, starts[buffer], starts[buffer + 1]);
    }
}
