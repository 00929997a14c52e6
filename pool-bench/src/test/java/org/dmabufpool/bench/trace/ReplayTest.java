// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dmabufpool.bench.policy.Policy;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private static final long PAGE = Policy.PAGE;

    /** Pages 0 to 3, of which 0 and 2 are released; then two pages are asked for, which fit only into more than four. */
    private static Trace holes() {
        Trace.Builder trace = new Trace.Builder("holes");
        int[] parts = new int[4];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = trace.allocate(PAGE);
        }
        trace.release(parts[0]);
        trace.release(parts[2]);
        trace.allocate(2 * PAGE, 512);
        trace.release(parts[1]);
        return trace.build();
    }

    @Test
    void aPartWithoutSpaceIsCountedAndTheFirstOneExplained() {
        Replay replay = Replay.run(holes(), Policy.FIRST_FIT, 4 * PAGE);
        assertThat(replay.failures()).isEqualTo(1);
        FirstFailure first = FirstFailure.of(replay, 4 * PAGE);
        assertThat(first).isNotNull();
        assertThat(first.operation()).isEqualTo(7);
        assertThat(first.bytes()).isEqualTo(2 * PAGE);
        assertThat(first.alignment()).isEqualTo(512);
        assertThat(first.fragmented()).isTrue();
        assertThat(first.pool()).isEqualTo(new Timeline.Moment(6, 2 * PAGE, 2 * PAGE, PAGE, 0.5, 0));
    }

    @Test
    void aPartLargerThanThePoolIsAResultAndNoMistake() {
        Trace.Builder trace = new Trace.Builder("large");
        trace.release(trace.allocate(5 * PAGE));
        for (Policy policy : Policy.values()) {
            Replay replay = Replay.run(trace.build(), policy, PAGE);
            assertThat(replay.failures()).as(policy.label()).isEqualTo(1);
            assertThat(FirstFailure.of(replay, PAGE).fragmented()).isFalse();
        }
    }

    @Test
    void aServedTraceHasNoFirstFailure() {
        for (Policy policy : Policy.values()) {
            Replay replay = Replay.run(holes(), policy, 8 * PAGE);
            assertThat(replay.failures()).as(policy.label()).isZero();
            assertThat(FirstFailure.of(replay, 8 * PAGE)).isNull();
            assertThat(Replay.serves(holes(), policy, 8 * PAGE)).isTrue();
        }
    }

    @Test
    void momentsTellFragmentationAndAvailability() {
        Replay replay = Replay.run(holes(), Policy.FIRST_FIT, 8 * PAGE);
        List<Timeline.Moment> moments = Timeline.moments(replay, 8 * PAGE, 8, PAGE);
        assertThat(moments.get(0)).isEqualTo(new Timeline.Moment(1, PAGE, 7 * PAGE, 7 * PAGE, 0, 7));
        assertThat(moments.get(5)).isEqualTo(new Timeline.Moment(6, 2 * PAGE, 6 * PAGE, 4 * PAGE, 1 - 4.0 / 6, 6));
        PartsLeft available = PartsLeft.of(PAGE, moments);
        assertThat(available.least()).isEqualTo(4);
        assertThat(available.leastAtOperation()).isEqualTo(4);
    }

    @Test
    void theReportAddsUp() {
        Trace trace = holes();
        MinPool smallest = MinPool.find(trace, Policy.FIRST_FIT, MinPool.THOROUGH);
        Replay replay = Replay.run(trace, Policy.FIRST_FIT, smallest.bytes());
        ReplayReport report = ReplayReport.of(
                replay, Policy.FIRST_FIT, smallest.bytes(), new ReplayReport.Searches(smallest, null, null), 2 * PAGE);
        assertThat(report.operations()).isEqualTo(8);
        assertThat(report.success()).isTrue();
        assertThat(report.minPoolBytes()).isEqualTo(6 * PAGE);
        assertThat(report.footprintRatio()).isEqualTo(1.5);
        assertThat(report.availability().bytes()).isEqualTo(2 * PAGE);
        assertThat(report.fragmentation()).hasSize(8);
    }
}
