// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.log.Log;
import org.jspecify.annotations.Nullable;

/**
 * Loans, from lend to end: the ledger says whether a device may, and keeps the place until the end. Safe for use by many
 * threads.
 *
 * <p>A loan ends once: by hand, or by itself when its fence is signalled. Fences are looked at from time to time by the
 * maintenance thread ({@link #endSignalled}); no thread waits for one.
 */
final class Loans {

    private static final Log LOG = new Log(Loans.class);

    private final PoolCore core;
    private final SliceWindows windows;
    private final Reclaimer reclaimer;
    private final Runnable laterCheck;
    private final Fences fences;
    private final AtomicLong failed = new AtomicLong();

    Loans(PoolCore core, SliceWindows windows, Reclaimer reclaimer, Fences fences, Runnable laterCheck) {
        this.core = core;
        this.windows = windows;
        this.reclaimer = reclaimer;
        this.fences = fences;
        this.laterCheck = laterCheck;
    }

    /** The fences that loans wait for. It knows no pool, so that it can be closed when the pool was dropped. */
    static final class Fences {

        private final List<Waiting> waiting = new ArrayList<>();
        private boolean closed;

        /** A loan and its fence. */
        record Waiting(long loan, Fence fence) {}

        /** Adds a fence, which belongs to this from now on; not if this is closed. */
        synchronized boolean add(long loan, Fence fence) {
            return !closed && waiting.add(new Waiting(loan, fence));
        }

        synchronized boolean has(long loan) {
            for (int i = 0; i < waiting.size(); i++) {
                if (waiting.get(i).loan() == loan) {
                    return true;
                }
            }
            return false;
        }

        synchronized List<Waiting> all() {
            return new ArrayList<>(waiting);
        }

        synchronized void remove(Waiting one) {
            if (waiting.remove(one)) {
                one.fence().close();
            }
        }

        synchronized boolean isEmpty() {
            return waiting.isEmpty();
        }

        synchronized void close() {
            closed = true;
            waiting.forEach(one -> one.fence().close());
            waiting.clear();
        }
    }

    /**
     * A device is given the use of a live owner's slice. When this throws, nothing has changed.
     *
     * @return the loan's handle
     */
    long lend(long handle, Direction direction, String borrower, @Nullable Slice slice) {
        if (core.isClosed()) {
            core.checkOpen(handle, slice);
        }
        if (!core.planner.lend(direction)) {
            core.checkOpen(handle, slice);
            throw SlotWord.isWritten(core.ledger.state(core.ledger.place(handle)))
                    ? refused(SliceLedger.CONFLICT, handle, direction, borrower, slice)
                    : refusedByCpu(handle, direction, borrower, slice);
        }
        long loan = SliceLedger.NO_HANDLE;
        boolean lent = false;
        try {
            loan = core.ledger.lend(handle, direction, borrower, core.now());
            if (loan < 0) {
                throw refused(loan, handle, direction, borrower, slice);
            }
            if (!core.isUnwatched()) {
                announce(handle, loan, direction, borrower);
            }
            lent = true;
        } finally {
            if (!lent) {
                takeBack(loan, direction);
            }
        }
        core.observers.lent(core.factsIfObserved(handle), direction, borrower);
        return loan;
    }

    private void announce(long handle, long loan, Direction direction, String borrower) {
        long place = core.ledger.place(handle);
        if (core.listener != PoolListener.NONE) {
            core.listener.lent(loan, direction, core.offset(place), core.reserved(place), borrower);
        }
        if (core.trace != TraceWriter.NONE) {
            core.trace.lent(core.offset(place), loan, direction, borrower);
        }
    }

    private void takeBack(long loan, Direction direction) {
        try {
            long place = loan < 0 ? SliceLedger.NOT_LIVE : core.ledger.claimEnd(loan);
            if (place >= 0 && SliceLedger.isUnused(core.ledger.endClaimed(loan, place))) {
                reclaimer.giveBack(place);
            }
        } finally {
            core.planner.endLoan(direction);
        }
    }

    private AccessConflictException refusedByCpu(
            long handle, Direction direction, String borrower, @Nullable Slice slice) {
        return new AccessConflictException("loan to '" + borrower + "' for " + direction
                + " refused: this pool is synced"
                + " as a whole buffer (" + core.planner.choice().reason() + "), and the CPU has a writing access open,"
                + " whose END could overwrite what the device writes to " + core.name(handle, slice)
                + ". Close writing accesses first, or use a heap with windows or partial sync");
    }

