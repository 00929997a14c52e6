// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.dmabufpool.log.Log;
import org.jspecify.annotations.Nullable;

/**
 * Decides by which way a pool's accesses are synced, and syncs them. Safe for use by many threads.
 *
 * <p>Where ranges can be named for the first part of a buffer only, slices beyond it are synced as a whole buffer.
 *
 * <p>The choice, narrowest first: no sync where the heap says that none is needed, the partial ioctl, a vendor's device, a window, the
 * whole buffer under exclusion. A way is taken only if the dma-buf says that support for it is established.
 */
public final class SyncPlanner {

    /**
     * The unit of coherency in bytes that every slice begins and ends on. 128 is the largest cache line of any ARMv8
     * core in use and a multiple of all smaller ones.
     */
    public static final int CACHE_LINE = 128;

    /** How many windows of released slices are kept open at most; a process may have 1024 descriptors by default. */
    static final int MAX_IDLE_WINDOWS = 128;

    private static final SyncWay[] NARROWEST_FIRST = {
        SyncWay.NONE, SyncWay.PARTIAL, SyncWay.VENDOR, SyncWay.WINDOW, SyncWay.WHOLE
    };

    private static final Log LOG = new Log(SyncPlanner.class);

    /** Stands for a time that is not taken; the clock shows it once in 584 years. */
    private static final long UNTIMED = Long.MIN_VALUE;

    private static final long NOT_CLOSED = -1;

    private final DmaBuf buffer;
    private final PoolListener listener;
    private final SyncSupport choice;
    private final WindowCache windows;
    private final RangeSync ranges;
    /** Keeps accesses apart where calls reach beyond their slices; null where none does. */
    private final @Nullable Exclusion exclusion;

    private final SyncTally tally;
    private final List<SyncTally.Calls> calls = new ArrayList<>();
    private final Observer observer;
    /** Whether an access takes calls whose time is worth knowing. */
    private final boolean timed;

    private final boolean hasWindows;
    /** As of the close of the buffer, which does not tell afterwards. */
    private long restartsAtClose = NOT_CLOSED;

    /** Is told of every phase, with the time that it took. */
    public interface Observer {

        /** Wants to be told nothing. */
        Observer NONE = (phase, direction, offset, length, nanos) -> {};

        /**
         * A phase of an access is over, and the calls did not throw.
         *
         * @param offset first byte of the range, or of the first of several
         * @param length bytes, of all ranges together
         * @param nanos time it took in ns
         */
        void synced(SyncPhase phase, Direction direction, long offset, long length, long nanos);
    }

    private SyncPlanner(
            DmaBuf buffer, SyncSupport choice, Duration accessTimeout, boolean statistics, Observer observer) {
        this.buffer = buffer;
        this.tally = new SyncTally(statistics);
        this.observer = observer;
        this.timed = choice.way() != SyncWay.NONE;
        this.choice = withLimit(buffer, choice);
        this.listener = buffer.listener();
        this.windows = new WindowCache(buffer, MAX_IDLE_WINDOWS);
        this.hasWindows = buffer.support(SyncWay.WINDOW).supported();
        this.ranges = rangeSync();
        this.exclusion = ranges.exclusion(Long.MAX_VALUE, Direction.READ_WRITE) == Exclusion.NOTHING
                ? null
                : new Exclusion(saturatedNanos(accessTimeout), choice.reason());
    }

    /**
     * Chooses the way for a buffer.
     *
     * @param forced the way the user wants, or null for the narrowest that is supported
     * @param accessTimeout how long an access may wait for others where they exclude one another
     * @param statistics whether to count what is done
     * @param observer told of every phase, unless it is {@link Observer#NONE}
     * @throws IllegalArgumentException if the forced way, or every way, lacks support; the message says why
     */
    public static SyncPlanner choose(
            DmaBuf buffer, @Nullable SyncWay forced, Duration accessTimeout, boolean statistics, Observer observer) {
        SyncSupport choice = forced == null ? narrowest(buffer) : demanded(buffer, forced);
        return new SyncPlanner(buffer, choice, accessTimeout, statistics, observer);
    }

    private static SyncSupport narrowest(DmaBuf buffer) {
        StringBuilder refusals = new StringBuilder();
        for (SyncWay way : NARROWEST_FIRST) {
            SyncSupport support = buffer.support(way);
            if (support.supported()) {
                return SyncSupport.yes(way, support.reason() + refusals);
            }
            refusals.append("; not ").append(way).append(": ").append(support.reason());
        }
        throw new IllegalArgumentException("no way to sync " + buffer.name() + refusals);
    }

