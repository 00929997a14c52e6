// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Test;

/** Which ranges and calls belong together, also where the pool never told that a bracket was over. */
class BracketTest {

    private static final Range FIRST = new Range(0, 4096);
    private static final Range SECOND = new Range(4096, 12_288);

    private final Bracket bracket = new Bracket();

    private static SyncCall call(Range range) {
        return new SyncCall(SyncWay.WINDOW, SyncPhase.START, Direction.WRITE, range);
    }

    @Test
    void rangesThatAreToldBeforeAnyCallBelongTogether() {
        bracket.add(FIRST);
        bracket.add(SECOND);
        bracket.add(call(FIRST));
        assertThat(bracket.isOpen()).isTrue();
        assertThat(bracket.ranges()).containsExactly(FIRST, SECOND);
        assertThat(bracket.calls()).containsExactly(call(FIRST));
    }

    @Test
    void aRangeAfterABracketThatFailedBeginsANewOne() {
        bracket.add(FIRST);
        bracket.add(call(FIRST)); // Then START throws, and nobody says that the bracket is over.
        bracket.add(SECOND);
        assertThat(bracket.ranges()).containsExactly(SECOND);
        assertThat(bracket.calls()).isEmpty();
        assertThat(bracket.isOpen()).isTrue();
    }

    @Test
    void aRangeAfterABracketThatWasShutBeginsANewOne() {
        bracket.add(FIRST);
        bracket.add(call(FIRST));
        bracket.shut();
        assertThat(bracket.isOpen()).isFalse();
        assertThat(bracket.calls()).containsExactly(call(FIRST));
        bracket.add(SECOND);
        assertThat(bracket.ranges()).containsExactly(SECOND);
        assertThat(bracket.calls()).isEmpty();
    }
}
