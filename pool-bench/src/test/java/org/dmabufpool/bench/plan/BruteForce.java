// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;

/**
 * The least height of a tiny problem by trying all orders: in the order of its offsets, a placement that cannot be lowered
 * comes out of the lowest fit.
 */
final class BruteForce {

    private final OfflineProblem problem;
    private final long[] offsets;
    private long least = Long.MAX_VALUE;

    private BruteForce(OfflineProblem problem) {
        this.problem = problem;
        this.offsets = new long[problem.buffers()];
        Arrays.fill(offsets, -1);
    }

    static long leastHeight(OfflineProblem problem) {
        BruteForce force = new BruteForce(problem);
        force.placeRest(0, 0);
        return force.least;
    }

    private void placeRest(int placed, long height) {
        if (placed == offsets.length) {
            least = Math.min(least, height);
            return;
        }
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] < 0) {
                offsets[i] = lowest(i);
                placeRest(placed + 1, Math.max(height, offsets[i] + problem.size(i)));
                offsets[i] = -1;
            }
        }
    }

    private long lowest(int buffer) {
        long offset = 0;
        while (taken(buffer, offset)) {
            offset += problem.alignment(buffer);
        }
        return offset;
    }

    private boolean taken(int buffer, long offset) {
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] >= 0
                    && problem.lower(i) < problem.upper(buffer)
                    && problem.lower(buffer) < problem.upper(i)
                    && offsets[i] < offset + problem.size(buffer)
                    && offset < offsets[i] + problem.size(i)) {
                return true;
            }
        }
        return false;
    }
}
