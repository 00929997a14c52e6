// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.dmabufpool.alloc.Placement;
import org.jspecify.annotations.Nullable;

/**
 * Which placement serves traces in the smallest pools, and whether a choice carries over to others: the best on one part of
 * the traces is judged on the other part, and the other way round. Several traces are dealt out in turns, one alone is halved.
 * All pools are those to configure, in proportion to the peak.
 *
 * @param halved whether the parts are the halves of one trace
 * @param traces what each placement needs for each trace, or half
 * @param placements all of them, the best first
 * @param judgements two: chosen on the first part and judged on the second, and the other way round
 * @param configure the placement to configure: the best on all traces where choices carried over, else the default
 * @param gain by how much smaller pools were with the choices that were judged than with the default, such as 0.01; 0 where
 *     {@code configure} is the default
 */
public record PlacementRanking(
        boolean halved,
        List<PlacementPools> traces,
        List<Place> placements,
        List<Judgement> judgements,
        Placement configure,
        double gain) {

    private static final Placement DEFAULT = Placement.EXACT;

    /**
     * A placement among the others.
     *
     * @param placement which
     * @param meanRatio mean over all traces
     * @param worstRatio the most of them
     * @param configurePoolBytes size of a pool that is the one to configure, or a larger one, for all traces; null if none was
     *     found for one
     */
    public record Place(
            Placement placement,
            double meanRatio,
            double worstRatio,
            @Nullable Long configurePoolBytes) {}

    /**
     * A choice and its test.
     *
     * @param chosenOn the part that the placement is the best on, 1 or 2
     * @param placement which it is
     * @param chosenRatio its mean there
     * @param judgedRatio its mean on the other part
     * @param defaultRatio the mean of the default placement on the other part
     */
    public record Judgement(
            int chosenOn, Placement placement, double chosenRatio, double judgedRatio, double defaultRatio) {}

    /** Traces as they come. */
    @FunctionalInterface
    public interface Source {
        /** The trace of that number, from 0. */
        Trace trace(int number) throws IOException;
    }

    /** Is told how many placements were tried on how many traces, of how many in all. */
    @FunctionalInterface
    public interface Progress {
        /** So many of so many. */
        void at(int tried, int all);
    }

    /**
     * Searches.
     *
     * @param count how many traces there are, 1 or more; each is read once and held only while it is played
     * @throws IllegalArgumentException if nothing is allocated in a trace, or more than any pool has
     * @throws IOException if a trace cannot be read
     */
    public static PlacementRanking of(int count, Source source, Progress progress) throws IOException {
        int parts = Math.max(2, count);
        int all = parts * Placement.values().length;
        List<PlacementPools> pools = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            Trace trace = source.trace(number);
            for (Trace part : count == 1 ? TraceHalves.of(trace) : List.of(trace)) {
                int before = pools.size();
                pools.add(PlacementPools.of(
                        part, 1 + before % 2, done -> progress.at(before * Placement.values().length + done, all)));
            }
        }
        return of(count == 1, pools);
    }

    static PlacementRanking of(boolean halved, List<PlacementPools> pools) {
        List<Place> places = Arrays.stream(Placement.values())
                .map(placement -> place(placement, pools))
                .sorted(Comparator.comparingDouble(Place::meanRatio))
                .toList();
        List<PlacementPools> first = part(pools, 1);
        List<PlacementPools> second = part(pools, 2);
        List<Judgement> judgements = List.of(judge(1, first, second), judge(2, second, first));
        double judged = judgements.get(0).judgedRatio() * second.size()
                + judgements.get(1).judgedRatio() * first.size();
        double gain = 1 - judged / (pools.size() * mean(DEFAULT, pools));
        Placement best = places.get(0).placement();
        boolean carriesOver = gain > 0 && best != DEFAULT;
        return new PlacementRanking(
                halved, pools, places, judgements, carriesOver ? best : DEFAULT, carriesOver ? gain : 0);
    }

    private static List<PlacementPools> part(List<PlacementPools> pools, int part) {
        return pools.stream().filter(trace -> trace.part() == part).toList();
    }

    private static Judgement judge(int part, List<PlacementPools> here, List<PlacementPools> there) {
        Placement best = Arrays.stream(Placement.values())
                .min(Comparator.comparingDouble(placement -> mean(placement, here)))
                .orElse(DEFAULT);
        return new Judgement(part, best, mean(best, here), mean(best, there), mean(DEFAULT, there));
    }

    private static double mean(Placement placement, List<PlacementPools> pools) {
        return ratios(placement, pools).average().orElse(0);
    }

    private static DoubleStream ratios(Placement placement, List<PlacementPools> pools) {
        return pools.stream().mapToDouble(trace -> trace.ratio(placement));
    }

    private static Place place(Placement placement, List<PlacementPools> pools) {
        List<@Nullable Long> sizes = new ArrayList<>();
        pools.forEach(trace -> sizes.add(trace.pool(placement).configurePoolBytes()));
        Long most = sizes.contains(null)
                ? null
                : sizes.stream()
                        .map(Objects::requireNonNull)
                        .max(Comparator.naturalOrder())
                        .orElse(null);
        return new Place(
                placement,
                mean(placement, pools),
                ratios(placement, pools).max().orElse(0),
                most);
    }
}
