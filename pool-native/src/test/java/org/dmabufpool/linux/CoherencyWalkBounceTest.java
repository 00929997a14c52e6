// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random walks through the real kernel: none may see a stale byte, unless something is broken on purpose. */
@Tag("lab-bounce")
class CoherencyWalkBounceTest {

    private static final long CAPACITY = 4L << 20;
    private static final int LARGEST_SLICE = 64 << 10;
    private static final int STEPS = 100_000;
    private static final int SABOTAGED_STEPS = 5_000;

    /** Every call copies this much. */
    private static final long WHOLE_BUFFER_CAPACITY = 64L << 10;

    private static final int WHOLE_BUFFER_LARGEST_SLICE = 8 << 10;

    @ParameterizedTest
    @ValueSource(longs = {1, 20260101, 4711})
    void partialSyncShowsNoStaleByte(long seed) {
        CoherencyWalk.Outcome outcome = walk(LabRig.ranged(), SyncWay.PARTIAL_IOCTL, STEPS, seed);
        assertThat(outcome.mismatches()).as("%s", outcome).isZero();
        assertThat(outcome.comparisons()).isGreaterThan(STEPS / 10);
    }

    @ParameterizedTest
    @CsvSource({"LWIS, 1", "LWIS, 20260101", "XRING, 1", "XRING, 20260101", "XRING, 4711"})
    void vendorDeviceShowsNoStaleByte(LabVendor vendor, long seed) {
        CoherencyWalk.Outcome outcome = walk(LabRig.through(vendor), SyncWay.VENDOR_DEVICE, STEPS, seed);
        assertThat(outcome.mismatches()).as("%s", outcome).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20260101, 4711})
    void wholeBufferUnderExclusionShowsNoStaleByte(long seed) {
        CoherencyWalk.Outcome outcome = walk(LabRig.ranged(), SyncWay.WHOLE_BUFFER, STEPS, seed);
        assertThat(outcome.mismatches()).as("%s", outcome).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsSeen(SabotagedDmaBuf.Fault fault) {
        UnaryOperator<DmaBuf> sabotage = buffer -> new SabotagedDmaBuf(buffer, fault);
        CoherencyWalk.Outcome outcome =
                walk(LabRig.diverted(sabotage), SyncWay.PARTIAL_IOCTL, SABOTAGED_STEPS, fault.ordinal());
        assertThat(outcome.mismatches()).as("%s: %s", fault, outcome).isPositive();
    }

    @Test
    void aSilentExporterThatIsTrustedIsSeen() {
        LabRig silent = LabRig.silent(LabModule.Exporter.SILENT.kernelName());
        CoherencyWalk.Outcome outcome = walk(silent, SyncWay.PARTIAL_IOCTL, SABOTAGED_STEPS, 6);
        assertThat(outcome.mismatches()).as("%s", outcome).isPositive();
    }

    /** Walks, and prints the seed, so that a walk that fails can be walked again. */
    private static CoherencyWalk.Outcome walk(LabRig rig, SyncWay way, int steps, long seed) {
        boolean whole = way == SyncWay.WHOLE_BUFFER;
        try (rig;
                DmaBufPool pool = DmaBufPool.builder()
                        .heap(rig)
                        .capacity(whole ? WHOLE_BUFFER_CAPACITY : CAPACITY)
                        .sync(way)
                        .build()) {
            int largest = whole ? WHOLE_BUFFER_LARGEST_SLICE : LARGEST_SLICE;
            long start = System.nanoTime();
            CoherencyWalk.Outcome outcome = new CoherencyWalk(pool, rig.camera(), largest, whole, seed).run(steps);
            System.out.println("walk by " + way + ", " + (System.nanoTime() - start) / 1_000_000 + " ms, " + outcome);
            return outcome;
        }
    }
}
