// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** An offset for each buffer of a problem. Immutable. */
public final class OfflinePlacement {

    private final OfflineProblem problem;
    private final long[] offsets;
    private final long height;
    private final String algorithm;
    private final boolean proven;
    private final long greedyHeight;
    private final long nanos;

    /**
     * A placement that was found.
     *
     * @param offsets of the buffers; kept
     * @param greedyHeight see {@link #greedyHeight()}
     */
    OfflinePlacement(
            OfflineProblem problem, long[] offsets, String algorithm, boolean proven, long greedyHeight, long nanos) {
        this.problem = problem;
        this.offsets = offsets;
        this.height = height(problem, offsets);
        this.algorithm = algorithm;
        this.proven = proven;
        this.greedyHeight = greedyHeight;
        this.nanos = nanos;
    }

    /** Where the highest buffer ends. */
    static long height(Buffers problem, long[] offsets) {
        long height = 0;
        for (int i = 0; i < offsets.length; i++) {
            height = Math.max(height, offsets[i] + problem.size(i));
        }
        return height;
    }

    /** Where a buffer lies, in bytes: from 0 on, a multiple of its alignment. */
    public long offset(int buffer) {
        return offsets[buffer];
    }

    /** Where the highest buffer ends, in bytes: a pool of this size holds all of them. */
    public long height() {
        return height;
    }

    /** Height in proportion to {@link OfflineProblem#lowerBound()}: from 1 on, and 1 where there are no buffers. */
    public double ratio() {
        return height == 0 ? 1 : (double) height / problem.lowerBound();
    }

    /** What found it, in words for people, such as {@code greedy by size}. */
    public String algorithm() {
        return algorithm;
    }

    /** Whether no placement is lower: it is as low as the most bytes that live at once, or a complete search says so. */
    public boolean proven() {
        return proven;
    }

    /**
     * The height that greedy by size reaches, in bytes: the largest buffer first, each at the lowest offset that is free.
     * 0 if there was no time for it, or too many buffers overlap in time.
     */
    public long greedyHeight() {
        return greedyHeight;
    }

    /** How long the search took, in nanoseconds. */
    public long nanos() {
        return nanos;
    }

    /**
     * Checks it: offsets from 0 on, multiples of the alignments, and no two buffers overlap in time and space.
     *
     * @throws IllegalStateException if it is wrong; the message names the buffers
     */
    public void check() {
        NavigableMap<Long, Integer> live = new TreeMap<>();
        PriorityQueue<Integer> ending = new PriorityQueue<>(Comparator.comparingInt(problem::end));
        for (int buffer : Orders.byBegin(problem)) {
            for (Integer next = ending.peek();
                    next != null && problem.end(next) <= problem.begin(buffer);
                    next = ending.peek()) {
                live.remove(offsets[ending.remove()]);
            }
            checkOffset(buffer);
            checkNeighbours(buffer, live);
            live.put(offsets[buffer], buffer);
            ending.add(buffer);
        }
    }

    private void checkOffset(int buffer) {
        long offset = offsets[buffer];
        if (offset < 0 || problem.align(buffer, offset) != offset) {
            throw new IllegalStateException("buffer " + buffer + " lies at " + offset + ", which is no multiple of its"
                    + " alignment " + problem.alignment(buffer));
        }
    }

    private void checkNeighbours(int buffer, NavigableMap<Long, Integer> live) {
        Map.Entry<Long, Integer> below = live.floorEntry(offsets[buffer]);
        Map.Entry<Long, Integer> above = live.ceilingEntry(offsets[buffer]);
        if (below != null && below.getKey() + problem.size(below.getValue()) > offsets[buffer]) {
            throw overlap(below.getValue(), buffer);
        }
        if (above != null && offsets[buffer] + problem.size(buffer) > above.getKey()) {
            throw overlap(above.getValue(), buffer);
        }
    }

    private IllegalStateException overlap(int one, int other) {
        return new IllegalStateException("buffers " + one + " and " + other + " overlap: at " + offsets[one] + " with "
                + problem.size(one) + " bytes, and at " + offsets[other] + " with " + problem.size(other));
    }
}
