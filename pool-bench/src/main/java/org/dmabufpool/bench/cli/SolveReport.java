// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import org.dmabufpool.bench.plan.OfflinePlacement;
import org.dmabufpool.bench.plan.OfflineProblem;
import org.jspecify.annotations.Nullable;

/**
 * What came of one problem.
 *
 * @param input where the problem comes from
 * @param buffers how many buffers it has
 * @param lowerBoundBytes the most bytes live at one moment
 * @param greedyBytes the height that greedy by size reaches; null if too many buffers overlap, or there was no time
 * @param greedyRatio that in proportion to {@code lowerBoundBytes}
 * @param bytes the lowest height found
 * @param ratio that in proportion to {@code lowerBoundBytes}
 * @param algorithm what found it
 * @param proven whether there is none that is lower
 * @param seconds how long it was looked for
 */
record SolveReport(
        String input,
        int buffers,
        long lowerBoundBytes,
        @Nullable Long greedyBytes,
        @Nullable Double greedyRatio,
        long bytes,
        double ratio,
        String algorithm,
        boolean proven,
        double seconds) {

    private static final double NANOS_PER_SECOND = 1e9;

    static SolveReport of(OfflineProblem problem, OfflinePlacement best) {
        boolean greedy = best.greedyHeight() > 0;
        return new SolveReport(
                problem.name(),
                problem.buffers(),
                problem.lowerBound(),
                greedy ? best.greedyHeight() : null,
                greedy ? (double) best.greedyHeight() / problem.lowerBound() : null,
                best.height(),
                best.ratio(),
                best.algorithm(),
                best.proven(),
                best.nanos() / NANOS_PER_SECOND);
    }
}
