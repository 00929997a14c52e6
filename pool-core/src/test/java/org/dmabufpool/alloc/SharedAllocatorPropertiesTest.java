// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/**
 * The shared allocator with its stripes all in use, against the naive interval map: whatever way the range came to be
 * divided, nothing is refused for which there is room.
 */
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
        Arbitrary<Integer> stripes = Arbitraries.integers().between(0, Stripes.MOST - 1);
        return Combinators.combine(Op.runs(1 << 20, 18), stripes.list().ofSize(200))
                .as((run, places) -> java.util.stream.IntStream.range(0, run.size())
                        .mapToObj(i -> new StripeOp(run.get(i), places.get(i)))
                        .toList());
    }

    @Property(tries = 400)
    void bordersNeverCostARequestItsSpace(@ForAll("pages") int pages, @ForAll("runs") List<StripeOp> run) {
        AllocatorLayout wholePages =
                AllocatorLayout.ofCapacity(pages * PAGE).withSlabLimit(0).withChunks(0, 0);
        Follower follower = new Follower(wholePages);
        run.forEach(step -> {
            follower.follow(step, true);
            follower.check();
        });
        Statistics.label("several stripes have a territory")
                .collect(follower.stripes.withTerritory() > 1)
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
        follower.freeAll();
    }

    @Property(tries = 400)
    void allTiersFollowTheIntervalMapInEveryStripe(@ForAll("pages") int pages, @ForAll("runs") List<StripeOp> run) {
        AllocatorLayout allTiers = AllocatorLayout.ofCapacity(pages * PAGE).withChunks(4 * PAGE, pages * PAGE / 4);
        Follower follower = new Follower(allTiers);
        run.forEach(step -> {
            follower.follow(step, false);
            follower.check();
        });
        follower.freeAll();
    }

    /** The allocator and the oracle, step by step. */
    private static final class Follower {

        private final AllocatorLayout layout;
        private final SharedAllocator allocator;
        final Stripes stripes;
        private final IntervalMap map;
        private final Map<Long, Long> parts = new HashMap<>();

        Follower(AllocatorLayout layout) {
            this.layout = layout;
            allocator = Stripes.allocator(layout);
            stripes = new Stripes(allocator);
            map = new IntervalMap(layout.capacity());
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
                        .isEqualTo(map.fits(size, alignment));
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
            assertLargestFreeIsExact(totals.largestFree());
        }

        private void assertLargestFreeIsExact(long largest) {
            if (layout.slabLimit() == 0 && layout.smallRunLimit() == 0) {
                long longest =
                        map.holes().stream().mapToLong(hole -> hole[1]).max().orElse(0);
                assertThat(largest).isEqualTo(longest);
            }
            if (largest < layout.capacity()) {
                assertThat(allocator.allocate(largest + 1, 1)).isNegative();
            }
            if (largest > 0) {
                long part = allocator.allocate(largest, 1);
                assertThat(part).isNotNegative();
                allocator.free(part);
            }
        }

        void freeAll() {
            while (map.size() > 0) {
                give(map.offset(0));
                allocator.checkInvariants();
            }
            long all = allocator.allocate(layout.capacity(), 1);
            assertThat(all).isNotNegative();
            assertThat(allocator.offset(all)).isZero();
            allocator.free(all);
            allocator.checkInvariants();
            assertThat(allocator.totals().largestFree()).isEqualTo(layout.capacity());
        }
    }
}
