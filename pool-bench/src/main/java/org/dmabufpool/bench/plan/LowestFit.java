// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Places buffers in a given order, each at the lowest offset that no buffer takes which lives at the same time. */
final class LowestFit {

    static final long NOWHERE = -1;

    private final Buffers problem;
    private final Overlaps overlaps;
    private final KeyedList placed;

    LowestFit(Buffers problem, Overlaps overlaps) {
        this.problem = problem;
        this.overlaps = overlaps;
        this.placed = new KeyedList(overlaps.mostDegree());
    }

    /**
     * The offsets, or null if the limit of work was reached before the last.
     *
     * @param order the buffers to place; all others lie {@link #NOWHERE}
     */
    long @Nullable [] place(int[] order, WorkLimit workLimit) {
        long[] offsets = new long[problem.buffers()];
        Arrays.fill(offsets, NOWHERE);
        for (int buffer : order) {
            if (workLimit.spent()) {
                return null;
            }
            workLimit.spend(1L + overlaps.degree(buffer));
            offsets[buffer] = lowest(buffer, offsets);
        }
        return offsets;
    }

    private long lowest(int buffer, long[] offsets) {
        placed.clear();
        for (int i = 0; i < overlaps.degree(buffer); i++) {
            int neighbour = overlaps.neighbour(buffer, i);
            if (offsets[neighbour] != NOWHERE) {
                placed.add(offsets[neighbour], neighbour);
            }
        }
        placed.sort();
        long end = 0;
        for (int i = 0; i < placed.size(); i++) {
            if (problem.align(buffer, end) + problem.size(buffer) <= placed.key(i)) {
                break;
            }
            end = Math.max(end, placed.key(i) + problem.size(placed.buffer(i)));
        }
        return problem.align(buffer, end);
    }
}
