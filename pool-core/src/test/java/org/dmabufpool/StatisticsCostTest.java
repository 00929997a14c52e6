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
    private static final int LIVE = 256;
    private static final long SMALL_BYTES = 100_000;
    private static final long SLICE_GARBAGE = 64;
    /** Far above what is seen, so that no busy machine fails the build. */
    private static final double MOST_TIMES = 2;

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
        String json = measure("handles", ofHandles) + ", " + measure("slice", ofSlices) + ", "
                + measure("live256Handles", this::amongLiveHandles) + ", "
                + measure("live256Slice", this::amongLiveSlices);
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

    /** Each pair takes the place of one of {@link #LIVE} that live. */
    private void amongLiveHandles(DmaBufPool pool) {
        SliceHandles handles = pool.handles();
        long[] live = new long[LIVE];
        for (int i = 0; i < PAIRS; i++) {
            int at = i & (LIVE - 1);
            if (i >= LIVE) {
                handles.release(live[at]);
            }
            live[at] = handles.allocate(SMALL_BYTES);
        }
        for (long handle : live) {
            handles.release(handle);
        }
    }

    private void amongLiveSlices(DmaBufPool pool) {
        Slice[] live = new Slice[LIVE];
        for (int i = 0; i < PAIRS; i++) {
            int at = i & (LIVE - 1);
            if (i >= LIVE) {
                live[at].close();
            }
            live[at] = pool.allocate(SMALL_BYTES);
        }
        for (Slice slice : live) {
            slice.close();
        }
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
        assertThat(median(with)).as(what).isLessThan(MOST_TIMES * median(without));
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