    private RuntimeException refused(
            long answer, long handle, Direction direction, String borrower, @Nullable Slice slice) {
        core.checkOpen(handle, slice);
        if (answer == SliceLedger.NOT_LIVE) {
            return new SliceReleasedException("used after release: " + core.name(handle, slice));
        }
        return new AccessConflictException("loan to '" + borrower + "' for " + direction + " refused: "
                + core.name(handle, slice) + " has " + core.users(core.ledger.place(handle))
                + ". Close writing accesses and end writing loans first; up to " + SlotWord.MOST_READING_LOANS
                + " devices may read at once");
    }

    /** Ends a loan. Whether it was open; if not, nothing has changed. */
    boolean end(long loan) {
        return end(loan, false);
    }

    private boolean end(long loan, boolean byFailedFence) {
        Direction direction = core.ledger.direction(loan);
        long place = core.ledger.claimEnd(loan);
        if (place < 0) {
            return false;
        }
        SliceFacts facts = null;
        try {
            facts = core.factsIfObserved(loan);
            announceEnd(loan, direction);
        } finally {
            if (SliceLedger.isUnused(core.ledger.endClaimed(loan, place))) {
                reclaimer.giveBack(place);
            }
        }
        if (byFailedFence) {
            failed.incrementAndGet();
        }
        core.observers.loanEnded(facts, direction, byFailedFence);
        return true;
    }

    private void announceEnd(long loan, Direction direction) {
        core.planner.endLoan(direction);
        if (core.listener != PoolListener.NONE) {
            core.listener.loanEnded(loan);
        }
        if (core.trace != TraceWriter.NONE) {
            core.trace.loanEnded(loan);
        }
    }

    /** @throws LoanEndedException unless the loan is open and the pool, too */
    void checkOpen(long loan) {
        if (!core.ledger.isLoan(loan)) {
            throw new LoanEndedException("used after its end: loan with handle " + loan + " of pool '" + core.name
                    + "'. Lend the slice again");
        }
        core.checkPoolOpen();
    }

    /** Notes that the pool's own descriptor is given to the borrower. */
    void giveRange(long loan) {
        checkOpen(loan);
        core.ledger.markGiven(core.ledger.place(loan), SlotTable.GIVEN_RANGE);
    }

    /** The descriptor of the slice's window, which is given to the borrower. */
    int giveWindow(long loan) {
        checkOpen(loan);
        return windows.givenDescriptor(loan, null);
    }

    /** Ends the loan when the fence is signalled. The descriptor stays the caller's. */
    void endOn(long loan, int syncFileFd) {
        checkOpen(loan);
        if (fences.has(loan)) {
            throw new IllegalStateException("the loan to '" + core.ledger.tag(loan)
                    + "' ends on a fence already: merge fences (SYNC_IOC_MERGE) to wait for several");
        }
        Fence fence = core.buffer.adoptFence(syncFileFd);
        boolean added = false;
        try {
            added = fences.add(loan, fence);
        } finally {
            if (!added) {
                fence.close();
            }
        }
        core.checkPoolOpen();
        laterCheck.run();
    }

    /** Exports the fences on the window, or on the buffer where slices have no windows. */
    int exportFence(long loan, Direction direction) {
        checkOpen(loan);
        return core.planner.hasWindows()
                ? windows.window(loan, null).exportFence(direction)
                : core.buffer.exportFence(direction);
    }

    /** Adds a fence to those on the window, or on the buffer where slices have no windows. */
    void importFence(long loan, int syncFileFd) {
        checkOpen(loan);
        Direction direction = core.ledger.direction(loan);
        long place = core.ledger.place(loan);
        if (core.planner.hasWindows()) {
            windows.window(loan, null).importFence(direction, syncFileFd);
            core.ledger.markGiven(place, SlotTable.GIVEN_WINDOW);
        } else {
            core.buffer.importFence(direction, syncFileFd);
            core.ledger.markGiven(place, SlotTable.GIVEN_RANGE);
        }
    }

    /**
     * Ends the loans whose fences are signalled.
     *
     * @return whether some still wait
     */
    boolean endSignalled() {
        if (fences.isEmpty()) {
            return false;
        }
        for (Fences.Waiting one : fences.all()) {
            try {
                endIfSignalled(one);
            } catch (RuntimeException e) {
                LOG.warning(e, () -> "the fence of a loan of pool '" + core.name + "' could not be looked at");
            }
        }
        return !fences.isEmpty();
    }

    private void endIfSignalled(Fences.Waiting one) {
        boolean open = core.ledger.isLoan(one.loan());
        Fence.State state = open ? one.fence().state() : Fence.State.SIGNALLED;
        if (state == Fence.State.PENDING) {
            return;
        }
        try {
            if (open) {
                end(one.loan(), state == Fence.State.FAILED);
            }
        } finally {
            fences.remove(one);
        }
    }

    /** Whether the loan ends by itself. */
    boolean hasFence(long loan) {
        return fences.has(loan);
    }

    /** Loans that ended by a fence with an error so far. */
    long failed() {
        return failed.get();
    }
}
