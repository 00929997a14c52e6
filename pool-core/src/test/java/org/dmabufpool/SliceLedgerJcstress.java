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

    /** Two release the same slice. */
    @JCStressTest
    @Outcome(
            id = {"DONE, NOT_LIVE", "NOT_LIVE, DONE"},
            expect = Expect.ACCEPTABLE,
            desc = "one of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both did, or none")
    @State
    public static class ReleaseAndRelease {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = ledger.open(PART, TAG, 0);

        @Actor
        public void one(LL_Result seen) {
            seen.r1 = ledger.release(handle);
        }

        @Actor
        public void other(LL_Result seen) {
            seen.r2 = ledger.release(handle);
        }
    }

    /** An access begins while the slice is released. */
    @JCStressTest
    @Outcome(
            id = {"DONE, CONFLICT", "NOT_LIVE, DONE"},
            expect = Expect.ACCEPTABLE,
            desc = "the first of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "an access to a slice that is gone, or none for nothing")
    @State
    public static class EnterAndRelease {

        private final SliceLedger ledger = new SliceLedger();
        private final long handle = ledger.open(PART, TAG, 0);

        @Actor
        public void enter(LL_Result seen) {
            seen.r1 = ledger.enter(handle, Direction.WRITE);
        }

        @Actor
        public void release(LL_Result seen) {
            seen.r2 = ledger.release(handle);
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
            published = ledger.open(PART, TAG, 0);
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
        private final long handle;

        public OpenAndFind() {
            ledger.release(ledger.open(PART, "", 0));
            handle = ledger.open(PART, "", 0);
            ledger.release(handle);
        }

        @Actor
        public void open() {
            ledger.open(PART, TAG, 0);
        }

        @Actor
        public void look(LL_Result seen) {
            long found = ledger.handleOf(PART);
            seen.r1 = found >= 0;
            seen.r2 = ledger.tag(handle);
        }
    }
}
