// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted of syncs: calls by way, and phases whether or not they took a call. */
class SyncStatisticsTest {

    private static final long OFFSET = 8192;
    private static final long LENGTH = 4096;

    private static SyncPlanner planner(RecordingBuffer buffer, boolean on, SyncPlanner.Observer observer) {
        return SyncPlanner.choose(buffer, null, Duration.ZERO, on, observer);
    }

    /** One access of READ, two of WRITE, three of READ_WRITE. */
    private static void use(SyncPlanner planner, long offset) {
        Window window = planner.needsWindow() ? planner.openWindow(offset, LENGTH) : null;
        for (Direction direction : Direction.values()) {
            for (int i = 0; i <= direction.ordinal(); i++) {
                planner.start(offset, LENGTH, direction, window);
                planner.end(offset, LENGTH, direction, window);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SyncWay.class)
    void callsAndPhasesAreCountedByWayPhaseAndDirection(SyncWay way) {
        SyncPlanner planner = planner(new RecordingBuffer(way), true, SyncPlanner.Observer.NONE);
        use(planner, OFFSET);
        SyncStatistics sync = planner.statistics();
        assertThat(sync.way()).isEqualTo(way);
        long named = way == SyncWay.WHOLE ? RecordingBuffer.SIZE : LENGTH;
        for (SyncPhase phase : SyncPhase.values()) {
            for (Direction direction : Direction.values()) {
                long count = direction.ordinal() + 1;
                if (way != SyncWay.NONE) {
                    assertThat(sync.calls())
                            .contains(new SyncStatistics.Calls(way, phase, direction, count, count * named));
                }
                SyncStatistics.Phases phases = phases(sync, phase, direction);
                assertThat(phases.count()).isEqualTo(count);
                assertThat(phases.bytesAsked()).isEqualTo(count * LENGTH);
                assertThat(phases.bytesWholeBuffer()).isEqualTo(count * RecordingBuffer.SIZE);
                assertThat(phases.nanos() > 0).as("%s is timed", way).isEqualTo(way != SyncWay.NONE);
            }
        }
        assertThat(sync.calls()).hasSize(way == SyncWay.NONE ? 0 : 6);
        assertThat(sync.callCount()).isEqualTo(way == SyncWay.NONE ? 0 : 12);
        assertThat(sync.bytesSaved()).isEqualTo(12 * RecordingBuffer.SIZE - sync.bytes());
    }

    private static SyncStatistics.Phases phases(SyncStatistics sync, SyncPhase phase, Direction direction) {
        return sync.phases().stream()
                .filter(one -> one.phase() == phase && one.direction() == direction)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(
            value = SyncWay.class,
            names = {"PARTIAL", "VENDOR"})
    void beyondTheReachOfRangesCallsAreWholeBufferOnes(SyncWay way) {
        RecordingBuffer buffer = new RecordingBuffer(way, SyncWay.WHOLE);
        buffer.limit = OFFSET + LENGTH;
        SyncPlanner planner = planner(buffer, true, SyncPlanner.Observer.NONE);
        use(planner, OFFSET);
        use(planner, OFFSET + LENGTH);
        SyncStatistics sync = planner.statistics();
        assertThat(sync.way()).isEqualTo(way);
        for (SyncPhase phase : SyncPhase.values()) {
            for (Direction direction : Direction.values()) {
                long count = direction.ordinal() + 1;
                assertThat(sync.calls())
                        .contains(
                                new SyncStatistics.Calls(way, phase, direction, count, count * LENGTH),
                                new SyncStatistics.Calls(
                                        SyncWay.WHOLE, phase, direction, count, count * RecordingBuffer.SIZE));
                assertThat(phases(sync, phase, direction).count()).isEqualTo(2 * count);
            }
        }
        assertThat(sync.calls()).hasSize(12);
        assertThat(sync.callCount()).isEqualTo(buffer.calls.size());
    }

    @Test
    void severalRunsAreOnePhaseOfTheirBytesTogether() {
        LineRuns runs = LineRuns.covering(128, new long[] {0, 512}, new long[] {128, 768});
        SyncPlanner planner = planner(new RecordingBuffer(SyncWay.PARTIAL), true, SyncPlanner.Observer.NONE);
        planner.start(runs, Direction.READ, null);
        planner.end(runs, Direction.READ, null);
        SyncStatistics sync = planner.statistics();
        assertThat(phases(sync, SyncPhase.START, Direction.READ).count()).isEqualTo(1);
        assertThat(phases(sync, SyncPhase.START, Direction.READ).bytesAsked()).isEqualTo(384);
        assertThat(sync.calls())
                .contains(new SyncStatistics.Calls(SyncWay.PARTIAL, SyncPhase.START, Direction.READ, 2, 384));
    }

    @Test
    void aRefusedPhaseIsNotCountedNorTold() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL);
        List<String> told = new ArrayList<>();
        SyncPlanner planner =
                planner(buffer, true, (phase, direction, offset, length, nanos) -> told.add(phase.name()));
        planner.start(0, LENGTH, Direction.WRITE, null);
        buffer.refusing = true;
        assertThatThrownBy(() -> planner.end(0, LENGTH, Direction.WRITE, null)).isInstanceOf(HeapException.class);
        assertThatThrownBy(() -> planner.start(0, LENGTH, Direction.WRITE, null))
                .isInstanceOf(HeapException.class);
        assertThat(told).containsExactly("START");
        assertThat(planner.statistics().callCount()).isEqualTo(1);
        assertThat(phases(planner.statistics(), SyncPhase.END, Direction.WRITE).count())
                .isZero();
    }

    @Test
    void offCountsNothingAndAnObserverIsToldAllTheSame() {
        List<Long> told = new ArrayList<>();
        SyncPlanner planner = planner(
                new RecordingBuffer(SyncWay.PARTIAL),
                false,
                (phase, direction, offset, length, nanos) -> told.add(nanos));
        use(planner, OFFSET);
        SyncStatistics sync = planner.statistics();
        assertThat(told).hasSize(12).allSatisfy(nanos -> assertThat(nanos).isNotNegative());
        assertThat(sync.callCount()).isZero();
        assertThat(sync.bytes()).isZero();
        assertThat(sync.phases()).allSatisfy(phases -> {
            assertThat(phases.count()).isZero();
            assertThat(phases.nanos()).isZero();
        });
    }

    @Test
    void oneInSixteenIsTimedAndStandsForAll() {
        SyncTally tally = new SyncTally(true);
        int timed = 0;
        for (int i = 0; i < 160; i++) {
            if (tally.isTimed(SyncPhase.START, Direction.READ)) {
                timed++;
                tally.time(SyncPhase.START, Direction.READ, 1000);
            }
            tally.count(SyncPhase.START, Direction.READ, 128);
        }
        assertThat(timed).isEqualTo(10);
        SyncStatistics.Phases phases = tally.phases(1 << 20).get(0);
        assertThat(phases.direction()).isEqualTo(Direction.READ);
        assertThat(phases.nanos()).isEqualTo(160_000);
    }
}
