// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.bench.policy.Policy;
import org.junit.jupiter.api.Test;

class MinPoolTest {

    private static final long PAGE = Policy.PAGE;

    @Test
    void findsTheSmallestWhereLargerPoolsServeToo() {
        MinPool pool = MinPool.find(100, pages -> pages >= 137, 8);
        assertThat(pool.bytes()).isEqualTo(137 * PAGE);
        assertThat(pool.failedAbove()).isZero();
        assertThat(pool.largestFailedBytes()).isZero();
    }

    @Test
    void isExactWhereAllSizesBelowCanBeTried() {
        MinPool pool = MinPool.find(100, pages -> pages == 103 || pages >= 137, 64);
        assertThat(pool.bytes()).isEqualTo(103 * PAGE);
        assertThat(pool.probedBelow()).isEqualTo(3);
    }

    @Test
    void tellsOfLargerPoolsThatFail() {
        MinPool pool = MinPool.find(
                1000, pages -> pages >= 1200 && !Set.of(1224L, 1230L).contains(pages), 64);
        assertThat(pool.bytes()).isEqualTo(1200 * PAGE);
        assertThat(pool.failedAbove()).isEqualTo(2);
        assertThat(pool.largestFailedBytes()).isEqualTo(1230 * PAGE);
    }

    @Test
    void givesUpWhereNothingServes() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> MinPool.find(1, pages -> false, 4))
                .withMessageContaining("are its alignments far above its sizes?");
    }

    @Test
    void progressCountsThePoolsTried() {
        Trace.Builder trace = new Trace.Builder("one");
        trace.allocate(50 * PAGE);
        AtomicInteger last = new AtomicInteger(-1);
        MinPool pool = MinPool.find(trace.build(), Policy.OURS, 4, tried -> {
            assertThat(tried).isEqualTo(last.incrementAndGet());
        });
        assertThat(pool.bytes()).isEqualTo(50 * PAGE);
        assertThat(last).hasPositiveValue();
    }
}
