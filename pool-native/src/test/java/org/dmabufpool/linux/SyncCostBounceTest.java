// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a READ_WRITE bracket costs by range and by whole buffer, on slices of one pool, where each sync copies: the table
 * and the chart for the docs.
 */
@Tag("lab-bounce")
class SyncCostBounceTest {

    private static final long POOL_BYTES = 64L << 20;
    private static final int SMALLEST_SLICE = 4 << 10;
    private static final int LARGEST_SLICE = 16 << 20;

    /** START and END. */
    private static final int CALLS = 2;

    /** The fastest bracket counts: whatever else the machine does only adds. Rounds spread them over time. */
    private static final int ROUNDS = 6;

    private static final int MOST_BRACKETS = 200;
    private static final int LEAST_BRACKETS = 3;
    private static final int BYTES_A_ROUND = 16 << 20;
    private static final int WHOLE_BUFFER_BRACKETS = 1;

    /** The goal for the smallest slice: whole buffer over partial. */
    private static final double LEAST_GAIN = 100;

    /** In proportion would be 16; other work on the machine and its caches blur it. */
    private static final double LEAST_GROWTH = 4;

    private static final double MOST_GROWTH = 64;

    /** One row of the table. */
    record Cost(int sliceBytes, long partialNanos, long wholeBufferNanos) {

        double gain() {
            return (double) wholeBufferNanos / partialNanos;
        }

        String json() {
            return String.format(
                    Locale.ROOT,
                    "    {\"sliceBytes\": %d, \"partialNanos\": %d, \"wholeBufferNanos\": %d, \"gain\": %.1f}",
                    sliceBytes,
                    partialNanos,
                    wholeBufferNanos,
                    gain());
        }
    }

    @Test
    void partialSyncCostsWhatItsRangeCosts() throws IOException {
        long[] partial = fastest(SyncWay.PARTIAL);
        long[] whole = fastest(SyncWay.WHOLE);
        List<Cost> costs = new ArrayList<>();
        for (int i = 0; i < partial.length; i++) {
            costs.add(new Cost(sliceBytes(i), partial[i], whole[i]));
        }
        write(costs);
        assertThat(costs.get(0).gain())
                .as("gain of the smallest slice, %s", costs)
                .isGreaterThan(LEAST_GAIN);
        assertThat(growth(costs)).as("16 times the bytes, %s", costs).isBetween(LEAST_GROWTH, MOST_GROWTH);
    }

    /** How much more a slice of 1 MiB costs than one of 64 KiB; both take less than the machine's time slice. */
    private static double growth(List<Cost> costs) {
        return (double) costs.get(row(1 << 20)).partialNanos / costs.get(row(64 << 10)).partialNanos;
    }

    private static int row(int sliceBytes) {
        return (Integer.numberOfTrailingZeros(sliceBytes) - Integer.numberOfTrailingZeros(SMALLEST_SLICE)) / 2;
    }

    private static int sliceBytes(int row) {
        return SMALLEST_SLICE << 2 * row;
    }

    private static long[] fastest(SyncWay way) {
        long[] fastest = new long[row(LARGEST_SLICE) + 1];
        Arrays.fill(fastest, Long.MAX_VALUE);
        try (LabRig rig = LabRig.ranged();
                DmaBufPool pool = DmaBufPool.builder()
                        .heap(rig)
                        .capacity(POOL_BYTES)
                        .sync(way)
                        .build()) {
            for (int i = 0; i < ROUNDS * fastest.length; i++) {
                int row = i % fastest.length;
                fastest[row] = Math.min(fastest[row], fastestBracket(rig, pool, sliceBytes(row)));
            }
        }
        return fastest;
    }

    private static long fastestBracket(LabRig rig, DmaBufPool pool, int sliceBytes) {
        boolean whole = pool.statistics().syncWay() == SyncWay.WHOLE;
        int brackets = whole ? WHOLE_BUFFER_BRACKETS : brackets(sliceBytes);
        long fastest = Long.MAX_VALUE;
        rig.takeCounters();
        try (Slice slice = pool.allocate(sliceBytes)) {
            for (int i = 0; i < brackets; i++) {
                long start = System.nanoTime();
                slice.readWrite().close();
                fastest = Math.min(fastest, System.nanoTime() - start);
            }
        }
        LabCounters counters = rig.takeCounters();
        assertThat(counters.totalCalls()).isEqualTo((long) CALLS * brackets);
        assertThat(counters.totalBytes()).isEqualTo(CALLS * brackets * (whole ? POOL_BYTES : sliceBytes));
        return fastest;
    }

    private static int brackets(int sliceBytes) {
        return Math.max(LEAST_BRACKETS, Math.min(MOST_BRACKETS, BYTES_A_ROUND / sliceBytes));
    }

    private static void write(List<Cost> costs) throws IOException {
        Path results = Path.of(System.getProperty("lab.results"));
        String rows = costs.stream().map(Cost::json).collect(Collectors.joining(",\n"));
        String json = "{\n  \"poolBytes\": " + POOL_BYTES + ",\n  \"bracket\": \"READ_WRITE\",\n  \"kernel\": \""
                + Files.readString(Path.of("/proc/sys/kernel/osrelease")).trim()
                + ", emulated, DMA bounced\",\n  \"costs\": [\n" + rows + "\n  ]\n}\n";
        Files.writeString(results.resolve("sync-cost.json"), json);
        Files.writeString(results.resolve("sync-cost.svg"), SyncCostChart.of(costs));
        System.out.println(json);
    }
}
