// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.Violation.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a pool says it does against the sync calls that really arrive.
 *
 * <p>Every line of an access must be covered by START calls that serve its direction, and by END calls when it is over,
 * whether or not the bytes came out right this time. Sync calls that arrive outside any access of a pool come from code
 * that uses the buffer itself; they are taken at their word.
 */
final class PoolWatch implements PoolListener {

    private final ModelMemory memory;
    private final SliceBook book;
    private final ViolationLog log;
    private final Transfers transfers;
    private final Disturbance disturbance;
    private final boolean syncNeeded;
    private final ThreadLocal<Bracket> brackets = ThreadLocal.withInitial(Bracket::new);
    private long bytesSynced;
    private long bytesNeeded;

    PoolWatch(
            ModelMemory memory,
            SliceBook book,
            ViolationLog log,
            Transfers transfers,
            Disturbance disturbance,
            boolean syncNeeded) {
        this.memory = memory;
        this.book = book;
        this.log = log;
        this.transfers = transfers;
        this.disturbance = disturbance;
        this.syncNeeded = syncNeeded;
    }

    @Override
    public void allocated(long offset, long length, String tag) {
        synchronized (memory) {
            Range range = Range.of(offset, length);
            memory.forgetDeviceWrites(range);
            book.allocated(range, tag);
        }
    }

    @Override
    public void released(long offset, long length) {
        synchronized (memory) {
            Range range = Range.of(offset, length);
            memory.checkClean(range, "released with lines that the CPU wrote and nobody cleaned");
            book.released(range);
        }
    }

    @Override
    public void starting(Direction direction, long offset, long length) {
        Range range = Range.of(offset, length);
        brackets.get().add(range);
        synchronized (memory) {
            disturbance.inUse(range);
            disturbance.strike();
        }
    }

    @Override
    public void started(Direction direction, long offset, long length) {
        Range range = Range.of(offset, length);
        synchronized (memory) {
            book.opened(direction, range);
            judge(SyncPhase.START, direction, range);
            transfers.check(direction, range);
            disturbance.strike();
        }
    }

    @Override
    public void ending(Direction direction, long offset, long length) {
        Range range = Range.of(offset, length);
        brackets.get().add(range);
        synchronized (memory) {
            checkUse(direction, range, "the access to " + range);
            disturbance.strike();
        }
    }

    @Override
    public void ended(Direction direction, long offset, long length) {
        Range range = Range.of(offset, length);
        synchronized (memory) {
            judge(SyncPhase.END, direction, range);
            book.closed(direction, range);
            disturbance.strike();
        }
    }

    @Override
    public void lent(long loan, Direction direction, long offset, long length, String borrower) {
        synchronized (memory) {
            book.lent(loan, direction, Range.of(offset, length), borrower);
        }
    }

    @Override
    public void loanEnded(long loan) {
        synchronized (memory) {
            Range range = book.loanEnded(loan);
            if (range != null && !book.isLent(range)) {
                transfers.checkLoanEnd(range);
            }
        }
    }

    /** A device is about to move bytes. */
    void transferring(DeviceCall call) {
        if (book.isLentForLess(call.range(), call.writes())) {
            log.report(Kind.LOAN_WRONG_DIRECTION, call.range().lines(), call);
        }
    }

    List<String> openLoans() {
        return book.openLoans();
    }

    /** A sync call has arrived and is about to take effect. */
    void calling(SyncCall call) {
        bytesSynced += call.range().length();
        Bracket bracket = brackets.get();
        if (bracket.isOpen()) {
            bracket.add(call);
            return;
        }
        bytesNeeded += call.range().length();
        disturbance.inUse(call.range());
        if (call.phase() == SyncPhase.START) {
            transfers.check(call.direction(), call.range());
        } else {
            checkUse(call.direction(), call.range(), call);
        }
    }

    /** What the CPU is going to use after this call: the ranges of the pool's access, or what the call names. */
    List<Range> ranges(SyncCall call) {
        Bracket bracket = brackets.get();
        return bracket.isOpen() ? bracket.ranges() : List.of(call.range());
    }

    /** Bytes that all sync calls named so far. */
    long bytesSynced() {
        return bytesSynced;
    }

    /** Bytes of the lines that accesses were about, counted at START and again at END. */
    long bytesNeeded() {
        return bytesNeeded;
    }

    private void checkUse(Direction direction, Range range, Object what) {
        if (direction.reads()) {
            memory.checkRead(range, new Words("a device wrote during", what));
        }
        if (!direction.writes()) {
            memory.checkUnwritten(range, new Words("the CPU wrote during", what));
        }
    }

    private void judge(SyncPhase phase, Direction direction, Range range) {
        Bracket bracket = brackets.get();
        bytesNeeded += range.lines().length();
        if (syncNeeded) {
            checkCovered(bracket, phase, direction, range.lines());
            checkNarrow(bracket, phase);
        }
        bracket.shut();
    }

    private void checkCovered(Bracket bracket, SyncPhase phase, Direction direction, Range lines) {
        Range gap = Coverage.firstGap(lines, bracket.served(phase, direction));
        if (gap == null) {
            return;
        }
        Range bare = Coverage.firstGap(gap, bracket.called(phase));
        if (bare != null && bare.from() == gap.from()) {
            log.report(
                    Kind.SYNC_MISSING,
                    bare,
                    "no " + phase + " " + direction + " of these lines arrived" + heard(bracket));
        } else {
            log.report(Kind.SYNC_WRONG_DIRECTION, gap, phase + " " + direction + " was due" + heard(bracket));
        }
    }

    private static String heard(Bracket bracket) {
        return bracket.calls().isEmpty() ? ", nor any other call" : "; these did: " + bracket.calls();
    }

    /** Each call is judged once, with the first range of its bracket. */
    private void checkNarrow(Bracket bracket, SyncPhase phase) {
        if (!bracket.isOpen()) {
            return;
        }
        for (SyncCall call : bracket.calls()) {
            if (call.phase() == phase && call.way() != SyncWay.WHOLE) {
                Range excess = Coverage.firstGap(call.range().lines(), bracket.allowed(call.way(), book));
                reportExcess(excess, call);
            }
        }
    }

    private void reportExcess(@Nullable Range excess, SyncCall call) {
        if (excess != null) {
            log.report(Kind.SYNC_TOO_WIDE, excess, call);
        }
    }

    /** Words put together only when somebody reads them. */
    private record Words(String verb, Object object) {
        @Override
        public String toString() {
            return verb + " " + object;
        }
    }
}
