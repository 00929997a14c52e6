// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.Comparator;
import java.util.List;

/**
 * How many more parts of one size could have been had while a trace was played.
 *
 * @param bytes the size
 * @param least the fewest at any of the moments
 * @param leastAtOperation how many operations were done then
 * @param mean mean over the moments
 */
public record PartsLeft(long bytes, long least, int leastAtOperation, double mean) {

    static PartsLeft of(long bytes, List<Timeline.Moment> moments) {
        Timeline.Moment least = moments.stream()
                .min(Comparator.comparingLong(Timeline.Moment::available))
                .orElseThrow();
        double mean =
                moments.stream().mapToLong(Timeline.Moment::available).average().orElseThrow();
        return new PartsLeft(bytes, least.available(), least.operation(), mean);
    }
}
