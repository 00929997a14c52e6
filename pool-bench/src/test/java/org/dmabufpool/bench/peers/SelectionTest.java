// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.dmabufpool.bench.trace.TraceKind;
import org.junit.jupiter.api.Test;

class SelectionTest {

    @Test
    void nothingNamedIsEverything() {
        Selection all = Selection.of(List.of(), List.of());
        assertThat(all.workloads()).containsExactly(Workload.values());
        assertThat(all.peers()).containsExactly(Peer.values());
        assertThat(all.kinds()).containsExactly(TraceKind.CAMERA, TraceKind.LOG_UNIFORM, TraceKind.ODD_SIZE);
    }

    @Test
    void turnsAreInOneOrderHoweverPeersAreNamed() {
        Selection some = Selection.of(List.of("live-256", "hot"), List.of("vma", "ours-alone"));
        assertThat(some.workloads()).containsExactly(Workload.HOT, Workload.LIVE_256);
        assertThat(some.peers()).containsExactly(Peer.OURS_ALONE, Peer.VMA);
        assertThat(some.kinds()).isEmpty();
    }

    @Test
    void footprintsAreMeasuredWithoutTimesWhereNothingElseIsNamed() {
        Selection space = Selection.of(List.of("footprint"), List.of());
        assertThat(space.workloads()).isEmpty();
        assertThat(space.kinds()).isNotEmpty();
        assertThat(PeersRun.steps(space, Pace.QUICK)).isEqualTo(space.kinds().size());
    }

    @Test
    void peersForManyThreadsAreMeasuredWithOneAndTwo() {
        assertThat(Selection.of(List.of("hot"), List.of("ours-alone", "ours-handles"))
                        .forks())
                .isEqualTo(3);
    }

    @Test
    void unknownNamesAreAnsweredWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Selection.of(List.of("warm"), List.of()))
                .withMessageContainingAll("no workload 'warm'", "hot", "live-100k", "footprint");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Selection.of(List.of(), List.of("tlsf")))
                .withMessageContainingAll("no peer 'tlsf'", "ours-alone", "vma-min-memory");
    }
}
