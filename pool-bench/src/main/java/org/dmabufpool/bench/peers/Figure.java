// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.bench.trace.TraceKind;
import org.jspecify.annotations.Nullable;

/**
 * One thing that the allocator is judged by, mostly a result divided by another of the same run.
 *
 * @param key the name in JSON
 * @param meaning what it says, in words
 * @param goal what is asked of it, or null if it is there for comparison
 * @param value how it comes of what was measured
 */
record Figure(String key, String meaning, @Nullable Goal goal, Function<Findings, @Nullable Double> value) {

    /** All of them, in the order of reports. */
    static final List<Figure> ALL = List.of(
            new Figure(
                    "hotAloneToVmaBest",
                    "the allocator alone, hot 64 KiB: time to that of VMA's quickest strategy",
                    Goal.atMost(0.8, 0.5),
                    findings -> findings.toReference(Workload.HOT, Peer.OURS_ALONE)),
            new Figure(
                    "live256AloneToVmaMinMemory",
                    "the allocator alone, live-256: time to VMA MIN_MEMORY's",
                    Goal.atMost(0.9, 0.6),
                    findings -> findings.ratio(Workload.LIVE_256, Peer.OURS_ALONE, Peer.VMA_MIN_MEMORY, Result::ns)),
            new Figure(
                    "live256AloneToVmaMinMemoryP999",
                    "the same, what 999 of 1000 pairs stay below",
                    Goal.atMost(1.0, 0.6),
                    findings -> findings.ratio(Workload.LIVE_256, Peer.OURS_ALONE, Peer.VMA_MIN_MEMORY, Result::p999)),
            new Figure(
                    "live256HandlesToVmaLocked",
                    "handles of a pool, live-256: time to VMA's behind a lock",
                    Goal.atMost(0.9, 0.6),
                    findings -> findings.ratio(Workload.LIVE_256, Peer.OURS_HANDLES, Peer.VMA_LOCKED, Result::ns)),
            new Figure(
                    "hotSliceToVmaLocked",
                    "slices of a pool, hot 64 KiB: time to VMA's behind a lock",
                    Goal.atMost(1.0, 0.7),
                    findings -> findings.ratio(Workload.HOT, Peer.OURS_SLICE, Peer.VMA_LOCKED, Result::ns)),
            new Figure(
                    "twoThreadsToOneHandles",
                    "handles of one pool, live-256: throughput of two threads to that of one",
                    Goal.atLeast(1.7, 1.95),
                    findings -> findings.scaling(Peer.OURS_HANDLES)),
            new Figure(
                    "twoThreadsToOneHandlesByCpuTime",
                    "the same by CPU time: with a core for each thread, and none of them waiting",
                    null,
                    findings -> findings.scalingByCpuTime(Peer.OURS_HANDLES)),
            new Figure(
                    "twoThreadsToOneSlice",
                    "slices of one pool, live-256: throughput of two threads to that of one",
                    null,
                    findings -> findings.scaling(Peer.OURS_SLICE)),
            new Figure(
                    "twoThreadsToOneVmaLocked",
                    "VMA behind a lock, live-256: throughput of two threads to that of one",
                    null,
                    findings -> findings.scaling(Peer.VMA_LOCKED)),
            new Figure(
                    "live100kToLive256",
                    "100 000 live parts of up to 256 KiB: time to that with 256 live",
                    Goal.atMost(3, 2),
                    findings -> findings.growth(Peer.OURS_ALONE)),
            new Figure(
                    "bytesPerPairHandles",
                    "garbage of handles, bytes a pair",
                    Goal.atMost(0, 0),
                    findings -> findings.one(Workload.LIVE_256, Peer.OURS_HANDLES, Result::bytesPerPair)),
            new Figure(
                    "bytesPerPairSlice",
                    "garbage of slices, bytes a pair",
                    Goal.atMost(64, 48),
                    findings -> findings.one(Workload.LIVE_256, Peer.OURS_SLICE, Result::bytesPerPair)),
            new Figure(
                    "footprintCameraMedian",
                    "smallest pool to live bytes, camera: median of the seeds",
                    Goal.atMost(1.03, 1.015),
                    findings -> findings.footprint(TraceKind.CAMERA, Policy.OURS, Footprint::median)),
            new Figure(
                    "footprintCameraWorst",
                    "the same, worst of the seeds",
                    Goal.atMost(1.08, 1.04),
                    findings -> findings.footprint(TraceKind.CAMERA, Policy.OURS, Footprint::worst)),
            new Figure(
                    "footprintLogUniform",
                    "smallest pool to live bytes, log-uniform sizes: median",
                    Goal.atMost(1.18, 1.16),
                    findings -> findings.footprint(TraceKind.LOG_UNIFORM, Policy.OURS, Footprint::median)),
            new Figure(
                    "footprintOddSize",
                    "smallest pool to live bytes, one odd size: median",
                    Goal.atMost(1.005, 1.001),
                    findings -> findings.footprint(TraceKind.ODD_SIZE, Policy.OURS, Footprint::median)),
            new Figure(
                    "metadataCameraPercent",
                    "metadata outside of the pool in percent of it, camera: the most of the seeds",
                    Goal.atMost(0.2, 0.05),
                    findings -> findings.footprint(TraceKind.CAMERA, Policy.OURS, Footprint::metadataPercent)));

    /**
     * What is asked of a figure.
     *
     * @param least what it is to reach at least
     * @param aim what would be better
     * @param most whether smaller values are better
     */
    record Goal(double least, double aim, boolean most) {

        static Goal atMost(double least, double aim) {
            return new Goal(least, aim, true);
        }

        static Goal atLeast(double least, double aim) {
            return new Goal(least, aim, false);
        }
    }

    /** Every figure by its key; null where what it takes was not measured. */
    static Map<String, @Nullable Double> of(Findings findings) {
        Map<String, @Nullable Double> values = new LinkedHashMap<>();
        for (Figure figure : ALL) {
            values.put(figure.key, figure.value.apply(findings));
        }
        return values;
    }
}
