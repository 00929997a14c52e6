// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.bench.policy.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinPoolTest {

    private static final long PAGE = Policy.PAGE;
    private static final long MOST = Policy.MOST_BYTES / PAGE;

    @Test
    void findsTheSmallestWhereLargerPoolsServeToo() {
        MinPool pool = MinPool.find(100, MOST, pages -> pages >= 137, 8);
        assertThat(pool.bytes()).isEqualTo(137 * PAGE);
        assertThat(pool.failedAbove()).isZero();
        assertThat(pool.largestFailedBytes()).isZero();
        assertThat(pool.configureBytes()).isEqualTo(137 * PAGE);
        assertThat(pool.servedAbove()).isEqualTo(pool.probedAbove()).isPositive();
    }

    @Test
    void isExactWhereAllSizesBelowCanBeTried() {
        MinPool pool = MinPool.find(100, MOST, pages -> pages == 103 || pages >= 137, 64);
        assertThat(pool.bytes()).isEqualTo(103 * PAGE);
        assertThat(pool.probedBelow()).isEqualTo(3);
    }

    @Test
    void tellsOfLargerPoolsThatFail() {
        MinPool pool = MinPool.find(
                1000, MOST, pages -> pages >= 1200 && !Set.of(1224L, 1230L).contains(pages), 64);
        assertThat(pool.bytes()).isEqualTo(1200 * PAGE);
        assertThat(pool.failedAbove()).isEqualTo(2);
        assertThat(pool.largestFailedBytes()).isEqualTo(1230 * PAGE);
        assertThat(pool.configureBytes()).isEqualTo(1231 * PAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 64})
    void isConfiguredAboveTheLargerPoolsThatFail(int probes) {
        MinPool pool = MinPool.find(100, MOST, pages -> pages >= 100 && (pages < 105 || pages >= 110), probes);
        assertThat(pool.bytes()).isEqualTo(100 * PAGE);
        assertThat(pool.configureBytes()).isEqualTo(110 * PAGE);
        assertThat(pool.largestFailedBytes()).isEqualTo(109 * PAGE);
        assertThat(pool.servedAbove()).isGreaterThanOrEqualTo(Math.min(probes, 22));
        assertThat(pool.largestTriedBytes()).isGreaterThanOrEqualTo(pool.configureBytes() * 115 / 100);
        MinPool large =
                MinPool.find(100_000, MOST, pages -> pages >= 100_000 && (pages < 105_000 || pages >= 109_000), probes);
        assertThat(large.configureBytes()).isEqualTo(109_000 * PAGE);
    }

    /** Each band of sizes that fail is found only from the size above the band before. */
    @Test
    void goesOnUpwardsWhereTheLargestTriedFails() {
        List<Long> tried = new ArrayList<>();
        MinPool pool = MinPool.find(
                1000,
                MOST,
                pages -> {
                    tried.add(pages);
                    return pages >= 1000 && pages % 200 < 100 || pages >= 2900;
                },
                32);
        assertThat(pool.bytes()).isEqualTo(1000 * PAGE);
        assertThat(pool.configureBytes()).isEqualTo(2800 * PAGE);
        assertThat(pool.largestFailedBytes()).isEqualTo(2799 * PAGE);
        assertThat(pool.largestTriedBytes()).isGreaterThanOrEqualTo(2800 * 115 / 100 * PAGE);
        assertThat(tried).doesNotHaveDuplicates().hasSizeLessThan(400);
    }

    @Test
    void saysWhereNoSizeIsToBeReliedOn() {
        List<Long> tried = new ArrayList<>();
        MinPool pool = MinPool.find(
                1000,
                MOST,
                pages -> {
                    tried.add(pages);
                    return pages % 3 == 1;
                },
                64);
        assertThat(pool.bytes()).isEqualTo(1000 * PAGE);
        assertThat(pool.configureBytes()).isNull();
        assertThat(pool.servedAbove()).isZero();
        assertThat(pool.failedAbove()).isPositive();
        assertThat(tried).hasSizeLessThan(1500);
        MinPool alone = MinPool.find(1000, MOST, pages -> pages == 1000, 64);
        assertThat(alone.configureBytes()).isNull();
        assertThat(alone.largestFailedBytes()).isGreaterThan(1200 * PAGE);
    }

    @Test
    void noPoolIsTriedThatThePolicyDoesNotHave() {
        MinPool pool = MinPool.find(
                1000,
                1100,
                pages -> {
                    assertThat(pages).isBetween(1000L, 1100L);
                    return pages >= 1050;
                },
                64);
        assertThat(pool.configureBytes()).isEqualTo(1050 * PAGE);
        assertThat(pool.largestTriedBytes()).isEqualTo(1100 * PAGE);
        Trace.Builder trace = new Trace.Builder("large");
        trace.allocate(Policy.OURS.mostBytes() + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MinPool.find(trace.build(), Policy.OURS, 1))
                .withMessage("large: 137438953473 bytes are live at once, and a pool of policy ours has at most"
                        + " 137438953472 bytes: correct the sizes, or take another policy");
    }

    @Test
    void theSmallestAloneIsTheSame() {
        Trace trace = TraceKind.LOG_UNIFORM.generate(1);
        MinPool pool = MinPool.find(trace, Policy.OURS, 64);
        assertThat(MinPool.smallestBytes(trace, Policy.OURS, 64)).isEqualTo(pool.bytes());
        assertThat(pool.configureBytes()).isGreaterThan(pool.bytes());
        assertThat(Replay.serves(trace, Policy.OURS, pool.configureBytes())).isTrue();
    }

    @Test
    void givesUpWhereNothingServes() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> MinPool.find(1, MOST, pages -> false, 4))
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
