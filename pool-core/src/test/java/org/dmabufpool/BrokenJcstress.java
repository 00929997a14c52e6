// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A lock and a ledger that look before they write: what {@link HandOverJcstressTest} must see. */
public final class BrokenJcstress {

    private BrokenJcstress() {}

    /** Two find the lock free. */
    @JCStressTest
    @Outcome(
            id = {"1, 2", "2, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both at once")
    @State
    public static class LooseLock {

        private final AtomicInteger state = new AtomicInteger();
        private int count;

        private void lock() {
            while (state.get() != 0) {
                Thread.onSpinWait();
            }
            state.lazySet(1);
        }

        @Actor
        public void one(II_Result seen) {
            lock();
            seen.r1 = ++count;
            state.lazySet(0);
        }

        @Actor
        public void other(II_Result seen) {
            lock();
            seen.r2 = ++count;
            state.lazySet(0);
        }
    }

    /** Two find the slice live. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = Expect.ACCEPTABLE,
            desc = "one of them did")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both did")
    @State
    public static class LooseLedger {

        private final AtomicInteger live = new AtomicInteger(1);

        private boolean release() {
            boolean was = live.get() == 1;
            live.lazySet(0);
            return was;
        }

        @Actor
        public void one(ZZ_Result seen) {
            seen.r1 = release();
        }

        @Actor
        public void other(ZZ_Result seen) {
            seen.r2 = release();
        }
    }
}
