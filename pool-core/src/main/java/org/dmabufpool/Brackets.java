// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.dmabufpool.sync.LineRuns;
import org.dmabufpool.sync.SyncPlanner;
import org.jspecify.annotations.Nullable;

/**
 * Accesses, from START to END: the ledger says whether the CPU may, the planner keeps whole-buffer syncs apart and makes
 * the calls. Safe for use by many threads.
 *
 * <p>An access begins in four steps, each of which is taken back when a later one fails:
 *
 * <pre>
 *   ledger.enter    the place excludes other accesses and loans     refused at once
 *   window, fences  where the way needs a window, or a limit is set
 *   planner.enter   the whole buffer, where syncs reach all of it   may wait
 *   planner.start   START
 * </pre>
 *
 * <p>It ends in the opposite order. END may fail; the access has ended all the same, and its place is cleaned again before
 * it is given back.
 */
final class Brackets {

    /** Fences are left to START, which waits for them without end. */
    static final long NO_FENCE_WAIT = -1;

    private final PoolCore core;
    private final SliceWindows windows;

    Brackets(PoolCore core, SliceWindows windows) {
        this.core = core;
        this.windows = windows;
    }

    // ---- one access of a slice, kept by an object ----

    /** Opens an access. When this throws, it has not begun. */
    void open(CpuAccess access, long fenceNanos) {
        Slice slice = access.slice();
        enter(slice.handle(), access.direction(), slice);
        boolean opened = false;
        try {
            prepare(access, fenceNanos);
            int kind = exclusion(access);
            enterExclusion(kind, slice.handle(), access.direction(), slice);
            try {
                start(access);
                opened = true;
            } finally {
                if (!opened) {
                    core.planner.leave(kind, access.opener());
                }
            }
        } catch (IllegalStateException e) {
            core.checkOpen(slice.handle(), slice);
            throw e;
        } finally {
            if (!opened) {
                core.ledger.leave(slice.handle(), access.direction());
            }
        }
        tellStarted(slice.handle(), access.direction());
    }

    /** Ends an access: END, then the state, so that the next access begins after this one's END. */
    void close(CpuAccess access) {
        boolean clean = false;
        try {
            end(access);
            clean = true;
        } finally {
            try {
                core.planner.leave(exclusion(access), access.opener());
            } finally {
                ended(access, clean);
            }
        }
    }

    /** Takes the place, the window and the fences of an access that is opened together with others. */
    void enterTogether(CpuAccess access) {
        Slice slice = access.slice();
        enter(slice.handle(), access.direction(), slice);
        boolean entered = false;
        try {
            prepare(access, NO_FENCE_WAIT);
            entered = true;
        } finally {
            if (!entered) {
                core.ledger.leave(slice.handle(), access.direction());
            }
        }
    }

    /** Takes {@link #enterTogether} back. */
    void abandon(CpuAccess access) {
        core.ledger.leave(access.slice().handle(), access.direction());
    }

    /** The state after END, or after an END that failed. */
    void ended(CpuAccess access, boolean clean) {
        Slice slice = access.slice();
        leave(slice.handle(), access.direction(), clean);
    }

    private void prepare(CpuAccess access, long fenceNanos) {
        Slice slice = access.slice();
        access.window = windowFor(slice.handle(), slice);
        if (fenceNanos != NO_FENCE_WAIT) {
            awaitFences(slice.handle(), slice, access.direction(), fenceNanos, access.window);
        }
    }

    int exclusion(CpuAccess access) {
        Slice slice = access.slice();
        AccessRanges parts = access.parts();
        Direction synced = parts != null
                ? parts.synced(access.direction())
                : synced(access.direction(), slice.length(), access.rangeOffset(), access.rangeLength());
        return core.planner.exclusion(slice.offset() + slice.reservedLength(), synced);
    }

    void start(CpuAccess access) {
        AccessRanges parts = access.parts();
        Slice slice = access.slice();
        if (parts != null) {
            core.planner.start(parts.lines(), parts.synced(access.direction()), access.window);
        } else {
            range(SyncPhase.START, slice.offset(), slice.length(), slice.reservedLength(), access);
        }
    }

