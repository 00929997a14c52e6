// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * What statistics cost a pair of allocate and release: the same work with them on and off, in turns within one run. Times
 * go to {@code target/statistics-cost.json}, garbage is judged.
 */
class StatisticsCostTest {

    private static final int PAIRS = 200_000;
    private static final int WARM_ROUNDS = 10;
    private static final int ROUNDS = 41;
    private static final long BYTES = 1 << 20;
    private static final long SLICE_GARBAGE = 64;

    private final DmaBufPool on = pool(true);
    private final DmaBufPool off = pool(false);

    private static DmaBufPool pool(boolean statistics) {
        return DmaBufPool.builder()
                .heap(new IdleHeap())
                .capacity(64 << 20)
                .statistics(statistics)
                .build();
    }

    /** Pairs, as many as {@link #PAIRS}. */
    private interface Work {
        void on(DmaBufPool pool);
    }

    @Test
    void statisticsMakeNoGarbageOfTheirOwn() throws IOException {
        Work ofHandles = pool -> {
            SliceHandles handles = pool.handles();
            for (int i = 0; i < PAIRS; i++) {
                handles.release(handles.allocate(BYTES));
            }
        };
        Work ofSlices = pool -> {
            for (int i = 0; i < PAIRS; i++) {
                pool.allocate(BYTES).close();
            }
        };
        String json = measure("handles", ofHandles) + ", " + measure("slice", ofSlices);
        double handleGarbage = garbage(ofHandles);
        double sliceGarbage = garbage(ofSlices);
        Files.writeString(
                Path.of("target", "statistics-cost.json"),
                String.format(
                        Locale.ROOT,
                        "{%s, \"handleBytes\": %.3f, \"sliceBytes\": %.3f}%n",
                        json,
                        handleGarbage,
                        sliceGarbage));
        assertThat(handleGarbage).as("bytes a pair of handles").isLessThan(1);
        assertThat(sliceGarbage).as("bytes a pair of slices").isLessThanOrEqualTo(SLICE_GARBAGE);
        on.close();
        off.close();
    }

    /** Medians of rounds that take turns, so that a slow spell of the machine meets both. */
    private String measure(String what, Work work) {
        double[] with = new double[ROUNDS];
        double[] without = new double[ROUNDS];
        double[] more = new double[ROUNDS];
        for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
            int at = Math.max(0, round);
            with[at] = nanos(work, on);
            without[at] = nanos(work, off);
            more[at] = with[at] - without[at];
        }
        return String.format(
                Locale.ROOT,
                "\"%sOnNs\": %.1f, \"%sOffNs\": %.1f, \"%sMoreNs\": %.1f",
                what,
                median(with),
                what,
                median(without),
                what,
                median(more));
    }

    private static double nanos(Work work, DmaBufPool pool) {
        long begin = System.nanoTime();
        work.on(pool);
        return (double) (System.nanoTime() - begin) / PAIRS;
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double garbage(Work work) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        work.on(on);
        return (double) (threads.getThreadAllocatedBytes(id) - before) / PAIRS;
    }
}
