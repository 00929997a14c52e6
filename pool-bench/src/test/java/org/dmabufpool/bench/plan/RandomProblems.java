// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.SplittableRandom;

/** Small problems, from a seed. */
final class RandomProblems {

    private RandomProblems() {}

    /** Buffers of up to {@code mostSize} bytes that live in a few moments; some are aligned where that is asked for. */
    static OfflineProblem of(long seed, int buffers, int times, int mostSize, boolean aligned) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] lowers = new long[buffers];
        long[] uppers = new long[buffers];
        long[] sizes = new long[buffers];
        long[] alignments = new long[buffers];
        for (int i = 0; i < buffers; i++) {
            lowers[i] = random.nextInt(times);
            uppers[i] = lowers[i] + 1 + random.nextInt(times);
            sizes[i] = 1 + random.nextInt(mostSize);
            alignments[i] = aligned ? 1L << random.nextInt(4) : 1;
        }
        return OfflineProblem.of("seed " + seed, new OfflineProblem.Lives(null, lowers, uppers), sizes, alignments, 1);
    }
}
