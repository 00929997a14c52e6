// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A real run, with real forks, that is over in seconds; its times mean nothing. */
class PeersRunTest {

    private static final Pace SHORT = new Pace(1, 1, 2, 1, 0);

    @Test
    void everyPeerHasItsForksAndItsTurns() throws IOException {
        Selection selection = Selection.of(List.of("hot", "footprint"), List.of("ours-alone", "ours-handles", "vma"));
        List<Integer> steps = new ArrayList<>();
        PeersReport report = PeersRun.run(selection, SHORT, (what, done) -> steps.add(done));
        assertThat(steps).hasSize(PeersRun.steps(selection, SHORT)).isSorted().doesNotHaveDuplicates();
        WorkloadResults hot = report.workloads().get(0);
        assertThat(hot.reference()).isEqualTo("vma");
        assertThat(hot.results())
                .extracting(result -> result.peer() + " " + result.threads())
                .containsExactly("ours-alone 1", "ours-handles 1", "ours-handles 2", "vma 1");
        assertThat(hot.results()).allSatisfy(result -> {
            assertThat(result.refusal()).isNull();
            assertThat(result.ns()).isPositive();
            assertThat(result.pairsPerMicrosecond()).isPositive();
            assertThat(result.failures()).isZero();
        });
        assertThat(report.ratios().get("hotAloneToVmaBest")).isPositive();
        assertThat(report.ratios().get("footprintCameraMedian")).isGreaterThanOrEqualTo(1);
    }
}
