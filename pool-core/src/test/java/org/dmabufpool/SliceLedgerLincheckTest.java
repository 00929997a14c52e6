// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.Direction;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/** Accesses and releases of one slice by several threads: each outcome is one that could have come one after the other. */
public class SliceLedgerLincheckTest {

    private static final int MOST_THREADS = 8;

    private final SliceLedger ledger = new SliceLedger();
    private final long handle = ledger.open(1, "", 0);

    /** Accesses that each thread has open; nobody else looks at them. */
    private final int[] reading = new int[MOST_THREADS];

    private final int[] writing = new int[MOST_THREADS];

    @Operation
    public String startReading(@Param(gen = ThreadIdGen.class) int thread) {
        return start(thread, Direction.READ, reading);
    }

    @Operation
    public String startWriting(@Param(gen = ThreadIdGen.class) int thread) {
        return start(thread, Direction.WRITE, writing);
    }

    private String start(int thread, Direction direction, int[] open) {
        SliceLedger.Outcome outcome = ledger.enter(handle, direction);
        open[thread] += outcome == SliceLedger.Outcome.DONE ? 1 : 0;
        return outcome.name();
    }

    @Operation
    public boolean endReading(@Param(gen = ThreadIdGen.class) int thread) {
        return end(thread, Direction.READ, reading);
    }

    @Operation
    public boolean endWriting(@Param(gen = ThreadIdGen.class) int thread) {
        return end(thread, Direction.WRITE, writing);
    }

    private boolean end(int thread, Direction direction, int[] open) {
        if (open[thread] == 0) {
            return false;
        }
        open[thread]--;
        ledger.leave(handle, direction);
        return true;
    }

    @Operation
    public String release() {
        return ledger.release(handle).name();
    }

    @Operation
    public boolean isLive() {
        return ledger.isLive(handle);
    }

    @Operation
    public boolean isHeld() {
        return ledger.handleOf(SliceLedger.part(handle)) == handle;
    }

    @Test
    void outcomesAreThoseOfOneAfterTheOtherWhereverThreadsSwitch() {
        new ModelCheckingOptions()
                .iterations(15)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(3)
                .check(SliceLedgerLincheckTest.class);
    }
}
