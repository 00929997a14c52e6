// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerTest {

    private static final int WARM_BATCHES = 50;

    /** A lane that remembers what it was asked, and has space for parts up to a size. */
    private static final class NotedLane implements Lane {

        private final List<String> calls = new ArrayList<>();
        private final long largest;

        NotedLane(long largest) {
            this.largest = largest;
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            calls.add("a" + slot + "," + bytes);
            return bytes <= largest;
        }

        @Override
        public void free(int slot) {
            calls.add("f" + slot);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPeerIsAskedForTheSameSizesInTheSameSlots(Workload workload) {
        NotedLane one = new NotedLane(Long.MAX_VALUE);
        NotedLane other = new NotedLane(Long.MAX_VALUE);
        for (NotedLane lane : List.of(one, other)) {
            Worker worker = new Worker(lane, workload, 16, 1);
            worker.fill(16);
            worker.batch(100_000);
            worker.timed(1000, Worker.histogram());
        }
        assertThat(one.calls).isEqualTo(other.calls).hasSize(16 + 2 * 101_000);
    }

    @ParameterizedTest
    @EnumSource
    void aPairReleasesASlotAndFillsItAgainWithWholePagesOfTheWorkload(Workload workload) {
        NotedLane lane = new NotedLane(Long.MAX_VALUE);
        Worker worker = new Worker(lane, workload, 8, 1);
        worker.batch(10_000);
        for (int i = 0; i < lane.calls.size(); i += 2) {
            String slot = lane.calls.get(i).substring(1);
            assertThat(lane.calls.get(i)).startsWith("f");
            assertThat(lane.calls.get(i + 1)).startsWith("a" + slot + ",");
            long bytes = Long.parseLong(lane.calls.get(i + 1).substring(slot.length() + 2));
            assertThat(bytes % Workload.PAGE).isZero();
            assertThat(bytes).isBetween(Workload.PAGE, 32L << 20);
            assertThat(Integer.parseInt(slot))
                    .isBetween(Worker.MARGIN, Worker.MARGIN + (workload == Workload.HOT ? 0 : 7))
                    .isLessThan(Worker.room(8) - Worker.MARGIN);
        }
    }

    @Test
    void garbageIsThatOfTheLaneAlone() {
        Lane clean = new Lane() {
            @Override
            public boolean allocate(int slot, long bytes) {
                return true;
            }

            @Override
            public void free(int slot) {}
        };
        Worker worker = new Worker(clean, Workload.HOT, 4, 1);
        // The first looks at the counter also load and generate classes.
        for (int i = 0; i < WARM_BATCHES; i++) {
            worker.batch(1000);
        }
        assertThat(worker.batch(1000).bytes()).isZero();
    }

    @Test
    void pairsWithoutSpaceAreCounted() {
        Worker worker = new Worker(new NotedLane(0), Workload.HOT, 4, 1);
        assertThat(worker.batch(123).failures()).isEqualTo(123);
    }

    @Test
    void aPeerThatCannotEvenBeFilledIsRefused() {
        Worker worker = new Worker(new NotedLane(0), Workload.HOT, 4, 1);
        assertThatIllegalStateException().isThrownBy(() -> worker.fill(4)).withMessage("no space for part 0 of 4");
    }

    @Test
    void warmUpFindsANumberOfPairs() {
        Worker worker = new Worker(new NotedLane(Long.MAX_VALUE), Workload.HOT, 4, 1);
        assertThat(worker.warmUp(1, 1)).isPositive();
    }
}
