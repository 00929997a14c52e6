// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.dmabufpool.PlacementPlan;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.bench.trace.MinPool;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceKind;
import org.junit.jupiter.api.Test;

/** Plans of recordings. */
class PlanSearchTest {

    private static final RequestClasses.Grouping BY_TAG = new RequestClasses.Grouping(true, 1, PlacementPlan.PAGE);

    @Test
    void aPlanHelpsARecordingThatItWasNotMadeFrom() {
        List<Trace> recordings = IntStream.rangeClosed(1, 3)
                .mapToObj(TraceKind.USE_STILLS::generate)
                .toList();
        PlacementPlan plan = PlanSearch.search(recordings, PlacementPlan.PAGE, Duration.ofSeconds(4), 1, nanos -> {});
        Trace other = TraceKind.USE_STILLS.generate(4);
        assertThat(MinPool.smallestBytes(other, Policy.OURS, plan, 0))
                .isLessThan(MinPool.smallestBytes(other, Policy.OURS, 0));
    }

    @Test
    void noTimeMakesAPlanWithoutPlaces() {
        PlacementPlan plan = PlanSearch.search(
                List.of(TraceKind.USE_PREVIEW.generate(1)), PlacementPlan.PAGE, Duration.ZERO, 1, nanos -> {});
        assertThat(plan.classes()).isEmpty();
    }

    @Test
    void placesAreMultiplesOfThePage() {
        long page = 16384;
        PlacementPlan plan = PlanSearch.search(
                List.of(TraceKind.USE_STILLS.generate(1)), page, Duration.ofSeconds(2), 1, nanos -> {});
        assertThat(plan.classes())
                .isNotEmpty()
                .allSatisfy(requests -> assertThat(requests.places())
                        .allSatisfy(place -> assertThat(place % page).isZero()));
    }

    @Test
    void sizesThatDependOnThePictureAreOneClass() {
        Trace trace = TraceKind.USE_STILLS.generate(1);
        RequestClasses classes = RequestClasses.of(List.of(trace), BY_TAG);
        long jpegs = IntStream.range(0, classes.size())
                .filter(number -> classes.get(number).tags().contains("jpeg"))
                .count();
        assertThat(jpegs).isEqualTo(1);
        for (int part = 0; part < trace.parts(); part++) {
            assertThat(classes.of(trace.tag(part), trace.size(part))).isNotEqualTo(RequestClasses.NONE);
        }
        assertThat(classes.of("nobody", 4096)).isEqualTo(RequestClasses.NONE);
    }

    /** Where nobody may overlap, two buffers that were in use at one time have places apart, whatever the decisions. */
    @Property(tries = 12)
    void buffersInUseAtOneTimeLieApart(@ForAll long seed) {
        List<Trace> traces = List.of(TraceKind.BURSTS.generate(seed & 15), TraceKind.BURSTS.generate(seed >> 4 & 15));
        RequestClasses classes = RequestClasses.of(traces, new RequestClasses.Grouping(true, 300, PlacementPlan.PAGE));
        PlannedUse use = PlannedUse.of(traces, classes);
        SplittableRandom random = new SplittableRandom(seed);
        double[] keys = random.doubles(use.buffers()).toArray();
        int[] counts = new int[classes.size()];
        Arrays.setAll(counts, number -> use.ofClass(number).size());
        long[][] places = new PlanDraft(use, false).places(new PlanDraft.Choice(keys, counts, 0));
        for (Trace trace : traces) {
            check(trace, classes, places);
        }
    }

    /** Gives each part the first free of its class's places by number, and looks for parts that overlap. */
    private static void check(Trace trace, RequestClasses classes, long[][] places) {
        List<BitSet> taken = new ArrayList<>();
        Arrays.stream(places).forEach(any -> taken.add(new BitSet()));
        int[] index = new int[trace.parts()];
        BitSet pages = new BitSet();
        for (int i = 0; i < trace.length(); i++) {
            int part = trace.part(i);
            int number = classes.of(trace.tag(part), trace.size(part));
            if (number == RequestClasses.NONE) {
                continue;
            }
            if (trace.allocates(i)) {
                index[part] = taken.get(number).nextClearBit(0);
            }
            int from = Math.toIntExact(places[number][index[part]]);
            int to = Math.toIntExact(from + classes.pages(trace.size(part)));
            if (trace.allocates(i)) {
                assertThat(pages.nextSetBit(from))
                        .as("next page in use from %d on", from)
                        .satisfiesAnyOf(
                                next -> assertThat(next).isNegative(),
                                next -> assertThat(next).isGreaterThanOrEqualTo(to));
            }
            pages.set(from, to, trace.allocates(i));
            taken.get(number).set(index[part], trace.allocates(i));
        }
    }
}
