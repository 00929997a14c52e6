// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The figures that the allocator is judged by, each one result divided by another; absent results give null. */
final class Judgement {

    private final List<WorkloadResults> workloads;
    private final Map<String, @Nullable Double> ratios = new LinkedHashMap<>();

    private Judgement(List<WorkloadResults> workloads) {
        this.workloads = workloads;
    }

    static Map<String, @Nullable Double> of(List<WorkloadResults> workloads) {
        Judgement judgement = new Judgement(workloads);
        judgement.times();
        judgement.threads();
        judgement.garbage();
        return judgement.ratios;
    }

    private void times() {
        Optional<Result> live256 = one(Workload.LIVE_256, Peer.OURS_ALONE);
        ratios.put(
                "hotAloneToVmaBest",
                one(Workload.HOT, Peer.OURS_ALONE).map(Result::ratio).orElse(null));
        ratios.put("live256AloneToVmaBest", live256.map(Result::ratio).orElse(null));
        Optional<Result> minMemory = one(Workload.LIVE_256, Peer.VMA_MIN_MEMORY);
        put("live256AloneToVmaMinMemory", live256, minMemory, Result::ns);
        put("live256AloneToVmaMinMemoryP999", live256, minMemory, Result::p999);
        put(
                "live256SharedToVmaLocked",
                one(Workload.LIVE_256, Peer.OURS_HANDLES),
                one(Workload.LIVE_256, Peer.VMA_LOCKED),
                Result::ns);
        put("hotSliceToVmaLocked", one(Workload.HOT, Peer.OURS_SLICE), one(Workload.HOT, Peer.VMA_LOCKED), Result::ns);
        put(
                "live100kToLive256",
                one(Workload.LIVE_100K, Peer.OURS_ALONE),
                one(Workload.LIVE_256_TO_256K, Peer.OURS_ALONE),
                Result::ns);
    }

    private void threads() {
        for (Peer peer : Peer.values()) {
            if (peer.isShared()) {
                put(
                        "twoThreadsToOne-" + peer.label(),
                        of(Workload.LIVE_256, peer, 2),
                        one(Workload.LIVE_256, peer),
                        Result::bestPairsPerMicrosecond);
            }
        }
    }

    private void garbage() {
        ratios.put(
                "bytesPerPairHandles",
                one(Workload.LIVE_256, Peer.OURS_HANDLES)
                        .map(Result::bytesPerPair)
                        .orElse(null));
        ratios.put(
                "bytesPerPairSlice",
                one(Workload.LIVE_256, Peer.OURS_SLICE)
                        .map(Result::bytesPerPair)
                        .orElse(null));
    }

    private void put(String name, Optional<Result> ours, Optional<Result> theirs, ToDoubleFunction<Result> value) {
        boolean both = ours.isPresent() && theirs.isPresent();
        ratios.put(
                name,
                both ? value.applyAsDouble(ours.orElseThrow()) / value.applyAsDouble(theirs.orElseThrow()) : null);
    }

    private Optional<Result> one(Workload workload, Peer peer) {
        return of(workload, peer, 1);
    }

    private Optional<Result> of(Workload workload, Peer peer, int threads) {
        return workloads.stream()
                .filter(results -> results.workload().equals(workload.label()))
                .findFirst()
                .flatMap(results -> results.of(peer, threads));
    }
}
