// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.dmabufpool.alloc.Placement;
import org.dmabufpool.bench.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The pools that one trace needs with each placement.
 *
 * @param trace where it comes from
 * @param part 1 or 2: the part of all traces that it belongs to
 * @param operations how many allocations and releases it has
 * @param peakLiveBytes the most bytes live at one moment
 * @param pools one for each placement, in their order
 */
public record PlacementPools(String trace, int part, int operations, long peakLiveBytes, List<Pool> pools) {

    /**
     * What one placement needs.
     *
     * @param placement which
     * @param minPoolBytes size of the smallest pool that serves the trace
     * @param configurePoolBytes size of the pool to configure; null if none was found
     * @param ratio that size, or where it is null the largest that was tried, in proportion to the peak
     */
    public record Pool(
            Placement placement,
            long minPoolBytes,
            @Nullable Long configurePoolBytes,
            double ratio) {}

    /**
     * Searches.
     *
     * @param progress is told how many placements are done
     * @throws IllegalArgumentException if nothing is allocated in the trace, or more than any pool has
     */
    static PlacementPools of(Trace trace, int part, IntConsumer progress) {
        if (trace.peakLiveBytes() == 0) {
            throw new IllegalArgumentException(
                    trace.name() + ": nothing is allocated in it, so nothing tells placements apart: record more");
        }
        List<Pool> pools = new ArrayList<>();
        for (Placement placement : Placement.values()) {
            MinPool found = MinPool.find(trace, Policy.of(placement), MinPool.THOROUGH);
            Long configure = found.configureBytes();
            long bytes = configure == null ? found.largestTriedBytes() : configure;
            pools.add(new Pool(placement, found.bytes(), configure, (double) bytes / trace.peakLiveBytes()));
            progress.accept(pools.size());
        }
        return new PlacementPools(trace.name(), part, trace.length(), trace.peakLiveBytes(), pools);
    }

    /** What a placement needs. */
    Pool pool(Placement placement) {
        return pools.stream()
                .filter(pool -> pool.placement() == placement)
                .findFirst()
                .orElseThrow();
    }

    /** The pool to configure with a placement in proportion to the peak. */
    double ratio(Placement placement) {
        return pool(placement).ratio();
    }
}
