// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What complete searches of one problem share: its overlaps in the forms that they need. Immutable. */
final class ExactTables {

    final OfflineProblem problem;
    /** Who lives at the same time as each buffer, the smallest first. */
    final int[][] neighbours;
    /** Who lives at each moment. */
    final int[][] living;
    /** All buffers, those first whose lifetimes begin first. */
    final int[] byBegin;

    ExactTables(OfflineProblem problem, Overlaps overlaps) {
        this.problem = problem;
        this.neighbours = new int[problem.buffers()][];
        Arrays.setAll(
                neighbours,
                i -> IntStream.of(overlaps.neighbours(i))
                        .boxed()
                        .sorted(Comparator.comparingLong(problem::size))
                        .mapToInt(Integer::intValue)
                        .toArray());
        this.living = new int[problem.moments()][];
        Arrays.setAll(
                living,
                moment -> IntStream.range(0, problem.buffers())
                        .filter(i -> problem.begin(i) <= moment && moment < problem.end(i))
                        .toArray());
        this.byBegin = Orders.byBegin(problem);
    }
}
