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

    /** The first loan makes the tickets, which takes more steps than are tried. */
    public SliceLedgerLincheckTest() {
        ledger.confirm(1);
        long loan = ledger.lend(handle, Direction.READ, "", 0);
        ledger.endClaimed(loan, ledger.claimEnd(loan));
    }

    /** Accesses that each thread has open; nobody else looks at them. */
    private final int[] reading = new int[MOST_THREADS];

    private final int[] writing = new int[MOST_THREADS];
    private final long[] loans = new long[MOST_THREADS];

    @Operation
    public String startReading(@Param(gen = ThreadIdGen.class) int thread) {
        return start(thread, Direction.READ, reading);
    }

    @Operation
    public String startWriting(@Param(gen = ThreadIdGen.class) int thread) {
        return start(thread, Direction.WRITE, writing);
    }

    private String start(int thread, Direction direction, int[] open) {
        long answer = ledger.enter(handle, direction);
        open[thread] += answer == SliceLedger.DONE ? 1 : 0;
        return SliceLedgerJcstress.name(answer);
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
        return ledger.leave(handle, direction) == SliceLedger.DONE;
    }

    @Operation
    public String close() {
        return SliceLedgerJcstress.name(ledger.close(handle));
    }

    @Operation
    public String lend(@Param(gen = ThreadIdGen.class) int thread) {
        long loan = ledger.lend(handle, Direction.READ, "display", 0);
        if (loan < 0) {
            return SliceLedgerJcstress.name(loan);
        }
        loans[thread] = loan;
        return "lent";
    }

    @Operation
    public String endLoan(@Param(gen = ThreadIdGen.class) int thread) {
        long place = ledger.claimEnd(loans[thread]);
        return place < 0 ? "NOT_LIVE" : SliceLedgerJcstress.name(ledger.endClaimed(loans[thread], place));
    }

    @Operation
    public boolean isLive() {
        return ledger.isLive(handle);
    }

    @Operation
    public boolean isHeld() {
        return ledger.firstOwner(ledger.place(handle)) == handle;
    }

    @Test
    void outcomesAreThoseOfOneAfterTheOtherWhereverThreadsSwitch() {
        new ModelCheckingOptions()
                .iterations(Boolean.getBoolean("dmabufpool.deep") ? 60 : 5)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(3)
                .check(SliceLedgerLincheckTest.class);
    }
}