    /** END, unless the pool was closed: there is nothing left to sync then. */
    void end(CpuAccess access) {
        if (core.isClosed()) {
            return;
        }
        AccessRanges parts = access.parts();
        Slice slice = access.slice();
        try {
            if (parts != null) {
                core.planner.end(parts.lines(), parts.synced(access.direction()), access.window);
            } else {
                range(SyncPhase.END, slice.offset(), slice.length(), slice.reservedLength(), access);
            }
        } catch (IllegalStateException e) {
            if (!core.isClosed()) {
                throw e;
            }
        }
    }

    private void range(SyncPhase phase, long offset, long length, long reserved, CpuAccess access) {
        sync(
                phase,
                offset,
                length,
                reserved,
                access.rangeOffset(),
                access.rangeLength(),
                access.direction(),
                access.window);
    }

    // ---- accesses known by a handle alone ----

    /** Opens one range of a slice. When this throws, the access has not begun. */
    void start(long handle, Direction direction, long rangeOffset, long rangeLength, long fenceNanos) {
        enter(handle, direction, null);
        boolean opened = false;
        try {
            long place = core.ledger.place(handle);
            checkRange(handle, place, rangeOffset, rangeLength);
            Window window = windowFor(handle, null);
            if (fenceNanos != NO_FENCE_WAIT) {
                awaitFences(handle, null, direction, fenceNanos, window);
            }
            int kind = exclusion(place, direction, rangeOffset, rangeLength);
            enterExclusion(kind, handle, direction, null);
            try {
                sync(SyncPhase.START, place, rangeOffset, rangeLength, direction, window);
                opened = true;
            } finally {
                if (!opened) {
                    core.planner.leave(kind, Thread.currentThread());
                }
            }
        } catch (IllegalStateException e) {
            core.checkOpen(handle, null);
            throw e;
        } finally {
            if (!opened) {
                core.ledger.leave(handle, direction);
            }
        }
        tellStarted(handle, direction);
    }

    /** Ends what {@link #start(long, Direction, long, long, long)} began, by any thread. */
    void end(long handle, Direction direction, long rangeOffset, long rangeLength) {
        long place = core.ledger.placeOrNone(handle);
        if (core.ledger.isLiveOwner(handle)) {
            checkRange(handle, place, rangeOffset, rangeLength);
        }
        beginEnd(handle, direction);
        boolean clean = false;
        try {
            endRange(place, direction, rangeOffset, rangeLength);
            clean = true;
        } finally {
            try {
                int kind = exclusion(place, direction, rangeOffset, rangeLength);
                core.planner.leave(kind, Thread.currentThread());
            } finally {
                finishEnd(handle, place, direction, clean);
            }
        }
    }

    private void beginEnd(long handle, Direction direction) {
        long answer = core.ledger.beginEnd(handle, direction);
        if (answer == SliceLedger.CONFLICT) {
            throw new AccessConflictException("no " + direction + " access is open: " + core.name(handle, null)
                    + " has " + core.users(core.ledger.place(handle))
                    + ". Start one first, and end it in the direction it was started in");
        }
        if (answer != SliceLedger.DONE) {
            throw new SliceReleasedException(
                    "used after release: " + core.name(handle, null) + ". Allocate a new slice");
        }
    }

    /** Opens two slices, one to be read, one to be written, in one bracket; or, when it throws, neither. */
    void startBoth(long read, long written, Direction direction) {
        enter(read, Direction.READ, null);
        boolean opened = false;
        try {
            enter(written, direction, null);
            try {
                startEntered(read, written, direction);
                opened = true;
            } finally {
                if (!opened) {
                    core.ledger.leave(written, direction);
                }
            }
        } catch (IllegalStateException e) {
            core.checkPoolOpen();
            throw e;
        } finally {
            if (!opened) {
                core.ledger.leave(read, Direction.READ);
            }
        }
        tellStarted(read, Direction.READ);
        tellStarted(written, direction);
    }

