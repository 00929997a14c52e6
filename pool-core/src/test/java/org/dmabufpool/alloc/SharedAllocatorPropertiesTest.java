// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** The shared allocator with parts that wait in all stripes, against the naive interval map: nobody can tell. */
class SharedAllocatorPropertiesTest {

    private static final long PAGE = 4096;

    /** One step from a thread that uses the stripe. */
    record StripeOp(Op op, int stripe) {}

    @Provide
    Arbitrary<Integer> pages() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 32), Arbitraries.integers().between(33, 2000));
    }

    @Provide
    Arbitrary<List<StripeOp>> runs() {
        return withStripes(Arbitraries.oneOf(Op.runs(1 << 20, 18), Op.runs(1 << 16, 14), Op.runs(5000, 8)));
    }

    private static Arbitrary<List<StripeOp>> withStripes(Arbitrary<List<Op>> runs) {
        Arbitrary<Integer> stripes = Arbitraries.integers().between(0, Stripes.COUNT - 1);
        return Combinators.combine(runs, stripes.list().ofSize(200))
                .as((run, places) -> IntStream.range(0, run.size())
                        .mapToObj(i -> new StripeOp(run.get(i), places.get(i)))
                        .toList());
    }

    @Provide
    Arbitrary<List<Long>> sizes() {
        Arbitrary<Long> sizes = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 4096),
                Arbitraries.longs().between(1, 40).map(pages -> pages * PAGE),
                Arbitraries.longs().between(1, 1 << 20));
        return sizes.list().ofMinSize(1).ofMaxSize(6);
    }

    private static AllocatorLayout wholePages(int pages, Placement placement) {
        long capacity = pages * PAGE;
        return AllocatorLayout.ofCapacity(capacity)
                .withSlabLimit(0)
                .withWaitingLimit(capacity)
                .withPlacement(placement);
    }

    private static AllocatorLayout allTiers(int pages, Placement placement) {
        return AllocatorLayout.ofCapacity(pages * PAGE)
                .withWaitingLimit(pages * PAGE)
                .withPlacement(placement);
    }

    @Property(tries = 400)
    void whatWaitsNeverCostsARequestItsSpace(
            @ForAll Placement placement, @ForAll("pages") int pages, @ForAll("runs") List<StripeOp> run) {
        Follower follower = new Follower(wholePages(pages, placement));
        boolean waited = false;
        for (StripeOp step : run) {
            follower.follow(step, true);
            follower.check();
            waited |= follower.stripes.waitingBytes() > 0;
        }
        Statistics.label("something waited")
                .collect(waited)
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
        follower.end();
    }

    @Property(tries = 400)
    void allTiersFollowTheIntervalMapInEveryStripe(
            @ForAll Placement placement, @ForAll("pages") int pages, @ForAll("runs") List<StripeOp> run) {
        Follower follower = new Follower(allTiers(pages, placement));
        run.forEach(step -> {
            follower.follow(step, false);
            follower.check();
        });
        follower.end();
    }

    @Property(tries = 600)
    void availabilityIsWhatALoopGets(
            @ForAll Placement placement,
            @ForAll("pages") int pages,
            @ForAll("runs") List<StripeOp> run,
            @ForAll("sizes") List<Long> sizes) {
        for (AllocatorLayout layout : List.of(wholePages(pages, placement), allTiers(pages, placement))) {
            Follower follower = new Follower(layout);
            run.forEach(step -> follower.follow(step, false));
            for (long size : sizes) {
                follower.countAll(Math.min(size, layout.capacity()));
            }
        }
    }

    @Property(tries = 300)
    void askingChangesNothing(
            @ForAll Placement placement, @ForAll("pages") int pages, @ForAll("runs") List<StripeOp> run) {
        Follower asked = new Follower(allTiers(pages, placement));
        Follower left = new Follower(allTiers(pages, placement));
        for (StripeOp step : run) {
            asked.follow(step, false);
            asked.ask();
            left.follow(step, false);
            assertThat(asked.map.toString()).isEqualTo(left.map.toString());
            assertThat(asked.stripes.waitingBytes()).isEqualTo(left.stripes.waitingBytes());
        }
    }

    /** The allocator and the oracle, step by step. */
    private static final class Follower {

        private final AllocatorLayout layout;
        private final SharedAllocator allocator;
        final Stripes stripes;
        final IntervalMap map;
        private final PlacementRules rules;
        private final Map<Long, Long> parts = new HashMap<>();
        private long peak;

        Follower(AllocatorLayout layout) {
            this.layout = layout;
            allocator = Stripes.allocator(layout);
            stripes = new Stripes(allocator);
            map = new IntervalMap(layout.capacity());
            rules = PlacementRules.of(layout);
        }

        void follow(StripeOp step, boolean refusalsAreExact) {
            stripes.use(step.stripe());
            if (step.op().takes()) {
                take(step.op(), refusalsAreExact);
            } else if (map.size() > 0) {
                give(map.offset(step.op().pick()));
            }
        }

        private void take(Op op, boolean refusalsAreExact) {
            long size = Math.min(op.size(), layout.capacity());
            long alignment = Math.min(op.alignment(), Long.highestOneBit(layout.capacity()));
            long part = allocator.allocate(size, alignment);
            if (refusalsAreExact) {
                assertThat(part >= 0)
                        .as("%d bytes from a multiple of %d on", size, alignment)
                        .isEqualTo(rules.fits(map, size, alignment));
            }
            if (part < 0) {
                boolean enough = layout.capacity() - map.used() >= size;
                assertThat(part).isEqualTo(enough ? OffsetAllocator.FRAGMENTED : OffsetAllocator.NO_SPACE);
                return;
            }
            assertThat(allocator.requested(part)).isEqualTo(size);
            assertThat(allocator.offset(part) % alignment).isZero();
            map.add(allocator.offset(part), allocator.reserved(part));
            parts.put(allocator.offset(part), part);
            peak = Math.max(peak, map.used());
        }

        private void give(long offset) {
            assertThat(allocator.free(parts.remove(offset))).isEqualTo(map.remove(offset));
        }

        void check() {
            allocator.checkInvariants();
            map.assertShownBy(allocator);
            AllocatorTotals totals = allocator.totals();
            assertThat(totals.usedBytes()).isEqualTo(map.used());
            assertThat(totals.liveCount()).isEqualTo(map.size());
            assertThat(totals.peakUsedBytes()).isEqualTo(peak);
            if (layout.slabLimit() == 0) {
                assertThat(totals.largestFree()).isEqualTo(rules.largest(map));
            }
        }

        void ask() {
            allocator.totals();
            allocator.forEachRegion((offset, length, live) -> {});
            allocator.survey(part -> {});
            for (long size = 1; size <= layout.capacity(); size *= 7) {
                allocator.availability(size);
            }
        }

        /** Reserves all that there is of one size, and gives it back. */
        void countAll(long size) {
            long expected = allocator.availability(size);
            List<Long> taken = new ArrayList<>();
            for (long part = allocator.allocate(size, 1); part >= 0; part = allocator.allocate(size, 1)) {
                taken.add(part);
            }
            assertThat(taken.size()).as("parts of %d bytes", size).isEqualTo(expected);
            assertThat(allocator.availability(size)).isZero();
            taken.forEach(allocator::free);
            allocator.checkInvariants();
        }

        void end() {
            assertLargestFreeIsExact(allocator.totals().largestFree());
            while (map.size() > 0) {
                give(map.offset(0));
                allocator.checkInvariants();
            }
            long largest = rules.largestOf(layout.capacity());
            long all = allocator.allocate(largest, 1);
            assertThat(all).isNotNegative();
            assertThat(allocator.offset(all)).isZero();
            allocator.free(all);
            allocator.checkInvariants();
            assertThat(allocator.totals().largestFree()).isEqualTo(largest);
        }

        private void assertLargestFreeIsExact(long largest) {
            if (largest < layout.capacity()) {
                assertThat(allocator.allocate(largest + 1, 1)).isNegative();
            }
            if (largest > 0) {
                long part = allocator.allocate(largest, 1);
                assertThat(part).isNotNegative();
                allocator.free(part);
            }
        }
    }
}
