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
        SyncWay.NONE, SyncWay.PARTIAL_IOCTL, SyncWay.VENDOR_DEVICE, SyncWay.WINDOW, SyncWay.WHOLE_BUFFER
    };

    /** Stands for a time that is not taken; the clock shows it once in 584 years. */
    private static final long UNTIMED = Long.MIN_VALUE;

    private final DmaBuf buffer;
    private final PoolListener listener;
    private final SyncSupport choice;
    private final WindowCache windows;
    private final RangeSync ranges;
    private final SyncTally tally;
    private final List<SyncTally.Calls> calls = new ArrayList<>();
    private final Observer observer;
    /** Whether an access takes calls whose time is worth knowing. */
    private final boolean timed;

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
        this.ranges = rangeSync(accessTimeout);
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
        boolean byRange = choice.way() == SyncWay.PARTIAL_IOCTL || choice.way() == SyncWay.VENDOR_DEVICE;
        if (!byRange || buffer.rangeSyncLimit() >= buffer.size()) {
            return choice;
        }
        return SyncSupport.yes(
                choice.way(),
                choice.reason() + "; slices that end beyond byte " + buffer.rangeSyncLimit()
                        + " are synced as a whole buffer, as no range there can be named");
    }

    private RangeSync rangeSync(Duration accessTimeout) {
        return switch (choice.way()) {
            case NONE -> new NoSync();
            case PARTIAL_IOCTL, VENDOR_DEVICE ->
                buffer.rangeSyncLimit() < buffer.size()
                        ? new SplitSync(
                                buffer, meter(choice.way()), meter(SyncWay.WHOLE_BUFFER), exclusion(accessTimeout))
                        : new PartialSync(buffer, meter(choice.way()));
            case WINDOW -> new WindowSync(meter(SyncWay.WINDOW));
            case WHOLE_BUFFER -> new WholeBufferSync(buffer, meter(SyncWay.WHOLE_BUFFER), exclusion(accessTimeout));
        };
    }

    private RangeSync.Meter meter(SyncWay way) {
        SyncTally.Calls meter = new SyncTally.Calls(way, tally.isOn());
        calls.add(meter);
        return meter;
    }

    private WholeBufferExclusion exclusion(Duration accessTimeout) {
        return new WholeBufferExclusion(accessTimeout, choice.reason());
    }

    /** The way taken, and why: what established it, and what narrower ways lack. */
    public SyncSupport choice() {
        return choice;
    }

    /** What slices must begin and end on, in bytes: the cache line, or the page where each slice may get a window. */
    public long granule() {
        return buffer.support(SyncWay.WINDOW).supported() ? buffer.pageSize() : CACHE_LINE;
    }

    /** Whether an access needs its slice's window. */
    public boolean needsWindow() {
        return choice.way() == SyncWay.WINDOW;
    }

    /**
     * The CPU is about to use the range. When this throws, the access has not begun.
     *
     * @param offset first byte, on the granule
     * @param length bytes, a multiple of the granule
     * @param window the slice's window, or null unless {@link #needsWindow()}
     * @throws AccessBlockedException where accesses exclude one another and waiting did not help
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public void start(long offset, long length, Direction direction, @Nullable Window window) {
        listener.starting(direction, offset, length);
        long begin = begin(SyncPhase.START, direction);
        ranges.start(offset, length, direction, window);
        listener.started(direction, offset, length);
        done(SyncPhase.START, direction, offset, length, begin);
    }

    /**
     * The CPU has done with the range. When this throws, the access has ended all the same, but devices may not see
     * what the CPU wrote.
     *
     * @param opener the thread that called {@link #start}
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public void end(long offset, long length, Direction direction, @Nullable Window window, Thread opener) {
        listener.ending(direction, offset, length);
        long begin = begin(SyncPhase.END, direction);
        try {
            ranges.end(offset, length, direction, window, opener);
        } finally {
            listener.ended(direction, offset, length);
        }
        done(SyncPhase.END, direction, offset, length, begin);
    }

    /**
     * The CPU is about to use just these lines. Where the way can name no part of a slice, all of it is synced.
     *
     * @throws AccessBlockedException where accesses exclude one another and waiting did not help
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public void start(LineRuns runs, Direction direction, @Nullable Window window) {
        tell(listener::starting, direction, runs);
        long begin = begin(SyncPhase.START, direction);
        for (int run = 0; run < calls(runs); run++) {
            ranges.start(runs.offset(run), runs.length(run), direction, window);
        }
        tell(listener::started, direction, runs);
        done(SyncPhase.START, direction, runs.offset(0), runs.bytes(), begin);
    }

    /**
     * The CPU has done with just these lines. Every run is ended, even when one is refused.
     *
     * @throws org.dmabufpool.heap.HeapException the first refusal
     */
    public void end(LineRuns runs, Direction direction, @Nullable Window window, Thread opener) {
        tell(listener::ending, direction, runs);
        long begin = begin(SyncPhase.END, direction);
        HeapException refusal = endEach(runs, direction, window, opener);
        tell(listener::ended, direction, runs);
        if (refusal != null) {
            throw refusal;
        }
        done(SyncPhase.END, direction, runs.offset(0), runs.bytes(), begin);
    }

    private @Nullable HeapException endEach(
            LineRuns runs, Direction direction, @Nullable Window window, Thread opener) {
        HeapException refusal = null;
        for (int run = 0; run < calls(runs); run++) {
            try {
                ranges.end(runs.offset(run), runs.length(run), direction, window, opener);
            } catch (HeapException e) {
                refusal = refusal == null ? e : refusal;
            }
        }
        return refusal;
    }

    private static void tell(Told told, Direction direction, LineRuns runs) {
        for (int run = 0; run < runs.count(); run++) {
            told.of(direction, runs.offset(run), runs.length(run));
        }
    }

    /** One of the listener's methods on accesses. */
    private interface Told {
        void of(Direction direction, long offset, long length);
    }

    /** One call a run where calls name ranges, else one for all. */
    private int calls(LineRuns runs) {
        return ranges.namesRanges() ? runs.count() : 1;
    }

    /** Cleans what the CPU may have left dirty in a range that nobody has open. */
    public void clean(long offset, long length, @Nullable Window window) {
        start(offset, length, Direction.WRITE, window);
        end(offset, length, Direction.WRITE, window, Thread.currentThread());
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

    /** A window over the range, kept or new. The caller gives it back. */
    public Window takeWindow(long offset, long length) {
        return windows.take(offset, length);
    }

    /** Keeps a window for the next slice at its place. */
    public void giveBackWindow(Window window) {
        windows.giveBack(window);
    }

    /** Windows open now, those kept for later included. */
    public int openWindows() {
        return windows.openWindows();
    }

    /** What has been done so far. */
    public SyncStatistics statistics() {
        List<SyncStatistics.Calls> made = new ArrayList<>();
        calls.forEach(meter -> meter.addTo(made));
        return new SyncStatistics(choice.way(), choice.reason(), made, tally.phases(buffer.size()), buffer.restarts());
    }

    /** Closes every window. The buffer itself belongs to the pool. */
    public void close() {
        windows.close();
    }
}
