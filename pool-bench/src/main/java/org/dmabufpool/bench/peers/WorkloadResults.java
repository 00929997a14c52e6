// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everyone at one workload.
 *
 * @param workload its name
 * @param reference VMA's quickest strategy there, which {@code ratio} is in proportion to; null if VMA did not run
 * @param results one for each fork
 */
public record WorkloadResults(String workload, @Nullable String reference, List<Result> results) {

    static WorkloadResults of(Workload workload, List<ForkHandle> forks) {
        ForkHandle reference = forks.stream()
                .filter(fork -> fork.peer().isVma() && !fork.samples().isEmpty())
                .min(Comparator.comparingDouble(fork -> Median.of(fork.samples(), Sample::cpuNs)))
                .orElse(null);
        return new WorkloadResults(
                workload.label(),
                reference == null ? null : reference.peer().label(),
                forks.stream().map(fork -> Result.of(fork, reference)).toList());
    }

    /** The result of a peer, if it was measured. */
    Optional<Result> of(Peer peer, int threads) {
        return results.stream()
                .filter(result -> result.peer().equals(peer.label()) && result.threads() == threads)
                .filter(result -> result.refusal() == null)
                .findFirst();
    }
}
