// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Looks for the lowest placement of buffers whose lifetimes are known.
 *
 * <p>It begins with placements that take little time: in the order of time, and greedily by size, by lifetime, by their
 * product, and by how many bytes live beside a buffer. Then two searches take turns, each for longer every time, until the
 * time is over or the most bytes that live at once are reached: {@link Ejection}, which lowers the best placement bit by bit,
 * and, where there are not too many buffers, {@link ExactTries}, which may find what no such step leads to, or show that
 * there is nothing to be found.
 */
public final class OfflineSolver {

    private OfflineSolver() {}

    /**
     * Solves a problem, on the caller's thread. The first placement, in the order of time, is finished whatever the limit.
     *
     * @param limit how long to search at most, from 0 on
     * @param seed of random choices: for one seed only the limit makes a difference
     * @return the lowest placement found
     */
    public static OfflinePlacement solve(OfflineProblem problem, Duration limit, long seed) {
        return solve(problem, limit, seed, nanos -> {});
    }

    /**
     * As {@link #solve(OfflineProblem, Duration, long)}.
     *
     * @param progress is told now and then how many nanoseconds have gone
     */
    public static OfflinePlacement solve(OfflineProblem problem, Duration limit, long seed, LongConsumer progress) {
        return solve(problem, WorkLimit.of(limit, progress), seed);
    }

    /** As {@link #solve(OfflineProblem, Duration, long)}, with any limit of work. */
    static OfflinePlacement solve(OfflineProblem problem, WorkLimit workLimit, long seed) {
        OfflinePlacement best = new Portfolio(problem, workLimit, seed).run();
        best.check();
        return best;
    }
}
