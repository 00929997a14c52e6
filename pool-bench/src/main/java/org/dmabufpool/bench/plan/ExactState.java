// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;

/**
 * A placement in the making, with what follows from it, and the way back.
 *
 * <p>Of each buffer that is not placed two offsets are known. Its <em>ground</em> is where it would come to lie now, on what
 * is placed below it. Its <em>least</em> is what its offset cannot be below; above the ground if it was decided that the
 * buffer does not lie there. Both only rise until a decision is taken back.
 */
final class ExactState {

    private static final int FIRST_LENGTH = 1 << 10;

    final boolean[] placed;
    final long[] offsets;
    final long[] ground;
    final long[] least;
    /** Bytes of those at each moment that are not placed. */
    final long[] open;
    /** How often each moment was what made a branch fail. */
    final double[] failures;

    private final ExactTables tables;
    private final OfflineProblem problem;
    private final long capacity;

    /** At each moment, a buffer that can be the next: the one that was found last. */
    private final int[] next;
    /** For each buffer that is to lie on another one, such another one: the one that was found last. */
    private final int[] support;

    private final int[] placedBuffers;
    private int placedCount;
    /** The buffers whose ground and least were changed, and what they were. */
    private int[] changed = new int[FIRST_LENGTH];

    private long[] oldGround = new long[FIRST_LENGTH];
    private long[] oldLeast = new long[FIRST_LENGTH];
    private int changes;

    ExactState(ExactTables tables, long capacity, double[] failures) {
        this.tables = tables;
        this.problem = tables.problem;
        this.capacity = capacity;
        this.failures = failures;
        int buffers = problem.buffers();
        placed = new boolean[buffers];
        offsets = new long[buffers];
        ground = new long[buffers];
        least = new long[buffers];
        support = new int[buffers];
        Arrays.setAll(support, i -> i);
        placedBuffers = new int[buffers];
        open = problem.liveBytes();
        next = new int[open.length];
        Arrays.setAll(next, moment -> tables.living[moment][0]);
    }

    /** How many placements there are to go back to. */
    int placements() {
        return placedCount;
    }

    /** How many changes there are to go back to. */
    int changes() {
        return changes;
    }

    /** Goes back to how it was when there were so many placements and changes. */
    void undo(int toPlacements, int toChanges) {
        while (placedCount > toPlacements) {
            int buffer = placedBuffers[--placedCount];
            placed[buffer] = false;
            for (int moment = problem.begin(buffer); moment < problem.end(buffer); moment++) {
                open[moment] += problem.size(buffer);
            }
        }
        while (changes > toChanges) {
            int buffer = changed[--changes];
            ground[buffer] = oldGround[changes];
            least[buffer] = oldLeast[changes];
        }
    }

    /** Places a buffer on its ground; all others that live at the same time will lie above it. */
    void place(int buffer) {
        placedBuffers[placedCount++] = buffer;
        placed[buffer] = true;
        offsets[buffer] = ground[buffer];
        for (int moment = problem.begin(buffer); moment < problem.end(buffer); moment++) {
            open[moment] -= problem.size(buffer);
        }
        long end = ground[buffer] + problem.size(buffer);
        for (int neighbour : tables.neighbours[buffer]) {
            if (!placed[neighbour] && ground[neighbour] < end) {
                long above = problem.align(neighbour, end);
                change(neighbour, above, Math.max(above, least[neighbour]));
            }
        }
    }

    /** Decides that a buffer does not lie on its ground. */
    void lift(int buffer) {
        change(buffer, ground[buffer], ground[buffer] + 1);
    }

    /** Whether it was decided that the buffer does not lie on its ground. */
    boolean lifted(int buffer) {
        return least[buffer] > ground[buffer];
    }

    private void change(int buffer, long newGround, long newLeast) {
        if (changes == changed.length) {
            changed = Arrays.copyOf(changed, 2 * changes);
            oldGround = Arrays.copyOf(oldGround, 2 * changes);
            oldLeast = Arrays.copyOf(oldLeast, 2 * changes);
        }
        changed[changes] = buffer;
        oldGround[changes] = ground[buffer];
        oldLeast[changes++] = least[buffer];
        ground[buffer] = newGround;
        least[buffer] = newLeast;
    }

    /**
     * Draws conclusions about a part of the buffers.
     *
     * @param part buffers that are not placed, at the indices from {@code from} to before {@code to}
     * @param begin the first moment at which one of them lives
     * @param end one past the last
     * @return false if they cannot all be placed below the capacity
     */
    boolean holds(int[] part, int from, int to, int begin, int end) {
        boolean risen = true;
        while (risen) {
            risen = false;
            for (int i = from; i < to; i++) {
                int buffer = part[i];
                if (lifted(buffer) && !supported(buffer)) {
                    if (!findSupport(buffer)) {
                        return false;
                    }
                    risen = true;
                }
            }
        }
        for (int moment = begin; moment < end; moment++) {
            if (open[moment] > 0 && !fits(moment)) {
                failures[moment]++;
                return false;
            }
        }
        return true;
    }

    /** A lifted buffer lies on another one, and so not below the lowest end that one of those can have. */
    private boolean supported(int buffer) {
        int below = support[buffer];
        return below != buffer && !placed[below] && least[below] + problem.size(below) <= least[buffer];
    }

    private boolean findSupport(int buffer) {
        long lowest = Long.MAX_VALUE;
        for (int neighbour : tables.neighbours[buffer]) {
            long end = least[neighbour] + problem.size(neighbour);
            if (!placed[neighbour] && end < lowest) {
                lowest = end;
                support[buffer] = neighbour;
                if (end <= least[buffer]) {
                    break;
                }
            }
        }
        if (lowest > capacity - problem.size(buffer)) {
            return false;
        }
        if (lowest > least[buffer]) {
            change(buffer, ground[buffer], problem.align(buffer, lowest));
        }
        return true;
    }

    /** Whether something at that moment can lie low enough for all others of that moment above it. */
    private boolean fits(int moment) {
        long highest = capacity - open[moment];
        if (!placed[next[moment]] && least[next[moment]] <= highest) {
            return true;
        }
        for (int buffer : tables.living[moment]) {
            if (!placed[buffer] && least[buffer] <= highest) {
                next[moment] = buffer;
                return true;
            }
        }
        return false;
    }

    /** How much space there is to lose at a moment, in bytes, where {@link #holds}. */
    long slack(int moment) {
        return capacity - open[moment] - least[next[moment]];
    }

    /** An offset at that moment that nothing lies at yet; not always the lowest. */
    long floor(int moment) {
        return least[next[moment]];
    }
}
