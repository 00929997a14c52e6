// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * Whose lines are whose: the slices of a buffer, and the accesses to them. Released slices stay on the books until
 * others take their place, as damage often shows only then. Guarded by the memory's monitor.
 */
final class SliceBook {

    /** Closed accesses that are remembered for messages. */
    private static final int CLOSED_ACCESSES = 64;

    private final TreeMap<Integer, SliceNote> slices = new TreeMap<>();
    private final List<AccessNote> open = new ArrayList<>();
    private final List<AccessNote> closed = new ArrayList<>();
    private final Map<Long, LoanNote> loans = new LinkedHashMap<>();
    private final List<LoanNote> endedLoans = new ArrayList<>();

    void allocated(Range range, String tag) {
        slices.subMap(range.from(), range.to()).clear();
        Map.Entry<Integer, SliceNote> before = slices.lowerEntry(range.from());
        if (before != null && before.getValue().range.overlaps(range)) {
            slices.remove(before.getKey());
        }
        closed.removeIf(access -> access.range.overlaps(range));
        endedLoans.removeIf(loan -> loan.range.overlaps(range));
        slices.put(range.from(), new SliceNote(range, tag));
    }

    void released(Range range) {
        SliceNote slice = slices.get(range.from());
        if (slice != null) {
            slice.releasedAt = new CallSite();
        }
    }

    void opened(Direction direction, Range range) {
        open.add(new AccessNote(direction, range));
    }

    void closed(Direction direction, Range range) {
        for (Iterator<AccessNote> each = open.iterator(); each.hasNext(); ) {
            AccessNote access = each.next();
            if (access.direction == direction && access.range.equals(range)) {
                each.remove();
                access.closed = true;
                remember(access);
                return;
            }
        }
    }

    void lent(long loan, Direction direction, Range range, String borrower) {
        loans.put(loan, new LoanNote(direction, range, borrower));
    }

    /** The range of the loan that has ended, or null if it is not known. */
    @Nullable
    Range loanEnded(long loan) {
        LoanNote note = loans.remove(loan);
        if (note == null) {
            return null;
        }
        note.ended = true;
        endedLoans.add(note);
        if (endedLoans.size() > CLOSED_ACCESSES) {
            endedLoans.remove(0);
        }
        return note.range;
    }

    /** Whether some of these bytes are lent, and to nobody who may do this. */
    boolean isLentForLess(Range range, boolean writes) {
        boolean lent = false;
        for (LoanNote loan : loans.values()) {
            if (loan.range.overlaps(range)) {
                if (!writes || loan.direction.writes()) {
                    return false;
                }
                lent = true;
            }
        }
        return lent;
    }

    /** Whether some of these bytes are lent. */
    boolean isLent(Range range) {
        return loans.values().stream().anyMatch(loan -> loan.range.overlaps(range));
    }

    /** Loans that have not ended, for people. */
    List<String> openLoans() {
        List<String> all = new ArrayList<>();
        loans.values().forEach(loan -> all.add(loan.toString()));
        return all;
    }

    /** The latest loan of a byte's line, for people; one that is still open comes first. */
    String describeLoan(int at) {
        Range line = new Range(at, at + 1).lines();
        LoanNote found = null;
        for (LoanNote loan : endedLoans) {
            found = loan.range.overlaps(line) ? loan : found;
        }
        for (LoanNote loan : loans.values()) {
            found = loan.range.overlaps(line) ? loan : found;
        }
        return found == null ? "none" : found.toString();
    }

    /** The bytes of the slice that holds this byte, or the byte's line where no slice does. */
    Range home(Range range) {
        SliceNote slice = sliceAt(range.from());
        return slice == null ? range.lines() : slice.range;
    }

    /** The slice that a byte belongs to, for people. */
    String describeSlice(int at) {
        SliceNote slice = sliceAt(at);
        return slice == null ? "no slice that was ever allocated" : slice.toString();
    }

    /** The latest access to a byte's line, for people; one that is still open comes first. */
    String describeAccess(int at) {
        AccessNote access = latest(open, at);
        if (access == null) {
            access = latest(closed, at);
        }
        return access == null ? "none" : access.toString();
    }

    private @Nullable SliceNote sliceAt(int at) {
        Map.Entry<Integer, SliceNote> entry = slices.floorEntry(at);
        return entry != null && at < entry.getValue().range.to() ? entry.getValue() : null;
    }

    private void remember(AccessNote access) {
        closed.add(access);
        if (closed.size() > CLOSED_ACCESSES) {
            closed.remove(0);
        }
    }

    private static @Nullable AccessNote latest(List<AccessNote> accesses, int at) {
        Range line = new Range(at, at + 1).lines();
        for (int i = accesses.size() - 1; i >= 0; i--) {
            if (accesses.get(i).range.overlaps(line)) {
                return accesses.get(i);
            }
        }
        return null;
    }

    private static final class SliceNote {

        final Range range;
        final String tag;
        final CallSite allocatedAt = new CallSite();

        @Nullable
        CallSite releasedAt;

        SliceNote(Range range, String tag) {
            this.range = range;
            this.tag = tag;
        }

        @Override
        public String toString() {
            return "slice '" + tag + "', " + range + ", allocated at " + allocatedAt
                    + (releasedAt == null ? "" : ", released at " + releasedAt);
        }
    }

    private static final class AccessNote {

        final Direction direction;
        final Range range;
        final CallSite openedAt = new CallSite();
        final String thread = Thread.currentThread().getName();
        boolean closed;

        AccessNote(Direction direction, Range range) {
            this.direction = direction;
            this.range = range;
        }

        @Override
        public String toString() {
            return direction + " of " + range + ", opened at " + openedAt + " by thread " + thread
                    + (closed ? ", closed" : ", still open");
        }
    }

    private static final class LoanNote {

        final Direction direction;
        final Range range;
        final String borrower;
        final CallSite lentAt = new CallSite();
        final String thread = Thread.currentThread().getName();
        boolean ended;

        LoanNote(Direction direction, Range range, String borrower) {
            this.direction = direction;
            this.range = range;
            this.borrower = borrower;
        }

        @Override
        public String toString() {
            return "to '" + borrower + "' for " + direction + " of " + range + ", lent at " + lentAt + " by thread "
                    + thread + (ended ? ", ended" : ", still open");
        }
    }
}
