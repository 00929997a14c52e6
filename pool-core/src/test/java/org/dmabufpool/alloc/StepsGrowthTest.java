// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worst that can be asked for takes steps that grow as n log n with the number of requests: counted, not timed. */
class StepsGrowthTest {

    private static final long PAGE = 4096;
    private static final int FEWEST = 1 << 10;
    private static final int MOST = 1 << 15;
    /** What else may be in the way of an exact ratio, such as tables that grow. */
    private static final double TOLERANCE = 1.25;

    @BeforeAll
    static void stepsAreCounted() {
        long before = Steps.counted();
        take(alone(4), PAGE, 1);
        assertThat(Steps.counted()).as("needs assertions: -ea").isGreaterThan(before);
    }

    static Stream<Named<LongUnaryOperator>> adversaries() {
        return Stream.of(
                Named.of("Robson: each round leaves holes just too small", StepsGrowthTest::robson),
                Named.of("holes that are large enough, and none on the alignment", StepsGrowthTest::misaligned),
                Named.of("many equal holes", StepsGrowthTest::equalHoles),
                Named.of("many distinct holes", StepsGrowthTest::distinctHoles),
                Named.of("one slab made and given back again and again", StepsGrowthTest::slabThrash));
    }

    /** Each adversary tells how many requests it made. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("adversaries")
    void stepsGrowAsRequestsTimesTheirLogarithm(LongUnaryOperator adversary) {
        double limit = TOLERANCE * stepsPerRequestAndLogarithm(adversary, FEWEST);
        for (long n = 2 * FEWEST; n <= MOST; n *= 2) {
            assertThat(stepsPerRequestAndLogarithm(adversary, n))
                    .as("steps a request and its logarithm, for n = %d", n)
                    .isLessThanOrEqualTo(limit);
        }
    }

    private static double stepsPerRequestAndLogarithm(LongUnaryOperator adversary, long n) {
        long before = Steps.counted();
        long requests = adversary.applyAsLong(n);
        return (Steps.counted() - before) / (requests * Math.log(requests));
    }

    private static OffsetAllocator alone(long pages) {
        return AllocatorLayout.ofCapacity(pages * PAGE)
                .withSlabLimit(0)
                .withSmallLimit(0)
                .create();
    }

    private static long take(OffsetAllocator allocator, long size, long alignment) {
        return allocator.allocate(size, alignment);
    }

    private static List<Long> fill(OffsetAllocator allocator, long count, long pages) {
        List<Long> parts = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            parts.add(take(allocator, pages * PAGE, 1));
        }
        return parts;
    }

    private static long robson(long n) {
        OffsetAllocator allocator = alone(n);
        List<Long> live = fill(allocator, n, 1);
        long requests = n;
        for (long size = 2; size <= n / 4; size *= 2) {
            List<Long> kept = new ArrayList<>();
            for (long part : live) {
                boolean keeps = allocator.offset(part) / PAGE % size == 0;
                requests += keeps ? 0 : 1;
                if (keeps) {
                    kept.add(part);
                } else {
                    allocator.free(part);
                }
            }
            for (long i = 0; i < n / size; i++) {
                long part = take(allocator, size * PAGE, 1);
                requests++;
                if (part >= 0) {
                    kept.add(part);
                }
            }
            live = kept;
        }
        return requests;
    }

    private static long misaligned(long n) {
        OffsetAllocator allocator = alone(4 * n);
        List<Long> parts = fill(allocator, 4 * n, 1);
        for (int i = 0; i < parts.size(); i++) {
            if (i % 4 != 0) {
                allocator.free(parts.get(i));
            }
        }
        for (long i = 0; i < n; i++) {
            assertThat(take(allocator, 3 * PAGE, 4 * PAGE)).isNegative();
            allocator.free(take(allocator, 2 * PAGE, 2 * PAGE));
        }
        return 4 * n + 3 * n + 3 * n;
    }

    private static long equalHoles(long n) {
        OffsetAllocator allocator = alone(4 * n);
        List<Long> parts = fill(allocator, 2 * n, 2);
        for (int i = 0; i < parts.size(); i += 2) {
            allocator.free(parts.get(i));
        }
        for (long i = 0; i < n; i++) {
            take(allocator, PAGE, i % 2 == 0 ? 1 : 2 * PAGE);
        }
        return 4 * n;
    }

    private static long distinctHoles(long n) {
        int sizes = (int) Math.sqrt(n);
        OffsetAllocator allocator = alone((long) sizes * (sizes + 1) * 8);
        List<Long> holes = new ArrayList<>();
        for (int size = 1; size <= sizes; size++) {
            holes.add(take(allocator, 8 * size * PAGE, 1));
            take(allocator, PAGE, 1);
        }
        holes.forEach(allocator::free);
        for (long i = 0; i < n; i++) {
            long size = 1 + i * 7919 % (8 * sizes);
            long part = take(allocator, size * PAGE, i % 3 == 0 ? 16 * PAGE : 1);
            if (part >= 0) {
                allocator.free(part);
            }
        }
        return 2 * n;
    }

    private static long slabThrash(long n) {
        OffsetAllocator allocator = AllocatorLayout.ofCapacity(4 * n * PAGE).create();
        for (long i = 0; i < n; i++) {
            long slot = take(allocator, 100 + i % 3000, 1);
            take(allocator, 2 * PAGE, 1);
            allocator.free(slot);
        }
        return 3 * n;
    }
}
