// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.dmabufpool.alloc.Budget;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceKind;
import org.dmabufpool.bench.trace.TraceReader;

/**
 * What the pool is to do.
 *
 * @param trace what is played, over and over
 * @param capacity the pool's size in bytes
 * @param speed how many times as quick as usual, {@link #SLOWEST} to {@link #QUICKEST}
 * @param holders names who holds the parts of the trace
 * @param budgets what holders are sure of and may have, by their names
 */
public record LiveWork(Trace trace, long capacity, double speed, Holders holders, Map<String, Budget> budgets) {

    /** The least speed. */
    public static final double SLOWEST = 0.01;
    /** The highest speed. */
    public static final double QUICKEST = 1000;

    /**
     * Checks that the trace can be played.
     *
     * @throws IllegalArgumentException if the speed is out of range or the largest part cannot fit, ever
     */
    public LiveWork {
        if (!(speed >= SLOWEST && speed <= QUICKEST)) {
            throw new IllegalArgumentException(
                    "the speed is " + SLOWEST + " to " + (int) QUICKEST + " times the usual one: --speed " + speed);
        }
        budgets = Map.copyOf(budgets);
        long kept = budgets.values().stream().mapToLong(Budget::guaranteedBytes).sum();
        if (kept > 0 && capacity - kept < trace.largestSize()) {
            throw new IllegalArgumentException(
                    "budgets keep " + kept + " of " + capacity + " bytes, and the largest part of " + trace.name()
                            + " has " + trace.largestSize() + ": guarantee less, or ask for more --capacity");
        }
        if (capacity < trace.largestSize()) {
            throw new IllegalArgumentException("the pool is smaller than the largest part of " + trace.name() + ", "
                    + trace.largestSize() + " bytes: ask for more than --capacity " + capacity);
        }
    }

    /**
     * A trace from a file.
     *
     * @throws IOException if the file cannot be read
     * @throws org.dmabufpool.bench.trace.TraceFormatException if it is no trace
     */
    public static LiveWork ofFile(Path file, long capacity, double speed) throws IOException {
        return new LiveWork(TraceReader.read(file), capacity, speed, Holders.BY_SIZE, Map.of());
    }

    /**
     * A trace that is made.
     *
     * @param generator {@code KIND} or {@code KIND/SEED}, such as {@code camera/7}
     * @throws IllegalArgumentException if there is no such kind, or the seed is no number
     */
    public static LiveWork ofGenerator(String generator, long capacity, double speed) {
        int slash = generator.indexOf('/');
        TraceKind kind = TraceKind.named(slash < 0 ? generator : generator.substring(0, slash));
        Trace trace = kind.generate(slash < 0 ? 1 : seed(generator.substring(slash + 1)));
        return new LiveWork(
                trace, capacity, speed, kind == TraceKind.CAMERA ? Holders.CAMERA : Holders.BY_SIZE, Map.of());
    }

    /** The same with budgets, by the names of holders. */
    public LiveWork withBudgets(Map<String, Budget> newBudgets) {
        return new LiveWork(trace, capacity, speed, holders, newBudgets);
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
