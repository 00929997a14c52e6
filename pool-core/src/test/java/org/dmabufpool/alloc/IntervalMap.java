// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The oracle: live intervals of 0 to capacity in a sorted map, and nothing clever. */
final class IntervalMap {

    private final long capacity;
    private final TreeMap<Long, Long> live = new TreeMap<>();

    IntervalMap(long capacity) {
        this.capacity = capacity;
    }

    /** Adds an interval that must not touch another one. */
    void add(long offset, long length) {
        assertThat(offset).as("offset").isBetween(0L, capacity - length);
        Map.Entry<Long, Long> before = live.floorEntry(offset);
        if (before != null) {
            assertThat(before.getKey() + before.getValue())
                    .as("end of the part before")
                    .isLessThanOrEqualTo(offset);
        }
        Map.Entry<Long, Long> after = live.ceilingEntry(offset);
        if (after != null) {
            assertThat(after.getKey()).as("begin of the part behind").isGreaterThanOrEqualTo(offset + length);
        }
        live.put(offset, length);
    }

    long remove(long offset) {
        return live.remove(offset);
    }

    boolean contains(long offset) {
        return live.containsKey(offset);
    }

    int size() {
        return live.size();
    }

    /** Offset of the n-th interval, counted around. */
    long offset(int n) {
        return new ArrayList<>(live.keySet()).get(Math.floorMod(n, live.size()));
    }

    long length(long offset) {
        return live.get(offset);
    }

    @Override
    public String toString() {
        return live.toString();
    }

    long used() {
        return live.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Begin and length of what lies between, in order. */
    List<long[]> holes() {
        List<long[]> holes = new ArrayList<>();
        long end = 0;
        for (Map.Entry<Long, Long> part : live.entrySet()) {
            if (part.getKey() > end) {
                holes.add(new long[] {end, part.getKey() - end});
            }
            end = part.getKey() + part.getValue();
        }
        if (end < capacity) {
            holes.add(new long[] {end, capacity - end});
        }
        return holes;
    }

    /** Whether so many bytes lie free in one piece from a multiple of the alignment on. */
    boolean fits(long size, long alignment) {
        return holes().stream().anyMatch(hole -> {
            long first = (hole[0] + alignment - 1) / alignment * alignment;
            return first + size <= hole[0] + hole[1];
        });
    }

    /** The regions the allocator shows are these intervals, adjoin, and cover the whole range. */
    void assertShownBy(OffsetAllocator allocator) {
        TreeMap<Long, Long> shown = new TreeMap<>();
        long[] end = {0};
        allocator.forEachRegion((offset, length, isLive) -> {
            assertThat(offset).isEqualTo(end[0]);
            assertThat(length).isPositive();
            end[0] = offset + length;
            if (isLive) {
                shown.put(offset, length);
            }
        });
        assertThat(end[0]).isEqualTo(capacity);
        assertThat(shown).isEqualTo(live);
    }
}
