// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Places buffers in the order of their lives, each into the lowest hole that fits, as a pool does that does not know the
 * future. the least that is possible, in little time even where too many buffers overlap for anything else.
 */
final class TimeFit {

    private final OfflineProblem problem;
    private final long[] offsets;
    /** Where each hole ends, by where it begins. Holes never adjoin, and the last has no end. */
    private final TreeMap<Long, Long> holes = new TreeMap<>(Map.of(0L, Long.MAX_VALUE));

    private TimeFit(OfflineProblem problem) {
        this.problem = problem;
        this.offsets = new long[problem.buffers()];
    }

    static long[] place(OfflineProblem problem) {
        return new TimeFit(problem).placeAll();
    }

    private long[] placeAll() {
        PriorityQueue<Integer> live = new PriorityQueue<>(Comparator.comparingInt(problem::end));
        for (int buffer : Orders.byBegin(problem)) {
            for (Integer next = live.peek();
                    next != null && problem.end(next) <= problem.begin(buffer);
                    next = live.peek()) {
                live.remove();
                giveBack(offsets[next], offsets[next] + problem.size(next));
            }
            offsets[buffer] = take(buffer);
            live.add(buffer);
        }
        return offsets;
    }

    private long take(int buffer) {
        for (Map.Entry<Long, Long> hole : holes.entrySet()) {
            long begin = hole.getKey();
            long end = hole.getValue();
            long offset = problem.align(buffer, begin);
            if (problem.size(buffer) <= end - offset) {
                holes.remove(begin);
                put(begin, offset);
                put(offset + problem.size(buffer), end);
                return offset;
            }
        }
        throw new AssertionError("the last hole has no end");
    }

    private void giveBack(long begin, long end) {
        Map.Entry<Long, Long> before = holes.lowerEntry(begin);
        boolean joins = before != null && before.getValue() == begin;
        Long after = holes.remove(end);
        put(joins ? before.getKey() : begin, after == null ? end : after);
    }

    private void put(long begin, long end) {
        if (begin < end) {
            holes.put(begin, end);
        }
    }
}
