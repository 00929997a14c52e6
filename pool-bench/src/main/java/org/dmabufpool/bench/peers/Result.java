// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How one peer did at one workload. Times in nanoseconds; medians are over rounds.
 *
 * @param peer its name
 * @param threads how many used it at once
 * @param offsets whether it hands out parts of a given range, as a pool over a dma-buf must
 * @param ns median CPU time of a pair
 * @param bestNs least CPU time of a pair
 * @param ratio {@code ns} in proportion to the reference's: median over the rounds in which both had a turn
 * @param p50 median of the rounds' medians of single pairs, two looks at the clock included
 * @param p99 the same of what 99 of 100 stay below
 * @param p999 the same of what 999 of 1000 stay below
 * @param pairsPerMicrosecond median throughput of all threads
 * @param bestPairsPerMicrosecond best throughput of all threads
 * @param bytesPerPair garbage
 * @param failures pairs that found no space, in all rounds
 * @param refusal why it was not measured; null where it was
 */
public record Result(
        String peer,
        int threads,
        boolean offsets,
        double ns,
        double bestNs,
        @Nullable Double ratio,
        double p50,
        double p99,
        double p999,
        double pairsPerMicrosecond,
        double bestPairsPerMicrosecond,
        double bytesPerPair,
        long failures,
        @Nullable String refusal) {

    static Result of(ForkHandle fork, @Nullable ForkHandle reference) {
        List<Sample> samples = fork.samples();
        return new Result(
                fork.peer().label(),
                fork.threads(),
                fork.peer().handsOutOffsets(),
                Median.of(samples, Sample::cpuNs),
                best(samples, sample -> -sample.cpuNs()) * -1,
                reference == null ? null : ratio(samples, reference.samples()),
                Median.of(samples, Sample::p50),
                Median.of(samples, Sample::p99),
                Median.of(samples, Sample::p999),
                Median.of(samples, Sample::pairsPerMicrosecond),
                best(samples, Sample::pairsPerMicrosecond),
                Median.of(samples, Sample::bytes),
                samples.stream().mapToLong(Sample::failures).sum(),
                fork.refusal());
    }

    private static @Nullable Double ratio(List<Sample> samples, List<Sample> reference) {
        int rounds = Math.min(samples.size(), reference.size());
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = samples.get(i).cpuNs() / reference.get(i).cpuNs();
        }
        return rounds == 0 ? null : Median.of(ratios);
    }

    private static double best(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream().mapToDouble(value).max().orElse(0);
    }
}
