// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.bench.trace.TraceKind;
import org.jspecify.annotations.Nullable;

/** What was measured, to be looked up by who and what; whatever was not is null, and so is what is made of it. */
record Findings(List<WorkloadResults> workloads, List<Footprint> footprints) {

    private static final int TWO = 2;

    /** One thread's time in proportion to that of VMA's quickest strategy, round by round. */
    @Nullable
    Double toReference(Workload workload, Peer peer) {
        return result(workload, peer, 1).map(Result::ratio).orElse(null);
    }

    /** A value of one thread. */
    @Nullable
    Double one(Workload workload, Peer peer, Function<Result, Double> value) {
        return result(workload, peer, 1).map(value).orElse(null);
    }

    /** A value of one peer's thread in proportion to another's at the same workload. */
    @Nullable
    Double ratio(Workload workload, Peer ours, Peer theirs, ToDoubleFunction<Result> value) {
        return ratio(result(workload, ours, 1), result(workload, theirs, 1), value);
    }

    /** Throughput of two threads in proportion to that of one: the best rounds, which were disturbed least. */
    @Nullable
    Double scaling(Peer peer) {
        return ratio(
                result(Workload.LIVE_256, peer, TWO),
                result(Workload.LIVE_256, peer, 1),
                Result::bestPairsPerMicrosecond);
    }

    /** Twice the CPU time of a pair of one thread in proportion to that of one of two threads. */
    @Nullable
    Double scalingByCpuTime(Peer peer) {
        Double slower = ratio(result(Workload.LIVE_256, peer, 1), result(Workload.LIVE_256, peer, TWO), Result::ns);
        return slower == null ? null : TWO * slower;
    }

    /** Time with 100 000 live parts in proportion to that with 256 of the same sizes. */
    @Nullable
    Double growth(Peer peer) {
        return ratio(result(Workload.LIVE_100K, peer, 1), result(Workload.LIVE_256_TO_256K, peer, 1), Result::ns);
    }

    /** Of a policy at traces of one kind. */
    @Nullable
    Double footprint(TraceKind kind, Policy policy, Function<Footprint, Double> value) {
        return footprints.stream()
                .filter(one -> one.kind().equals(kind.label()) && one.policy().equals(policy.label()))
                .findFirst()
                .map(value)
                .orElse(null);
    }

    private static @Nullable Double ratio(
            Optional<Result> ours, Optional<Result> theirs, ToDoubleFunction<Result> value) {
        return ours.flatMap(one -> theirs.map(other -> value.applyAsDouble(one) / value.applyAsDouble(other)))
                .orElse(null);
    }

    private Optional<Result> result(Workload workload, Peer peer, int threads) {
        return workloads.stream()
                .filter(results -> results.workload().equals(workload.label()))
                .findFirst()
                .flatMap(results -> results.of(peer, threads));
    }
}
