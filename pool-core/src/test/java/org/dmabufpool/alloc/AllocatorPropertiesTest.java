// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The whole allocator against the oracle, over many layouts. */
class AllocatorPropertiesTest {

    @Provide
    Arbitrary<AllocatorLayout> layouts() {
        Arbitrary<Long> pages = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 20), Arbitraries.longs().between(21, 3000));
        Arbitrary<Long> granules = Arbitraries.of(1L, 64L, 128L, 4096L, 16384L);
        Arbitrary<Long> pageSizes = Arbitraries.of(1024L, 4096L, 16384L);
        Arbitrary<Integer> limits = Arbitraries.of(0, 1, 4, 128);
        Arbitrary<Placement> placements = Arbitraries.of(Placement.class);
        return Combinators.combine(pages, granules, pageSizes, limits, placements)
                .as((count, granule, page, limit, placement) -> {
                    long unit = Math.max(granule, page);
                    return AllocatorLayout.of(count * unit, granule, page)
                            .withPlacement(placement)
                            .withSmallLimit(Math.min(count, limit) * unit);
                });
    }

    @Provide
    Arbitrary<List<Op>> runs() {
        return Op.runs(2 << 20, 16);
    }

    @Provide
    Arbitrary<List<Op>> smallRuns() {
        return Op.runs(20_000, 14);
    }

    @Property(tries = 1000)
    void followsTheIntervalMap(@ForAll("layouts") AllocatorLayout layout, @ForAll("runs") List<Op> run) {
        follow(layout, run);
    }

    @Property(tries = 1000)
    void followsTheIntervalMapWithSmallSizes(
            @ForAll("layouts") AllocatorLayout layout, @ForAll("smallRuns") List<Op> run) {
        follow(layout, run);
    }

    private static void follow(AllocatorLayout layout, List<Op> run) {
        SharedAllocator alone = new SharedAllocator(layout, false);
        new Follower(alone, layout, alone::checkInvariants).follow(run);
        SharedAllocator shared = new SharedAllocator(layout, true);
        new Follower(shared, layout, shared::checkInvariants).follow(run);
    }

    /** An allocator and the oracle, step by step. */
    private static final class Follower {

        private final OffsetAllocator allocator;
        private final AllocatorLayout layout;
        private final Runnable invariants;
        private final IntervalMap map;
        private final PlacementRules rules;
        private final Map<Long, Long> parts = new HashMap<>();
        private long peak;

        Follower(OffsetAllocator allocator, AllocatorLayout layout, Runnable invariants) {
            this.allocator = allocator;
            this.layout = layout;
            this.invariants = invariants;
            this.map = new IntervalMap(layout.capacity());
            this.rules = PlacementRules.of(layout);
        }

        void follow(List<Op> run) {
            for (Op op : run) {
                if (op.takes()) {
                    take(op);
                } else if (map.size() > 0) {
                    give(map.offset(op.pick()));
                }
                invariants.run();
                map.assertShownBy(allocator);
                AllocatorTotals totals = allocator.totals();
                assertThat(totals.usedBytes()).isEqualTo(map.used());
                assertThat(totals.freeBytes()).isEqualTo(layout.capacity() - map.used());
                assertThat(totals.liveCount()).isEqualTo(map.size());
                assertThat(totals.peakUsedBytes()).isEqualTo(peak);
                assertLargestFreeIsExact();
            }
            while (map.size() > 0) {
                give(map.offset(0));
            }
            invariants.run();
            assertThat(allocator.totals().largestFree()).isEqualTo(rules.largestOf(layout.capacity()));
            assertThat(allocator.totals().requestedBytes()).isZero();
        }

        private void take(Op op) {
            long size = Math.min(op.size(), layout.capacity());
            long alignment = Math.min(op.alignment(), Long.highestOneBit(layout.capacity()));
            AllocatorTotals before = allocator.totals();
            boolean fitsInPages = fitsInFreePages(size, alignment);
            long part = allocator.allocate(size, alignment);
            if (part < 0) {
                assertThat(fitsInPages).as("refused though pages are free").isFalse();
                assertThat(alignment > layout.granule() || size > before.largestFree())
                        .as("refused though it fits")
                        .isTrue();
                assertThat(part)
                        .isEqualTo(before.freeBytes() >= size ? OffsetAllocator.FRAGMENTED : OffsetAllocator.NO_SPACE);
                return;
            }
            long offset = allocator.offset(part);
            long reserved = allocator.reserved(part);
            assertThat(allocator.requested(part)).isEqualTo(size);
            assertThat(offset % alignment).isZero();
            assertThat(offset % layout.granule()).isZero();
            assertThat(reserved).isGreaterThanOrEqualTo(size);
            assertThat(reserved % layout.granule()).isZero();
            if (reserved >= layout.extentUnit()) {
                assertThat(reserved).isEqualTo(rules.reserved(size));
                assertThat(offset % rules.alignment(reserved)).isZero();
            }
            map.add(offset, reserved);
            parts.put(offset, part);
            peak = Math.max(peak, map.used());
        }

        /** Whether a region of whole free pages, so not a slot, has room. */
        private boolean fitsInFreePages(long size, long alignment) {
            long reserved = rules.reserved(size);
            long aligned = Math.max(alignment, rules.alignment(reserved));
            boolean[] found = {false};
            allocator.forEachRegion((offset, length, live) -> {
                long first = (offset + aligned - 1) / aligned * aligned;
                boolean pages = length >= layout.extentUnit() && !live;
                found[0] |= pages && first + reserved <= offset + length;
            });
            return found[0];
        }

        private void give(long offset) {
            long part = parts.remove(offset);
            assertThat(allocator.free(part)).isEqualTo(map.remove(offset));
            assertThatThrownBy(() -> allocator.free(part))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Long.toString(part));
        }

        private void assertLargestFreeIsExact() {
            long largest = allocator.totals().largestFree();
            if (largest < layout.capacity()) {
                assertThat(allocator.allocate(largest + 1, layout.granule())).isNegative();
            }
            if (largest > 0) {
                long part = allocator.allocate(largest, layout.granule());
                assertThat(part).isNotNegative();
                peak = Math.max(peak, map.used() + allocator.reserved(part));
                assertThat(allocator.free(part)).isGreaterThanOrEqualTo(largest);
                assertThat(allocator.totals().largestFree()).isEqualTo(largest);
            }
        }
    }
}
