// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.bench.trace.MinPool;
import org.dmabufpool.bench.trace.Replay;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceKind;

/**
 * The smallest pool that serves a trace in proportion to its peak of live bytes.
 *
 * @param kind what made the traces
 * @param policy who placed the parts
 * @param median middle of {@code ratios}
 * @param worst largest of {@code ratios}
 * @param metadataPercent the policy's own state in percent of the smallest pool, the most of the seeds; 0 where that is
 *     not known
 * @param ratios one for each seed from 1
 */
public record Footprint(
        String kind, String policy, double median, double worst, double metadataPercent, List<Double> ratios) {

    private static final double PERCENT = 100;

    /** One kind of trace, every policy. */
    static List<Footprint> of(TraceKind kind, Pace pace) {
        List<Trace> traces = new ArrayList<>();
        for (int seed = 1; seed <= pace.seeds(); seed++) {
            traces.add(kind.generate(seed));
        }
        return Arrays.stream(Policy.values())
                .map(policy -> of(kind, policy, traces, pace.probes()))
                .toList();
    }

    private static Footprint of(TraceKind kind, Policy policy, List<Trace> traces, int probes) {
        List<Double> ratios = new ArrayList<>();
        double metadata = 0;
        for (Trace trace : traces) {
            long bytes = MinPool.smallestBytes(trace, policy, probes);
            ratios.add((double) bytes / trace.peakLiveBytes());
            metadata = Math.max(
                    metadata, PERCENT * Replay.run(trace, policy, bytes).metadataBytes() / bytes);
        }
        return new Footprint(
                kind.label(),
                policy.label(),
                Median.of(ratios, Double::doubleValue),
                Collections.max(ratios),
                metadata,
                ratios);
    }
}
