// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every peer does what is measured: parts come, go and come again, many times the range in all. */
class ContenderTest {

    @ParameterizedTest
    @EnumSource
    void partsComeAndGoAndComeAgain(Peer peer) {
        int slots = 64;
        Lane lane = peer.open(Workload.HOT.capacity()).lane(slots);
        SplittableRandom random = new SplittableRandom(1);
        for (int slot = 0; slot < slots; slot++) {
            assertThat(lane.allocate(slot, Workload.HOT.size(random))).isTrue();
        }
        for (int pair = 0; pair < 50_000; pair++) {
            int slot = random.nextInt(slots);
            lane.free(slot);
            assertThat(lane.allocate(slot, Workload.HOT.size(random)))
                    .as("pair %d", pair)
                    .isTrue();
        }
        for (int slot = 0; slot < slots; slot++) {
            lane.free(slot);
            // An empty slot has nothing to release.
            lane.free(slot);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OURS_ALONE", "OURS_HANDLES", "OURS_SLICE", "VMA", "VMA_LOCKED"})
    void aFullRangeIsAnAnswerAndLeavesTheSlotEmpty(Peer peer) {
        long bytes = 1 << 20;
        Lane lane = peer.open(4 * bytes).lane(6);
        for (int slot = 0; slot < 4; slot++) {
            assertThat(lane.allocate(slot, bytes)).isTrue();
        }
        assertThat(lane.allocate(4, bytes)).isFalse();
        lane.free(4);
        lane.free(0);
        assertThat(lane.allocate(5, bytes)).isTrue();
    }
}
