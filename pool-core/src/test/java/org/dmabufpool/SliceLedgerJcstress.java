// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.Direction;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two threads and one slice, for {@link HandOverJcstressTest}. */
public final class SliceLedgerJcstress {

    private static final long PART = 1;
    private static final String TAG = "raw";

    private SliceLedgerJcstress() {}

    /** A slice that was handed out. */
    static long opened(SliceLedger ledger) {
        long handle = ledger.open(PART, TAG, 0);
        ledger.confirm(PART);
        return handle;
    }

    /** What came of a step, in words. */
    static String name(long answer) {
        if (answer == SliceLedger.NOT_LIVE) {
            return "NOT_LIVE";
        }
        if (answer == SliceLedger.CONFLICT) {
            return "CONFLICT";
        }
        return SliceLedger.isUnused(answer) ? "UNUSED" : "DONE";
    }

    /** Two close the same owner. */
    @JCStressTest
    @Outcome(
            id = {"UNUSED, NOT_LIVE", "NOT_LIVE, UNUSED"},
            expect = Expect.ACCEPTABLE,
            desc = "one of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both did, or none")
    @State
    public static class CloseAndClose {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);

        @Actor
        public void one(LL_Result seen) {
            seen.r1 = name(ledger.close(handle));
        }

        @Actor
        public void other(LL_Result seen) {
            seen.r2 = name(ledger.close(handle));
        }
    }

    /** An access begins while the owner closes. */
    @JCStressTest
    @Outcome(
            id = {"DONE, CONFLICT", "NOT_LIVE, UNUSED"},
            expect = Expect.ACCEPTABLE,
            desc = "the first of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "an access to a slice that is gone, or none for nothing")
    @State
    public static class EnterAndClose {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);

        @Actor
        public void enter(LL_Result seen) {
            seen.r1 = name(ledger.enter(handle, Direction.WRITE));
        }

        @Actor
        public void close(LL_Result seen) {
            seen.r2 = name(ledger.close(handle));
        }
    }

    /** Two end the one reading access there is. */
    @JCStressTest
    @Outcome(
            id = {"DONE, CONFLICT", "CONFLICT, DONE"},
            expect = Expect.ACCEPTABLE,
            desc = "one of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both did, or none")
    @State
    public static class EndAndEnd {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);

        public EndAndEnd() {
            ledger.enter(handle, Direction.READ);
        }

        @Actor
        public void one(LL_Result seen) {
            seen.r1 = end();
        }

        @Actor
        public void other(LL_Result seen) {
            seen.r2 = end();
        }

        private String end() {
            long answer = ledger.beginEnd(handle, Direction.READ);
            if (answer == SliceLedger.DONE) {
                ledger.finishEnd(handle, Direction.READ);
            }
            return name(answer);
        }
    }

    /** The last owner closes while the last loan ends. */
    @JCStressTest
    @Outcome(
            id = {"UNUSED, DONE", "DONE, UNUSED"},
            expect = Expect.ACCEPTABLE,
            desc = "the later of them gives the place back")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the place is given back twice, or by nobody")
    @State
    public static class CloseAndEndLoan {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);
        private final long loan = ledger.lend(handle, Direction.WRITE, "camera", 0);

        @Actor
        public void close(LL_Result seen) {
            seen.r1 = name(ledger.close(handle));
        }

        @Actor
        public void end(LL_Result seen) {
            seen.r2 = name(ledger.endClaimed(loan, ledger.claimEnd(loan)));
        }
    }

    /** Two end the same loan. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = Expect.ACCEPTABLE,
            desc = "one of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both did, or none")
    @State
    public static class EndLoanTwice {

        private final SliceLedger ledger = new SliceLedger();
        private final long loan = ledger.lend(opened(ledger), Direction.READ, "display", 0);

        @Actor
        public void one(LL_Result seen) {
            seen.r1 = endLoan(ledger, loan);
        }

        @Actor
        public void other(LL_Result seen) {
            seen.r2 = endLoan(ledger, loan);
        }
    }

    /** Lends for WRITE: "lent", or why not. */
    static String lend(SliceLedger ledger, long handle, String borrower) {
        long loan = ledger.lend(handle, Direction.WRITE, borrower, 0);
        return loan >= 0 ? "lent" : name(loan);
    }

    /** Whether this call ended the loan. */
    static boolean endLoan(SliceLedger ledger, long loan) {
        long place = ledger.claimEnd(loan);
        if (place >= 0) {
            ledger.endClaimed(loan, place);
        }
        return place >= 0;
    }

    /** One looks whether another one's loan has ended, and if so lends. */
    @JCStressTest
    @Outcome(
            id = {"true, CONFLICT", "true, lent", "false, lent"},
            expect = Expect.ACCEPTABLE,
            desc = "a loan that has ended excludes nothing")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a loan that has ended excludes another")
    @State
    public static class EndLoanAndLendAnew {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);
        private final long loan = ledger.lend(handle, Direction.WRITE, "camera", 0);

        @Actor
        public void end() {
            endLoan(ledger, loan);
        }

        @Actor
        public void lend(LL_Result seen) {
            seen.r1 = ledger.isLoan(loan);
            seen.r2 = SliceLedgerJcstress.lend(ledger, handle, "encoder");
        }
    }

    /** One ends a loan that another one is about to end, and lends. */
    @JCStressTest
    @Outcome(
            id = {"true, lent", "false, lent"},
            expect = Expect.ACCEPTABLE,
            desc = "a loan that was ended excludes nothing, whoever ended it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the place is lent still when an end of the loan has returned")
    @State
    public static class EndLoanTwiceAndLendAnew {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);
        private final long loan = ledger.lend(handle, Direction.WRITE, "camera", 0);

        @Actor
        public void end() {
            endLoan(ledger, loan);
        }

        @Actor
        public void endAndLend(LL_Result seen) {
            seen.r1 = endLoan(ledger, loan);
            seen.r2 = SliceLedgerJcstress.lend(ledger, handle, "encoder");
        }
    }

    /** A slice is lent while its owner closes. */
    @JCStressTest
    @Outcome(
            id = {"lent, DONE", "NOT_LIVE, UNUSED"},
            expect = Expect.ACCEPTABLE,
            desc = "the first of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a loan of a place that is given back, or none for nothing")
    @State
    public static class LendAndClose {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);

        @Actor
        public void lend(LL_Result seen) {
            seen.r1 = SliceLedgerJcstress.lend(ledger, handle, "camera");
        }

        @Actor
        public void close(LL_Result seen) {
            seen.r2 = name(ledger.close(handle));
        }
    }

    /** A slice is shared while its first owner closes. */
    @JCStressTest
    @Outcome(
            id = {"shared, DONE", "NOT_LIVE, UNUSED"},
            expect = Expect.ACCEPTABLE,
            desc = "the first of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "an owner of a place that is given back, or none for nothing")
    @State
    public static class ShareAndClose {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = opened(ledger);

        @Actor
        public void share(LL_Result seen) {
            long owner = ledger.share(handle, TAG, 0);
            seen.r1 = owner >= 0 ? "shared" : name(owner);
        }

        @Actor
        public void close(LL_Result seen) {
            seen.r2 = name(ledger.close(handle));
        }
    }

    /** A handle is left in a volatile field; a part number's first segment is made meanwhile. */
    @JCStressTest
    @Outcome(id = "none, none", expect = Expect.ACCEPTABLE, desc = "too early")
    @Outcome(id = "true, raw", expect = Expect.ACCEPTABLE, desc = "the slice as it was opened")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a handle without its slice")
    @State
    public static class OpenAndHandOver {

        private final SliceLedger ledger = new SliceLedger();
        private volatile long published = SliceLedger.NO_HANDLE;

        @Actor
        public void open() {
            published = opened(ledger);
        }

        @Actor
        public void look(LL_Result seen) {
            long handle = published;
            seen.r1 = handle < 0 ? "none" : ledger.isLive(handle);
            seen.r2 = handle < 0 ? "none" : ledger.tag(handle);
        }
    }

    /** Who sees a slice live without having been told of it sees its tag too. */
    @JCStressTest
    @Outcome(
            id = {"false, ", "false, raw"},
            expect = Expect.ACCEPTABLE,
            desc = "too early")
    @Outcome(id = "true, raw", expect = Expect.ACCEPTABLE, desc = "the slice as it was opened")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a live slice with the tag of another")
    @State
    public static class OpenAndFind {

        private final SliceLedger ledger = new SliceLedger();

        public OpenAndFind() {
            long handle = ledger.open(PART, "", 0);
            ledger.confirm(PART);
            ledger.close(handle);
            ledger.giveBack(PART);
        }

        @Actor
        public void open() {
            opened(ledger);
        }

        @Actor
        public void look(LL_Result seen) {
            seen.r1 = ledger.firstOwner(PART) >= 0;
            seen.r2 = ledger.tagOfPlace(PART);
        }
    }
}