    private static SyncSupport demanded(DmaBuf buffer, SyncWay forced) {
        if (forced == SyncWay.NONE) {
            return SyncSupport.yes(SyncWay.NONE, "declared by the user");
        }
        SyncSupport support = buffer.support(forced);
        if (!support.supported()) {
            throw new IllegalArgumentException("sync=" + forced + " was asked for, but " + buffer.name()
                    + " does not support it: " + support.reason() + ". Leave sync unset to take what is supported");
        }
        return SyncSupport.yes(forced, "asked for by the user; " + support.reason());
    }

    private static SyncSupport withLimit(DmaBuf buffer, SyncSupport choice) {
        boolean byRange = choice.way() == SyncWay.PARTIAL || choice.way() == SyncWay.VENDOR;
        if (!byRange || buffer.rangeSyncLimit() >= buffer.size()) {
            return choice;
        }
        return SyncSupport.yes(
                choice.way(),
                choice.reason() + "; slices that end beyond byte " + buffer.rangeSyncLimit()
                        + " are synced as a whole buffer, as no range there can be named");
    }

    private static long saturatedNanos(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    private RangeSync rangeSync() {
        return switch (choice.way()) {
            case NONE -> new NoSync();
            case PARTIAL, VENDOR ->
                buffer.rangeSyncLimit() < buffer.size()
                        ? new SplitSync(buffer, meter(choice.way()), meter(SyncWay.WHOLE))
                        : new PartialSync(buffer, meter(choice.way()));
            case WINDOW -> new WindowSync(meter(SyncWay.WINDOW));
            case WHOLE -> new WholeBufferSync(buffer, meter(SyncWay.WHOLE));
        };
    }

    private RangeSync.Meter meter(SyncWay way) {
        SyncTally.Calls meter = new SyncTally.Calls(way, tally.isOn());
        calls.add(meter);
        return meter;
    }

    /** The way taken, and why: what established it, and what narrower ways lack. */
    public SyncSupport choice() {
        return choice;
    }

    /** What slices must begin and end on, in bytes: the cache line, or the page where each slice may get a window. */
    public long granule() {
        return hasWindows ? buffer.pageSize() : CACHE_LINE;
    }

    /** Whether an access needs its slice's window. */
    public boolean needsWindow() {
        return choice.way() == SyncWay.WINDOW;
    }

    /** Whether slices can have windows. */
    public boolean hasWindows() {
        return hasWindows;
    }

    /**
     * How an access to a range must be apart from other accesses of the pool: a number for {@link #enter}, to be joined by
     * OR for several ranges that are opened in one bracket. 0 where it need not be.
     *
     * @param end the first byte after the range
     */
    public int exclusion(long end, Direction direction) {
        return ranges.exclusion(end, direction);
    }

    /**
     * Lets an access in, before its START; it leaves after its END. It may wait for other accesses.
     *
     * @param kind what {@link #exclusion} said
     * @return false, with nothing changed, if a device writes and this access's END would clean the whole buffer
     * @throws AccessBlockedException where accesses exclude one another and waiting did not help
     * @throws IllegalStateException if the pool was closed, before or meanwhile
     */
    public boolean enter(int kind) {
        if (kind == Exclusion.NOTHING || exclusion == null) {
            return true;
        }
        if (!exclusion.enter(kind)) {
            return false;
        }
        fetchIfNeeded(exclusion, kind);
        return true;
    }

    /**
     * Before an access that only writes cleans the whole buffer: gets what devices wrote into the CPU's memory, else END would
     * write old bytes over it where DMA is bounced.
     */
    private void fetchIfNeeded(Exclusion entered, int kind) {
        if (!entered.mustFetch(kind)) {
            return;
        }
        boolean fetched = false;
        try {
            fetch(entered);
            fetched = true;
        } finally {
            if (!fetched) {
                entered.leave(Thread.currentThread(), kind);
            }
        }
    }

    private void fetch(Exclusion entered) {
        long devices = entered.devicesDone();
        ranges.sync(SyncPhase.START, Direction.READ, 0, buffer.size(), null);
        ranges.sync(SyncPhase.END, Direction.READ, 0, buffer.size(), null);
        entered.fetched(devices);
    }

    /** Takes back one {@link #enter} of the same kind, if possible one of that thread. */
    public void leave(int kind, Thread opener) {
        if (kind != Exclusion.NOTHING && exclusion != null) {
            exclusion.leave(opener, kind);
        }
    }

    /**
     * A device is about to use some slice, until {@link #endLoan}.
     *
     * @return false, with nothing changed, if it would write while an access is open whose END cleans the whole buffer
     */
    public boolean lend(Direction direction) {
        return exclusion == null || !direction.writes() || exclusion.lend();
    }

    /** A device that was lent some slice has done with it. */
    public void endLoan(Direction direction) {
        if (exclusion != null && direction.writes()) {
            exclusion.endLoan();
        }
    }

    /**
     * The CPU is about to use the range. When this throws, the access has not begun.
     *
     * @param offset first byte, on the granule
     * @param length bytes, a multiple of the granule
     * @param window the slice's window, or null unless {@link #needsWindow()}
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public void start(long offset, long length, Direction direction, @Nullable Window window) {
        listener.starting(direction, offset, length);
        long begin = begin(SyncPhase.START, direction);
        startRange(direction, offset, length, window);
        boolean told = false;
        try {
            listener.started(direction, offset, length);
            done(SyncPhase.START, direction, offset, length, begin);
            told = true;
        } finally {
            if (!told) {
                ranges.sync(SyncPhase.END, direction, offset, length, window);
            }
        }
    }

    private void startRange(Direction direction, long offset, long length, @Nullable Window window) {
        if (exclusion == null || (ranges.exclusion(offset + length, direction) & Exclusion.READS) == 0) {
            ranges.sync(SyncPhase.START, direction, offset, length, window);
            return;
        }
        long devices = exclusion.devicesDone();
        ranges.sync(SyncPhase.START, direction, offset, length, window);
        exclusion.fetched(devices);
    }

    /**
     * The CPU has done with the range. When this throws, the access has ended all the same, but devices may not see
     * what the CPU wrote.
     *
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public void end(long offset, long length, Direction direction, @Nullable Window window) {
        listener.ending(direction, offset, length);
        long begin = begin(SyncPhase.END, direction);
        try {
            ranges.sync(SyncPhase.END, direction, offset, length, window);
        } finally {
            listener.ended(direction, offset, length);
        }
        done(SyncPhase.END, direction, offset, length, begin);
    }

    /**
     * The CPU is about to use just these lines. Where the way can name no part of a slice, all of it is synced, by one
     * call. When this throws, the access has not begun: what was STARTed is ENDed.
     *
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public void start(LineRuns runs, Direction direction, @Nullable Window window) {
        notifyOfEach(listener::starting, direction, runs);
        long begin = begin(SyncPhase.START, direction);
        int started = 0;
        boolean told = false;
        try {
            for (; started < runs.size(); started = next(runs, started)) {
                startRange(direction, runs.offset(started), length(runs, started), window);
            }
            notifyOfEach(listener::started, direction, runs);
            done(SyncPhase.START, direction, runs.offset(0), runs.bytes(), begin);
            told = true;
        } finally {
            if (!told) {
                takeBack(runs, started, direction, window);
            }
        }
    }

    /** ENDs the runs before one whose START was refused; what the kernel says to that is of no interest any more. */
    private void takeBack(LineRuns runs, int started, Direction direction, @Nullable Window window) {
        for (int run = 0; run < started; run = next(runs, run)) {
            try {
                ranges.sync(SyncPhase.END, direction, runs.offset(run), length(runs, run), window);
            } catch (HeapException e) {
                LOG.fine(e, "END after a refused START");
            }
        }
    }

    /**
     * The CPU has done with just these lines. Every run is ended, even when one is refused.
     *
     * @throws org.dmabufpool.heap.HeapException the first refusal, with the others suppressed
     */
    public void end(LineRuns runs, Direction direction, @Nullable Window window) {
        notifyOfEach(listener::ending, direction, runs);
        long begin = begin(SyncPhase.END, direction);
        HeapException refusal = endEach(runs, direction, window);
        notifyOfEach(listener::ended, direction, runs);
        if (refusal != null) {
            throw refusal;
        }
        done(SyncPhase.END, direction, runs.offset(0), runs.bytes(), begin);
    }

    private @Nullable HeapException endEach(LineRuns runs, Direction direction, @Nullable Window window) {
        HeapException refusal = null;
        for (int run = 0; run < runs.size(); run = next(runs, run)) {
            try {
                ranges.sync(SyncPhase.END, direction, runs.offset(run), length(runs, run), window);
            } catch (HeapException e) {
                if (refusal == null) {
                    refusal = e;
                } else {
                    refusal.addSuppressed(e);
                }
            }
        }
        return refusal;
    }

    private static void notifyOfEach(Callback callback, Direction direction, LineRuns runs) {
        for (int run = 0; run < runs.size(); run = runs.next(run)) {
            callback.call(direction, runs.offset(run), runs.length(run));
        }
    }

    /** One of the listener's methods on accesses. */
    private interface Callback {
        void call(Direction direction, long offset, long length);
    }

    /** The next run that takes a call: one call a run where calls name ranges, else one for all. */
    private int next(LineRuns runs, int run) {
        return ranges.namesRangesTo(runs.end()) ? runs.next(run) : runs.size();
    }

    private long length(LineRuns runs, int run) {
        return ranges.namesRangesTo(runs.end()) ? runs.length(run) : runs.end() - runs.offset(run);
    }

    /**
     * Cleans what the CPU may have left dirty in a range that nobody has open. Waits for nobody.
     *
     * @return false, with nothing done, if that must wait for other accesses or for a device that writes
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public boolean clean(long offset, long length, @Nullable Window window) {
        int kind = exclusion(offset + length, Direction.WRITE);
        if (kind != Exclusion.NOTHING && exclusion != null) {
            if (!exclusion.tryEnter(kind)) {
                return false;
            }
            fetchIfNeeded(exclusion, kind);
        }
        try {
            start(offset, length, Direction.WRITE, window);
            end(offset, length, Direction.WRITE, window);
            return true;
        } finally {
            leave(kind, Thread.currentThread());
        }
    }

    /**
     * Waits for devices at work on the memory, as {@link DmaBuf#awaitFences} does: on the window where the slice is
     * synced by one, else on the whole buffer, whose fences all slices share.
     */
    public boolean awaitFences(Direction direction, long nanos, @Nullable Window window) {
        return window == null ? buffer.awaitFences(direction, nanos) : window.awaitFences(direction, nanos);
    }

    /** When the phase began, in ns of {@link System#nanoTime()}, or {@link #UNTIMED}. */
    private long begin(SyncPhase phase, Direction direction) {
        return observer != Observer.NONE || (timed && tally.isTimed(phase, direction)) ? System.nanoTime() : UNTIMED;
    }

    private void done(SyncPhase phase, Direction direction, long offset, long length, long begin) {
        tally.count(phase, direction, length);
        if (begin != UNTIMED) {
            long nanos = System.nanoTime() - begin;
            if (timed && tally.isOn()) {
                tally.time(phase, direction, nanos);
            }
            observer.synced(phase, direction, offset, length, nanos);
        }
    }

    /**
     * Prepares a place that is about to be handed out: no idle window overlaps it afterwards.
     *
     * @return the idle window of just this place, or null if there was none; the caller gives it back
     */
    public @Nullable Window claimPlace(long offset, long length) {
        return windows.claim(offset, length);
    }

    /** A new window over a place that is handed out. The caller gives it back. */
    public Window openWindow(long offset, long length) {
        return windows.open(offset, length);
    }

    /** Keeps a window for the next slice at its place; before the place can be handed out again. */
    public void giveBackWindow(Window window) {
        windows.giveBack(window);
    }

    /** Closes the windows that are kept for later slices, for their descriptors; whether there were any. */
    public boolean closeIdleWindows() {
        return windows.closeIdle();
    }

    /** Windows open now, those kept for later included. */
    public int openWindows() {
        return windows.openWindows();
    }

    /** By which way accesses are synced; never changes. */
    public SyncWay way() {
        return choice.way();
    }

    /** What has been done so far. */
    public SyncStatistics statistics() {
        List<SyncStatistics.Calls> made = new ArrayList<>();
        calls.forEach(meter -> meter.addTo(made));
        return new SyncStatistics(choice.way(), choice.reason(), made, tally.phases(buffer.size()), restarts());
    }

    private synchronized long restarts() {
        return restartsAtClose == NOT_CLOSED ? buffer.restarts() : restartsAtClose;
    }

    /** No access begins any more; who waits for other accesses is told. The buffer is closed after this. */
    public void beginClose() {
        synchronized (this) {
            restartsAtClose = buffer.restarts();
        }
        if (exclusion != null) {
            exclusion.close();
        }
    }

    /**
     * Closes every window. The buffer itself belongs to the pool.
     *
     * @throws org.dmabufpool.heap.HeapException the first refusal; all windows were tried
     */
    public void close() {
        windows.close();
    }
}