    private void startEntered(long read, long written, Direction direction) {
        Window readWindow = windowFor(read, null);
        Window writtenWindow = windowFor(written, null);
        int kind = exclusion(read, Direction.READ) | exclusion(written, direction);
        enterExclusion(kind, written, direction, null);
        boolean started = false;
        try {
            syncWhole(SyncPhase.START, read, Direction.READ, readWindow);
            try {
                syncWhole(SyncPhase.START, written, direction, writtenWindow);
                started = true;
            } finally {
                if (!started) {
                    syncWhole(SyncPhase.END, read, Direction.READ, readWindow);
                }
            }
        } finally {
            if (!started) {
                core.planner.leave(kind, Thread.currentThread());
            }
        }
    }

    private int exclusion(long handle, Direction direction) {
        long place = core.ledger.place(handle);
        return exclusion(place, direction, 0, core.length(place));
    }

    private int exclusion(long place, Direction direction, long from, long bytes) {
        Direction synced = synced(direction, core.length(place), from, bytes);
        return core.planner.exclusion(core.offset(place) + core.reserved(place), synced);
    }

    private void syncWhole(SyncPhase phase, long handle, Direction direction, @Nullable Window window) {
        long place = core.ledger.place(handle);
        sync(phase, place, 0, core.length(place), direction, window);
    }

    /** Ends what {@link #startBoth} began: what was written first. */
    void endBoth(long read, long written, Direction direction) {
        beginEnd(written, direction);
        boolean both = false;
        try {
            beginEnd(read, Direction.READ);
            both = true;
        } finally {
            if (!both) {
                core.ledger.cancelEnd(written, direction);
            }
        }
        int kind = exclusion(read, Direction.READ) | exclusion(written, direction);
        boolean writtenClean = false;
        try {
            endWhole(written, direction);
            writtenClean = true;
        } finally {
            try {
                endWhole(read, Direction.READ);
            } finally {
                try {
                    core.planner.leave(kind, Thread.currentThread());
                } finally {
                    finishEnd(written, core.ledger.place(written), direction, writtenClean);
                    finishEnd(read, core.ledger.place(read), Direction.READ, true);
                }
            }
        }
    }

    private void endWhole(long handle, Direction direction) {
        long place = core.ledger.place(handle);
        endRange(place, direction, 0, core.length(place));
    }

    /** What a view of a slice known by its handle may be used for: the direction of the access that is open. */
    Direction openDirection(long handle) {
        long word = core.ledger.state(core.ledger.place(handle));
        if (SlotWord.accesses(word) == 0) {
            throw new AccessConflictException(
                    "no access is open: " + core.name(handle, null) + ". Start one first, for READ or to write");
        }
        return SlotWord.isWritten(word) ? Direction.READ_WRITE : Direction.READ;
    }

    private void endRange(long place, Direction direction, long rangeOffset, long rangeLength) {
        if (core.isClosed()) {
            return;
        }
        try {
            sync(SyncPhase.END, place, rangeOffset, rangeLength, direction, core.ledger.window(place));
        } catch (IllegalStateException e) {
            if (!core.isClosed()) {
                throw e;
            }
        }
    }

    private void finishEnd(long handle, long place, Direction direction, boolean clean) {
        SliceFacts facts = core.factsIfObserved(handle);
        if (!clean && direction.writes()) {
            core.ledger.markUnclean(place);
        }
        core.ledger.finishEnd(handle, direction);
        core.observers.accessEnded(facts, direction);
    }

    private void checkRange(long handle, long place, long rangeOffset, long rangeLength) {
        long length = core.length(place);
        if (rangeOffset < 0 || rangeLength < 1 || rangeOffset > length - rangeLength) {
            throw new IndexOutOfBoundsException(
                    "offset=" + rangeOffset + ", length=" + rangeLength + " is not within " + core.name(handle, null));
        }
    }

    // ---- the steps ----

    private void enter(long handle, Direction direction, @Nullable Slice slice) {
        core.checkOpen(handle, slice);
        String unmapped = core.buffer.unmappedReason();
        if (!unmapped.isEmpty()) {
            throw new UnsupportedOperationException(
                    "no CPU access to " + core.name(handle, slice) + ": " + unmapped + ". Lend it to devices");
        }
        long answer = core.ledger.enter(handle, direction);
        if (answer == SliceLedger.CONFLICT) {
            throw new AccessConflictException(direction + " access refused: " + core.name(handle, slice) + " has "
                    + core.users(core.ledger.place(handle))
                    + ". Close them first; to read and write, open one READ_WRITE access");
        }
        if (answer != SliceLedger.DONE) {
            core.checkOpen(handle, slice);
        }
    }

