// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.alloc.Placement;
import org.dmabufpool.bench.trace.PlacementPools.Pool;
import org.junit.jupiter.api.Test;

/** What is made of what each placement needs for each trace. */
class PlacementRankingTest {

    private static final long PEAK = 1_000_000;

    /** A trace for which placements need so much, in their order. */
    private static PlacementPools trace(int part, double... ratios) {
        List<Pool> pools = new ArrayList<>();
        for (Placement placement : Placement.values()) {
            double ratio = ratios[pools.size()];
            pools.add(new Pool(placement, PEAK, Math.round(ratio * PEAK), ratio));
        }
        return new PlacementPools("trace", part, 100, PEAK, pools);
    }

    @Test
    void aChoiceThatCarriesOverIsRecommended() {
        PlacementRanking ranking = PlacementRanking.of(
                false, List.of(trace(1, 1.10, 1.04, 1.5), trace(2, 1.10, 1.05, 1.5), trace(1, 1.04, 1.03, 1.4)));
        assertThat(ranking.configure()).isEqualTo(Placement.FIRST_FIT);
        assertThat(ranking.gain()).isCloseTo(1 - 3.12 / 3.24, within(1e-9));
        assertThat(ranking.placements())
                .extracting(PlacementRanking.Place::placement)
                .containsExactly(Placement.FIRST_FIT, Placement.EXACT, Placement.BUDDY);
        assertThat(ranking.placements().get(0).worstRatio()).isEqualTo(1.05);
        assertThat(ranking.placements().get(0).configurePoolBytes()).isEqualTo(1_050_000);
        assertThat(ranking.judgements().get(0).chosenRatio()).isCloseTo(1.035, within(1e-9));
        assertThat(ranking.judgements().get(0).judgedRatio()).isEqualTo(1.05);
        assertThat(ranking.judgements().get(0).defaultRatio()).isEqualTo(1.10);
    }

    /** On all traces together first fit is the best; but whoever chooses on one part errs on the other. */
    @Test
    void aChoiceThatDoesNotCarryOverIsNot() {
        PlacementRanking ranking =
                PlacementRanking.of(false, List.of(trace(1, 1.10, 1.00, 1.5), trace(2, 1.00, 1.07, 1.5)));
        assertThat(ranking.placements().get(0).placement()).isEqualTo(Placement.FIRST_FIT);
        assertThat(ranking.configure()).isEqualTo(Placement.EXACT);
        assertThat(ranking.gain()).isZero();
    }

    @Test
    void ofEqualsTheDefaultIsTaken() {
        PlacementRanking ranking = PlacementRanking.of(true, List.of(trace(1, 1.1, 1.1, 1.1), trace(2, 1.1, 1.1, 1.1)));
        assertThat(ranking.configure()).isEqualTo(Placement.EXACT);
        assertThat(ranking.judgements())
                .extracting(PlacementRanking.Judgement::placement)
                .containsOnly(Placement.EXACT);
    }

    @Test
    void theSecondHalfBeginsWithWhatIsLiveInTheMiddle() {
        Trace.Builder whole = new Trace.Builder("whole");
        int first = whole.allocate(10, 4);
        int second = whole.allocate(20);
        whole.release(first);
        int third = whole.allocate(30);
        whole.release(second);
        whole.allocate(40);
        whole.release(third);
        whole.allocate(50);
        List<Trace> halves = TraceHalves.of(whole.build());
        assertThat(operations(halves.get(0))).containsExactly("+10", "+20", "-10", "+30");
        assertThat(operations(halves.get(1))).containsExactly("+20", "+30", "-20", "+40", "-30", "+50");
        assertThat(halves.get(0).alignment(0)).isEqualTo(4);
        assertThat(halves).extracting(Trace::name).containsExactly("whole, first half", "whole, second half");
    }

    private static List<String> operations(Trace trace) {
        List<String> operations = new ArrayList<>();
        for (int i = 0; i < trace.length(); i++) {
            operations.add((trace.allocates(i) ? "+" : "-") + trace.size(trace.part(i)));
        }
        return operations;
    }
}
