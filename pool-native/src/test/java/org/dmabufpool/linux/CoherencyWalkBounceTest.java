// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random walks through the real kernel: none may see a stale byte, unless something is broken on purpose. {@value #STEPS} steps each,
 * {@value #DEEP_STEPS} with {@code -Ddmabufpool.deep=true}. The seed is printed, and {@code -Ddmabufpool.walk.seed} sets it.
 */
@Tag("lab-bounce")
class CoherencyWalkBounceTest {

    private static final long CAPACITY = 4L << 20;
    private static final int LARGEST_SLICE = 64 << 10;
    private static final int STEPS = 5_000;
    private static final int DEEP_STEPS = 100_000;
    private static final int SABOTAGED_STEPS = 3_000;

    /** Every call copies this much. */
    private static final long WHOLE_BUFFER_CAPACITY = 64L << 10;

    private static final int WHOLE_BUFFER_LARGEST_SLICE = 8 << 10;

    /** One that is known, and one that is new each time. */
    static LongStream seeds() {
        return LongStream.of(
                1,
                Long.getLong("dmabufpool.walk.seed", ThreadLocalRandom.current().nextLong()));
    }

    private static int steps() {
        return Boolean.getBoolean("dmabufpool.deep") ? DEEP_STEPS : STEPS;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void partialSyncShowsNoStaleByte(long seed) {
        assertShowsNoStaleByte(walk(LabRig.ranged(), SyncWay.PARTIAL, steps(), seed));
    }

    @ParameterizedTest
    @EnumSource
    void vendorDeviceShowsNoStaleByte(LabVendor vendor) {
        seeds().forEach(seed -> assertShowsNoStaleByte(walk(LabRig.through(vendor), SyncWay.VENDOR, steps(), seed)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wholeBufferUnderExclusionShowsNoStaleByte(long seed) {
        assertShowsNoStaleByte(walk(LabRig.ranged(), SyncWay.WHOLE, steps(), seed));
    }

    /** Of a udmabuf each device has bounce buffers of its own, so only what the CPU sees can be compared. */
    @ParameterizedTest
    @MethodSource("seeds")
    void windowsOfOverlappingPlacesShowNoStaleByte(long seed) {
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(new UdmabufHeap()).capacity(CAPACITY).build()) {
            assertShowsNoStaleByte(
                    told(SyncWay.WINDOW, new CoherencyWalk(pool, null, true, LARGEST_SLICE, seed), steps()));
        }
    }

    private static void assertShowsNoStaleByte(CoherencyWalk.Outcome outcome) {
        assertThat(outcome.mismatches()).as("%s", outcome).isZero();
        assertThat(outcome.comparisons()).isGreaterThan(outcome.steps() / 20);
        assertThat(outcome.refusals()).isGreaterThan(outcome.steps() / 50);
        assertThat(outcome.loans()).isGreaterThan(outcome.steps() / 50);
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsSeen(SabotagedDmaBuf.Fault fault) {
        UnaryOperator<DmaBuf> sabotage = buffer -> new SabotagedDmaBuf(buffer, fault);
        CoherencyWalk.Outcome outcome =
                walk(LabRig.diverted(sabotage), SyncWay.PARTIAL, SABOTAGED_STEPS, fault.ordinal());
        assertThat(outcome.mismatches()).as("%s: %s", fault, outcome).isPositive();
    }

    @Test
    void aSilentExporterThatIsTrustedIsSeen() {
        LabRig silent = LabRig.silent(LabModule.Exporter.SILENT.kernelName());
        CoherencyWalk.Outcome outcome = walk(silent, SyncWay.PARTIAL, SABOTAGED_STEPS, 6);
        assertThat(outcome.mismatches()).as("%s", outcome).isPositive();
    }

    private static CoherencyWalk.Outcome walk(LabRig rig, SyncWay way, int steps, long seed) {
        boolean whole = way == SyncWay.WHOLE;
        try (rig;
                DmaBufPool pool = DmaBufPool.builder()
                        .heap(rig)
                        .capacity(whole ? WHOLE_BUFFER_CAPACITY : CAPACITY)
                        .sync(way)
                        .build()) {
            int largest = whole ? WHOLE_BUFFER_LARGEST_SLICE : LARGEST_SLICE;
            return told(way, new CoherencyWalk(pool, rig.camera(), false, largest, seed), steps);
        }
    }

    /** Walks, and prints the seed, so that a walk that fails can be walked again. */
    private static CoherencyWalk.Outcome told(SyncWay way, CoherencyWalk walk, int steps) {
        long start = System.nanoTime();
        CoherencyWalk.Outcome outcome = walk.run(steps);
        System.out.println("walk by " + way + ", " + (System.nanoTime() - start) / 1_000_000 + " ms, " + outcome);
        return outcome;
    }
}