    private @Nullable Window windowFor(long handle, @Nullable Slice slice) {
        return core.planner.needsWindow() ? windows.window(handle, slice) : null;
    }

    private void enterExclusion(int kind, long handle, Direction direction, @Nullable Slice slice) {
        if (!core.planner.enter(kind)) {
            throw refusedByDevice(direction + " access to " + core.name(handle, slice));
        }
    }

    /** The CPU would write while a device writes elsewhere, and the pool's syncs reach all of it. */
    AccessConflictException refusedByDevice(String what) {
        StringBuilder borrowers = new StringBuilder();
        core.ledger.slots().forEachTicket((loan, word, place, borrower, birth) -> {
            if (SlotWord.isLoan(word) && SlotWord.direction(word).writes()) {
                borrowers
                        .append(borrowers.length() == 0 ? "'" : ", '")
                        .append(borrower)
                        .append('\'');
            }
        });
        return new AccessConflictException(what + " refused: this pool is synced as a whole buffer ("
                + core.planner.choice().reason() + "), whose END WRITE could overwrite what " + borrowers
                + " writes to another slice. End those loans first, or use a heap with windows or partial sync");
    }

    private void awaitFences(
            long handle, @Nullable Slice slice, Direction direction, long nanos, @Nullable Window own) {
        if (!core.planner.awaitFences(direction, nanos, own)) {
            throw new FenceTimeoutException("devices " + (direction.writes() ? "at work on" : "writing to") + " "
                    + (own == null ? "the dma-buf that this slice shares with others" : "this slice")
                    + " did not finish in " + nanos + " ns: " + direction + " access to " + core.name(handle, slice)
                    + ". Wait longer, or see which device holds the fence");
        }
    }

    private void sync(
            SyncPhase phase, long place, long from, long bytes, Direction direction, @Nullable Window window) {
        sync(phase, core.offset(place), core.length(place), core.reserved(place), from, bytes, direction, window);
    }

    /**
     * In which direction a range of a slice is synced: a line that is written in part must be read first. The last line of a slice
     * is all its own, so a range that ends with the slice cuts no line there.
     */
    private static Direction synced(Direction direction, long length, long from, long bytes) {
        long end = from + bytes;
        boolean cuts = isWithinLine(from) || (end != length && isWithinLine(end));
        return direction == Direction.WRITE && cuts ? Direction.READ_WRITE : direction;
    }

    private static boolean isWithinLine(long at) {
        return (at & (SyncPlanner.CACHE_LINE - 1)) != 0;
    }

    /**
     * Syncs one range of a slice: the lines it touches. The last line of a slice is all its own, so a range that ends with
     * the slice cuts no line there.
     */
    private void sync(
            SyncPhase phase,
            long offset,
            long length,
            long reserved,
            long from,
            long bytes,
            Direction direction,
            @Nullable Window window) {
        boolean whole = from == 0 && bytes == length;
        long begin = offset + (from & -SyncPlanner.CACHE_LINE);
        long end = offset + (whole ? reserved : LineRuns.roundUp(from + bytes, SyncPlanner.CACHE_LINE));
        Direction synced = synced(direction, length, from, bytes);
        if (phase == SyncPhase.START) {
            core.planner.start(begin, end - begin, synced, window);
        } else {
            core.planner.end(begin, end - begin, synced, window);
        }
    }

    private void leave(long handle, Direction direction, boolean clean) {
        SliceFacts facts = core.factsIfObserved(handle);
        if (!clean && direction.writes()) {
            core.ledger.markUnclean(core.ledger.place(handle));
        }
        core.ledger.leave(handle, direction);
        core.observers.accessEnded(facts, direction);
    }

    /** START is done. */
    void tellStarted(long handle, Direction direction) {
        core.observers.accessStarted(core.factsIfObserved(handle), direction);
    }
}
