// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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
        Arbitrary<Integer> slacks = Arbitraries.of(0, 64, 1000);
        return Combinators.combine(pages, granules, pageSizes, slacks).as((count, granule, page, slack) -> {
            long unit = Math.max(granule, page);
            return AllocatorLayout.of(count * unit, granule, page)
                    .withBuddies(256 * unit, Math.min(count, slack) * unit);
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
        TieredAllocator allocator = new TieredAllocator(layout);
        IntervalMap map = new IntervalMap(layout.capacity());
        for (Op op : run) {
            if (op.takes()) {
                take(allocator, map, layout, op);
            } else if (map.size() > 0) {
                give(allocator, map, map.offset(op.pick()));
            }
            allocator.checkInvariants();
            map.assertShownBy(allocator);
            assertThat(allocator.usedBytes()).isEqualTo(map.used());
            assertThat(allocator.freeBytes()).isEqualTo(layout.capacity() - map.used());
            assertThat(allocator.liveCount()).isEqualTo(map.size());
            assertLargestFreeIsExact(allocator, layout);
        }
        while (map.size() > 0) {
            give(allocator, map, map.offset(0));
        }
        allocator.checkInvariants();
        assertThat(allocator.largestFree()).isEqualTo(layout.capacity());
    }

    private static void take(TieredAllocator allocator, IntervalMap map, AllocatorLayout layout, Op op) {
        long size = Math.min(op.size(), layout.capacity());
        long alignment = Math.min(op.alignment(), Long.highestOneBit(layout.capacity()));
        long largest = allocator.largestFree();
        long offset = allocator.allocate(size, alignment);
        if (offset == OffsetAllocator.NO_SPACE) {
            assertThat(alignment > layout.granule() || size > largest)
                    .as("refused though it fits")
                    .isTrue();
            return;
        }
        long reserved = allocator.reservedAt(offset);
        assertThat(offset % alignment).isZero();
        assertThat(offset % layout.granule()).isZero();
        assertThat(reserved).isGreaterThanOrEqualTo(size);
        assertThat(reserved % layout.granule()).isZero();
        map.add(offset, reserved);
    }

    private static void give(TieredAllocator allocator, IntervalMap map, long offset) {
        assertThat(allocator.free(offset)).isEqualTo(map.remove(offset));
        assertThatThrownBy(() -> allocator.free(offset))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Long.toString(offset));
    }

    private static void assertLargestFreeIsExact(TieredAllocator allocator, AllocatorLayout layout) {
        long largest = allocator.largestFree();
        if (largest < layout.capacity()) {
            assertThat(allocator.allocate(largest + 1, layout.granule())).isEqualTo(OffsetAllocator.NO_SPACE);
        }
        if (largest > 0) {
            long offset = allocator.allocate(largest, layout.granule());
            assertThat(offset).isNotEqualTo(OffsetAllocator.NO_SPACE);
            assertThat(allocator.free(offset)).isGreaterThanOrEqualTo(largest);
            assertThat(allocator.largestFree()).isEqualTo(largest);
        }
    }
}
