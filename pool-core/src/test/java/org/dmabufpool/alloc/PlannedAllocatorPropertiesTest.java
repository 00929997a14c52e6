// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
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
import org.junit.jupiter.api.Test;

/** An allocator with a plan against the oracle: planned places are taken in their order, and nothing else changes. */
class PlannedAllocatorPropertiesTest {

    private static final long PAGE = AllocatorLayout.DEFAULT_PAGE_SIZE;
    private static final int CLASSES = 4;

    /** A step, and the class of its request: from 0, which is none, to {@value #CLASSES}. */
    record Step(Op op, int planClass) {}

    @Provide
    Arbitrary<long[][]> plans() {
        Arbitrary<long[]> places = Arbitraries.longs()
                .between(0, 150)
                .map(page -> page * PAGE)
                .list()
                .ofMaxSize(12)
                .map(list -> list.stream().mapToLong(Long::longValue).toArray());
        return places.array(long[][].class).ofSize(CLASSES);
    }

    @Provide
    Arbitrary<List<Step>> runs() {
        return Combinators.combine(
                        Op.runs(40 * PAGE, 15),
                        Arbitraries.integers().between(0, CLASSES).list().ofSize(200))
                .as((ops, classes) -> IntStream.range(0, ops.size())
                        .mapToObj(i -> new Step(ops.get(i), classes.get(i)))
                        .toList());
    }

    @Property(tries = 120)
    void thePlanIsFollowedAndNothingIsLost(
            @ForAll("plans") long[][] places, @ForAll("runs") List<Step> run, @ForAll boolean shared) {
        for (long pages : new long[] {1, 64, 100, 170}) {
            new Follower(AllocatorLayout.ofCapacity(pages * PAGE), places, shared).follow(run);
        }
    }

    @Test
    void aPlanFollowsASmallerPage() {
        long[][] places = {{3 * PAGE, 16 * PAGE}};
        OffsetAllocator allocator = AllocatorLayout.of(100 * PAGE, 128, 1024).create(places);
        assertThat(allocator.offset(allocator.allocate(PAGE, 1, Kind.of(1, 0)))).isEqualTo(3 * PAGE);
        assertThat(allocator.offset(allocator.allocate(PAGE, 4 * PAGE, Kind.of(1, 0))))
                .isEqualTo(16 * PAGE);
    }

    @Test
    void theTablesOfAPlanCount() {
        long[][] places = {{999 * PAGE}};
        AllocatorLayout layout = AllocatorLayout.ofCapacity(1000 * PAGE);
        assertThat(layout.create(places).metadataBytes())
                .isBetween(
                        layout.create().metadataBytes() + 4000, layout.create().metadataBytes() + 4500);
    }

    /** An allocator and the oracle, step by step. */
    private static final class Follower {

        private final AllocatorLayout layout;
        private final long[][] places;
        private final SharedAllocator allocator;
        private final IntervalMap map;
        private final Map<Long, Long> parts = new HashMap<>();

        Follower(AllocatorLayout layout, long[][] places, boolean shared) {
            this.layout = layout;
            this.places = places;
            this.allocator = new SharedAllocator(layout, shared, places);
            this.map = new IntervalMap(layout.capacity());
        }

        void follow(List<Step> run) {
            for (Step step : run) {
                if (step.op().takes()) {
                    take(step.op(), step.planClass());
                } else if (map.size() > 0) {
                    give(map.offset(step.op().pick()));
                }
                allocator.checkInvariants();
                map.assertShownBy(allocator);
            }
            while (map.size() > 0) {
                give(map.offset(0));
            }
            allocator.checkInvariants();
            assertThat(allocator.totals().largestFree()).isEqualTo(layout.capacity());
        }

        private void take(Op op, int planClass) {
            long size = Math.min(op.size(), layout.capacity());
            long alignment = Math.min(op.alignment(), Long.highestOneBit(layout.capacity()));
            boolean pages = size > layout.slabLimit() || alignment > layout.slabLimit();
            long reserved = (size + PAGE - 1) / PAGE * PAGE;
            long planned = planClass == 0 || !pages ? -1 : firstFree(planClass, reserved, alignment);
            boolean fits = freePages().stream().anyMatch(hole -> {
                long first = (hole[0] + alignment - 1) / alignment * alignment;
                return first + reserved <= hole[0] + hole[1];
            });
            long part = allocator.allocate(size, alignment, Kind.of(planClass, 0));
            if (part < 0) {
                assertThat(fits)
                        .as("refused though %d pages are free", reserved / PAGE)
                        .isFalse();
                return;
            }
            long offset = allocator.offset(part);
            if (planned >= 0) {
                assertThat(offset).as("the first planned place that is free").isEqualTo(planned);
            }
            assertThat(offset % alignment).isZero();
            map.add(offset, allocator.reserved(part));
            parts.put(offset, part);
        }

        private long firstFree(int planClass, long reserved, long alignment) {
            List<long[]> holes = freePages();
            return Arrays.stream(places[planClass - 1])
                    .filter(place -> place % alignment == 0)
                    .filter(place ->
                            holes.stream().anyMatch(hole -> hole[0] <= place && place + reserved <= hole[0] + hole[1]))
                    .findFirst()
                    .orElse(-1);
        }

        /** Begin and length of free pages that adjoin; free slots are none. */
        private List<long[]> freePages() {
            List<long[]> holes = new ArrayList<>();
            allocator.forEachRegion((offset, length, live) -> {
                long[] last = holes.isEmpty() ? new long[2] : holes.get(holes.size() - 1);
                if (!live && length >= PAGE && last[0] + last[1] == offset && last[1] > 0) {
                    last[1] += length;
                } else if (!live && length >= PAGE) {
                    holes.add(new long[] {offset, length});
                }
            });
            return holes;
        }

        private void give(long offset) {
            assertThat(allocator.free(parts.remove(offset))).isEqualTo(map.remove(offset));
        }
    }
}
