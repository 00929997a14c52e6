// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dmabufpool.PlacementPlan;
import org.jspecify.annotations.Nullable;

/**
 * A plan, and what it is good for. Ratios are in proportion to the peak of live bytes.
 *
 * @param classes how many classes of requests it has
 * @param places how many places
 * @param heightBytes where the highest place ends
 * @param helps whether recordings need smaller pools with it, by the median: those it was not made from, if there are several
 * @param medianWithoutPlan median over the recordings of {@link Recording#withoutPlanRatio}
 * @param medianWithPlan the same of {@link Recording#withPlanRatio}
 * @param medianHeldOut the same of {@link Recording#heldOutRatio}; null if not tried
 * @param recordings the recordings that it was made from
 */
record PlanReport(
        int classes,
        int places,
        long heightBytes,
        boolean helps,
        double medianWithoutPlan,
        double medianWithPlan,
        @Nullable Double medianHeldOut,
        List<Recording> recordings) {

    /**
     * A recording, and the smallest pools that serve it, in bytes.
     *
     * @param trace where it comes from
     * @param peakLiveBytes the most bytes live at one moment, as asked for
     * @param offlineBytes where all of it is known beforehand; null if not tried
     * @param withoutPlanBytes without the plan
     * @param withPlanBytes with the plan
     * @param heldOutBytes with a plan made from the others; null if not tried
     */
    record Recording(
            String trace,
            long peakLiveBytes,
            @Nullable Long offlineBytes,
            long withoutPlanBytes,
            long withPlanBytes,
            @Nullable Long heldOutBytes) {

        @JsonProperty
        @Nullable
        Double offlineRatio() {
            return ratio(offlineBytes);
        }

        @JsonProperty
        double withoutPlanRatio() {
            return (double) withoutPlanBytes / peakLiveBytes;
        }

        @JsonProperty
        double withPlanRatio() {
            return (double) withPlanBytes / peakLiveBytes;
        }

        @JsonProperty
        @Nullable
        Double heldOutRatio() {
            return ratio(heldOutBytes);
        }

        private @Nullable Double ratio(@Nullable Long bytes) {
            return bytes == null ? null : (double) bytes / peakLiveBytes;
        }
    }

    static PlanReport of(PlacementPlan plan, List<Recording> recordings) {
        double without = Objects.requireNonNull(median(recordings, Recording::withoutPlanRatio));
        double with = Objects.requireNonNull(median(recordings, Recording::withPlanRatio));
        Double heldOut = median(recordings, Recording::heldOutRatio);
        return new PlanReport(
                plan.classes().size(),
                plan.classes().stream()
                        .mapToInt(requests -> requests.places().size())
                        .sum(),
                plan.height(),
                (heldOut == null ? with : heldOut) < without,
                without,
                with,
                heldOut,
                List.copyOf(recordings));
    }

    /** The upper one of two, where there are two; null if none is known. */
    private static @Nullable Double median(List<Recording> recordings, Function<Recording, @Nullable Double> ratio) {
        List<Double> sorted = recordings.stream()
                .map(ratio)
                .flatMap(Stream::ofNullable)
                .sorted()
                .toList();
        return sorted.isEmpty() ? null : sorted.get(sorted.size() / 2);
    }
}
