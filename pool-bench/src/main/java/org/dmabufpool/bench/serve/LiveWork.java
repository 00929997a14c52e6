// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceKind;
import org.dmabufpool.bench.trace.TraceReader;
import org.jspecify.annotations.Nullable;

/**
 * What the pool is to do.
 *
 * @param trace what is played, over and over
 * @param capacity the pool's size in bytes
 * @param speed how many times as quick as usual, {@link #SLOWEST} to {@link #QUICKEST}
 * @param holders names who holds the parts of the trace
 * @param budgets what slices of some holders are sure of, and may have; at most one a tag
 */
public record LiveWork(Trace trace, long capacity, double speed, Holders holders, List<TagBudget> budgets) {

    /** The least speed. */
    public static final double SLOWEST = 0.01;
    /** The highest speed. */
    public static final double QUICKEST = 1000;

    /** A pool of this size in proportion to the peak serves nearly every trace. */
    private static final double COMFORTABLE = 1.25;

    private static final long MIB = 1L << 20;

    /**
     * Checks that the trace can be played.
     *
     * @throws IllegalArgumentException if the speed is out of range, the largest part cannot fit, ever, a tag has two
     *     budgets, or the budgets guarantee more than the capacity
     */
    public LiveWork {
        if (!(speed >= SLOWEST && speed <= QUICKEST)) {
            throw new IllegalArgumentException(
                    "the speed is " + SLOWEST + " to " + (int) QUICKEST + " times the usual one: --speed " + speed);
        }
        if (capacity < trace.largestSize()) {
            throw new IllegalArgumentException("the pool is smaller than the largest part of " + trace.name() + ", "
                    + trace.largestSize() + " bytes: ask for more than --capacity " + capacity);
        }
        budgets = List.copyOf(budgets);
        checkTags(budgets);
        checkGuarantees(budgets, capacity);
    }

    private static void checkTags(List<TagBudget> budgets) {
        Set<String> tags = new HashSet<>();
        for (TagBudget budget : budgets) {
            if (!tags.add(budget.tag())) {
                throw new IllegalArgumentException(
                        "tag '" + budget.tag() + "' has two budgets: name one --budget for each tag");
            }
        }
    }

    private static void checkGuarantees(List<TagBudget> budgets, long capacity) {
        long left = capacity;
        for (TagBudget budget : budgets) {
            if (budget.guaranteedBytes() >= left) {
                throw new IllegalArgumentException("the budget of tag '" + budget.tag() + "' guarantees "
                        + budget.guaranteedBytes() + " bytes of the " + left
                        + " that no --budget before it keeps, and some"
                        + " must be left: guarantee less, or ask for more than --capacity " + capacity);
            }
            left -= budget.guaranteedBytes();
        }
    }

    /**
     * The same in a pool with budgets.
     *
     * @throws IllegalArgumentException if a tag has two, or they guarantee as much as the capacity together
     */
    public LiveWork withBudgets(List<TagBudget> newBudgets) {
        return new LiveWork(trace, capacity, speed, holders, newBudgets);
    }

    /**
     * A trace from a file.
     *
     * @param capacity the pool's size in bytes; null for one that serves the trace with ease
     * @throws IOException if the file cannot be read
     * @throws org.dmabufpool.bench.trace.TraceFormatException if it is no trace
     */
    public static LiveWork ofFile(Path file, @Nullable Long capacity, double speed) throws IOException {
        Trace trace = TraceReader.read(file);
        return new LiveWork(trace, sized(trace, capacity), speed, Holders.BY_SIZE, List.of());
    }

    /**
     * A trace that is made.
     *
     * @param generator {@code KIND} or {@code KIND/SEED}, such as {@code camera/7}
     * @param capacity as for {@link #ofFile}
     * @throws IllegalArgumentException if there is no such kind, or the seed is no number
     */
    public static LiveWork ofGenerator(String generator, @Nullable Long capacity, double speed) {
        int slash = generator.indexOf('/');
        TraceKind kind = TraceKind.named(slash < 0 ? generator : generator.substring(0, slash));
        Trace trace = kind.generate(slash < 0 ? 1 : seed(generator.substring(slash + 1)));
        Holders holders = kind == TraceKind.CAMERA ? Holders.CAMERA : Holders.BY_SIZE;
        return new LiveWork(trace, sized(trace, capacity), speed, holders, List.of());
    }

    private static long sized(Trace trace, @Nullable Long capacity) {
        long comfortable = (long) (COMFORTABLE * trace.peakLiveBytes());
        return capacity == null ? Math.max(1, (comfortable + MIB - 1) / MIB) * MIB : capacity;
    }

    /** The tag of a part: the trace's, or who holds parts like it. */
    String holderOf(int part) {
        String tag = trace.tag(part);
        return tag.isEmpty() ? holders.of(trace.size(part)) : tag;
    }

    /**
     * Checks that budgets let the pool serve the largest part of each holder.
     *
     * @param pool a new one with these budgets
     * @throws IllegalArgumentException if a part cannot be served, ever
     */
    void checkServed(DmaBufPool pool) {
        if (budgets.isEmpty()) {
            return;
        }
        Map<String, Long> largest = new TreeMap<>();
        for (int part = 0; part < trace.parts(); part++) {
            largest.merge(holderOf(part), trace.size(part), Math::max);
        }
        largest.forEach((tag, bytes) -> {
            if (!isServed(pool, tag, bytes)) {
                throw new IllegalArgumentException(
                        "the largest part of " + trace.name() + " with tag '" + tag + "' has "
                                + bytes
                                + " bytes, and the budgets leave no place for it: allow the tag more by --budget, guarantee"
                                + " less to others, or ask for more than --capacity " + capacity);
            }
        });
    }

    private static boolean isServed(DmaBufPool pool, String tag, long bytes) {
        try {
            return pool.availability(SliceRequest.of(bytes).tag(tag)) > 0;
        } catch (IllegalArgumentException never) {
            return false;
        }
    }

    private static long seed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException(
                    "a seed is a whole number, such as in camera/7, and '" + text + "' is none", bad);
        }
    }
}
