// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.dmabufpool.alloc.AllocatorTotals;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.DmaBufException;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.dmabufpool.sync.SyncPlanner;
import org.jspecify.annotations.Nullable;

/**
 * Where slices begin and end: the allocator's numbers, the ledger's lives and the planner's syncs, tied together by
 * handles. Both faces of the pool, {@link Slice} and {@link SliceHandles}, stand on it. Safe for use by many threads.
 *
 * <p>Here is no lock: the allocator has its own, the ledger needs none, and no system call is made under either.
 */
final class SliceStore {

    private static final Logger LOG = Logger.getLogger(SliceStore.class.getName());
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    final DmaBuf buffer;
    final SyncPlanner planner;
    private final String poolName;
    private final long capacity;
    private final long granule;
    private final OffsetAllocator allocator;
    private final SliceLedger ledger = new SliceLedger();
    private final LeakTracker leaks = new LeakTracker(ledger);
    private final PoolClock clock = new PoolClock();
    private final Watch watch;
    private final boolean observed;
    private final @Nullable Future<?> housekeeping;
    private final TraceWriter trace;
    private final PoolListener listener;
    private final SpaceWaiters waiters;
    private final SliceCensus census;
    private final boolean hasWindows;
    private final Quarantine quarantine = new Quarantine();

    private final AtomicLong exhausted = new AtomicLong();
    private final AtomicLong fragmented = new AtomicLong();
    private final AtomicLong invalid = new AtomicLong();
    private volatile boolean closed;

    /** Who watches a pool, and how closely. */
    record Watch(boolean statistics, LeakPolicy leakPolicy, PoolObservers observers) {}

    SliceStore(
            String poolName,
            DmaBuf buffer,
            SyncPlanner planner,
            OffsetAllocator allocator,
            long granule,
            Watch watch,
            TraceWriter trace,
            SpaceWaiters waiters) {
        this.poolName = poolName;
        this.buffer = buffer;
        this.planner = planner;
        this.allocator = allocator;
        this.capacity = buffer.size();
        this.granule = granule;
        this.trace = trace;
        this.listener = buffer.listener();
        this.waiters = waiters;
        this.census = new SliceCensus(allocator, ledger);
        this.hasWindows = buffer.support(SyncWay.WINDOW).supported();
        this.watch = watch;
        this.observed = !watch.observers().isEmpty();
        this.housekeeping = watch.statistics() ? Housekeeper.keep(this) : null;
    }

    /**
     * Takes space for a slice. This is the one place where slices begin.
     *
     * @return its handle, or below 0 {@link OffsetAllocator#NO_SPACE} or {@link OffsetAllocator#FRAGMENTED}
     */
    long reserve(long bytes, long alignment, String tag) {
        if (closed) {
            throw closedBefore();
        }
        if (bytes < 1 || bytes > capacity || alignment > capacity) {
            throw invalid(bytes, alignment, tag);
        }
        long part = allocator.allocate(bytes, Math.max(alignment, granule));
        return part < 0 ? part : begin(part, bytes, alignment, tag);
    }

    private long begin(long part, long bytes, long alignment, String tag) {
        long handle = ledger.open(part, tag, observed ? clock.tick() : clock.lastTick());
        if (trace != TraceWriter.NONE) {
            trace.allocated(allocator.offset(part), bytes, alignment);
        }
        if (listener != PoolListener.NONE) {
            listener.allocated(allocator.offset(part), allocator.reserved(part), tag);
        }
        if (closed) {
            throw closedBefore();
        }
        return handle;
    }

    /** Takes space for a slice, or counts the failure; as {@link #reserve} otherwise. */
    long allocate(long bytes, long alignment, String tag) {
        long begin = beginRequest();
        long handle = reserve(bytes, alignment, tag);
        settle(handle, bytes, alignment, tag, begin);
        return handle;
    }

    /** When a request begins, in ns, where somebody wants to know. */
    long beginRequest() {
        return observed ? System.nanoTime() : 0;
    }

    /** A request is over: it got a handle, or failed for good. */
    void settle(long handle, long bytes, long alignment, String tag, long begin) {
        if (handle < 0) {
            (handle == OffsetAllocator.FRAGMENTED ? fragmented : exhausted).incrementAndGet();
        }
        if (observed) {
            tellRequest(handle, new SliceRequest(bytes, alignment, tag), System.nanoTime() - begin);
        }
    }

    private void tellRequest(long handle, SliceRequest request, long nanos) {
        if (handle >= 0) {
            SliceFacts slice = facts(handle);
            watch.observers().tell(observer -> observer.allocated(slice, nanos));
            return;
        }
        PoolObserver.Refusal why =
                handle == OffsetAllocator.FRAGMENTED ? PoolObserver.Refusal.FRAGMENTED : PoolObserver.Refusal.EXHAUSTED;
        watch.observers().tell(observer -> observer.refused(poolName, request, why, nanos));
    }

    private SliceFacts facts(long handle) {
        return new SliceFacts(
                poolName,
                handle,
                offset(handle),
                length(handle),
                reserved(handle),
                ledger.tag(handle),
                watch.statistics() ? PoolClock.nanosBetween(ledger.birth(handle), clock.tick()) : 0);
    }

    /** The slice that a new handle stands for. */
    Slice slice(long handle, long bytes, String tag) {
        Slice slice = new Slice(this, handle, bytes, tag);
        if (watch.statistics()) {
            ledger.remember(handle, slice);
        }
        return slice;
    }

    /** What is to be done once a second: the time of new slices, and slices that were dropped without close. */
    void keepHouse() {
        clock.tick();
        if (!closed) {
            leaks.sweep();
            for (long handle = leaks.nextLeaked(); handle >= 0; handle = leaks.nextLeaked()) {
                leaked(handle);
            }
        }
    }

    private void leaked(long handle) {
        SliceFacts slice = facts(handle);
        boolean givenBack = watch.leakPolicy() == LeakPolicy.GIVE_BACK && giveBackLeaked(handle);
        watch.observers().tell(observer -> observer.leaked(slice, givenBack));
        LOG.warning(() -> named(slice.tag(), slice.offset(), slice.length()) + " was collected after "
                + slice.ageNanos() / NANOS_PER_SECOND + " s without being closed; its memory "
                + (givenBack ? "went back to the pool" : "stays reserved")
                + ". Close slices, such as by try-with-resources");
    }

    /** A leaked slice with an open access stays: somebody may have kept a view. */
    private boolean giveBackLeaked(long handle) {
        try {
            return release(handle, null);
        } catch (AccessConflictException | HeapException e) {
            LOG.log(Level.FINE, "a leaked slice cannot be given back", e);
            return false;
        }
    }

    private PoolClosedException closedBefore() {
        return new PoolClosedException("pool '" + poolName + "' was closed: build a new one");
    }

    private IllegalArgumentException invalid(long bytes, long alignment, String tag) {
        invalid.incrementAndGet();
        if (observed) {
            SliceRequest request = new SliceRequest(bytes, alignment, tag);
            watch.observers().tell(observer -> observer.refused(poolName, request, PoolObserver.Refusal.INVALID, 0));
        }
        return notOfThisPool(bytes, alignment, tag);
    }

    private IllegalArgumentException notOfThisPool(long bytes, long alignment, String tag) {
        return new IllegalArgumentException("a slice of pool '" + poolName + "' has 1 to " + capacity
                + " bytes and at most that alignment: bytes=" + bytes + ", alignment=" + alignment + ", tag='" + tag
                + "'");
    }

    /** Why a request failed, what is free, who holds the rest, and what would help. */
    PoolExhaustedException exhausted(long bytes, long alignment, String tag, String what) {
        AllocatorTotals now = allocator.totals();
        String remedy = now.freeBytes() >= bytes
                ? "Enough is free, but not in one piece: release neighbours, ask for less, or for less alignment"
                : "Release slices, wait with allocate(bytes, Duration), or build a pool with more capacity";
        return new PoolExhaustedException(
                what + ": pool '" + poolName + "', requested=" + bytes + " bytes (tag '" + tag + "', alignment "
                        + Math.max(alignment, granule) + "), free=" + now.freeBytes() + ", largest free="
                        + now.largestFree() + ", capacity=" + capacity + "; nothing is held back in caches; held by "
                        + census.topHolders() + ". " + remedy,
                bytes,
                now.freeBytes(),
                now.largestFree());
    }

    /** How many slices of that size could be had now, one after the other. */
    long availability(long bytes) {
        if (bytes < 1 || bytes > capacity) {
            throw notOfThisPool(bytes, 0, "");
        }
        return allocator.availability(bytes);
    }

    /** First byte of a live slice. */
    long offset(long handle) {
        return allocator.offset(SliceLedger.part(handle));
    }

    /** Bytes that a live slice's owner asked for. */
    long length(long handle) {
        return allocator.requested(SliceLedger.part(handle));
    }

    /** Bytes that are a live slice's alone. */
    long reserved(long handle) {
        return allocator.reserved(SliceLedger.part(handle));
    }

    String tag(long handle) {
        return ledger.tag(handle);
    }

    String openAccesses(long handle) {
        return ledger.openAccesses(handle);
    }

    boolean isWritten(long handle) {
        return ledger.isWritten(handle);
    }

    /** Whether the slice is neither released nor its pool closed. */
    boolean isOpen(long handle) {
        return !closed && ledger.isLive(handle);
    }

    void checkOpen(long handle, @Nullable Slice slice) {
        if (!ledger.isLive(handle)) {
            throw new SliceReleasedException("used after release: " + name(handle, slice) + ". Allocate a new slice");
        }
        if (closed) {
            throw new PoolClosedException("used after the pool was closed: " + name(handle, slice));
        }
    }

    /** An access begins: the slice's state, not yet the cache. */
    void enter(long handle, Direction direction, @Nullable Slice slice) {
        checkOpen(handle, slice);
        SliceLedger.Outcome outcome = ledger.enter(handle, direction);
        if (outcome == SliceLedger.Outcome.CONFLICT) {
            throw new AccessConflictException(direction + " access refused: " + name(handle, slice) + " has "
                    + ledger.openAccesses(handle)
                    + ". Close them first; to read and write, open one READ_WRITE access");
        }
        if (outcome != SliceLedger.Outcome.DONE) {
            checkOpen(handle, slice);
        }
    }

    /** Throws unless an access in the direction is open, or one that may be it. */
    void checkAccess(long handle, Direction direction) {
        if (!ledger.isLive(handle)) {
            checkOpen(handle, null);
        }
        if (!ledger.hasAccess(handle, direction.writes())) {
            throw new AccessConflictException("no " + direction + " access is open: " + name(handle, null) + " has "
                    + ledger.openAccesses(handle) + ". Start one first, and end it in the direction it was started in");
        }
    }

    /** START is done. */
    void accessStarted(long handle, Direction direction) {
        if (observed) {
            SliceFacts slice = facts(handle);
            watch.observers().tell(observer -> observer.accessStarted(slice, direction));
        }
    }

    /** An access did not begin after all. */
    void abandon(long handle, Direction direction) {
        ledger.leave(handle, direction);
    }

    /** An access ends: the slice's state, after the cache. */
    void leave(long handle, Direction direction) {
        SliceFacts slice = observed ? facts(handle) : null;
        ledger.leave(handle, direction);
        if (slice != null) {
            watch.observers().tell(observer -> observer.accessEnded(slice, direction));
        }
    }

    /** The kernel refused to clean what the CPU wrote in an access that is still open. */
    void markUnclean(long handle) {
        ledger.markUnclean(handle);
    }

    /** The slice's window, made when it is first asked for. */
    Window window(long handle, @Nullable Slice slice) {
        synchronized (ledger.windowLock(handle)) {
            checkOpen(handle, slice);
            Window own = ledger.window(handle);
            if (own == null) {
                if (!buffer.support(SyncWay.WINDOW).supported()) {
                    throw new UnsupportedOperationException("no window over " + name(handle, slice) + ": "
                            + buffer.support(SyncWay.WINDOW).reason() + ". Use a udmabuf heap");
                }
                own = planner.takeWindow(offset(handle), reserved(handle));
                ledger.setWindow(handle, own);
            }
            return own;
        }
    }

    /** The descriptor of the slice's window. */
    int windowFd(long handle, @Nullable Slice slice) {
        int fd = window(handle, slice).fd();
        if (fd < 0) {
            throw new UnsupportedOperationException("windows of " + buffer.name() + " have no descriptor");
        }
        return fd;
    }

    private @Nullable Window takeBackWindow(long handle) {
        synchronized (ledger.windowLock(handle)) {
            Window own = ledger.window(handle);
            if (own != null) {
                ledger.setWindow(handle, null);
            }
            return own;
        }
    }

    /**
     * The one place where slices end.
     *
     * @return whether the slice lived; if not, nothing has changed
     * @throws AccessConflictException if an access is open; the slice lives on
     */
    boolean release(long handle, @Nullable Slice slice) {
        SliceLedger.Outcome outcome = ledger.release(handle, watch.statistics() ? slice : null, leaks);
        if (outcome == SliceLedger.Outcome.NOT_LIVE) {
            return false;
        }
        if (outcome == SliceLedger.Outcome.CONFLICT) {
            if (closed) {
                return true;
            }
            throw new AccessConflictException("not released: " + name(handle, slice) + " has "
                    + ledger.openAccesses(handle) + ". Close them first");
        }
        Window window = hasWindows ? takeBackWindow(handle) : null;
        RuntimeException dirty =
                outcome == SliceLedger.Outcome.DONE_UNCLEAN && !closed ? cleanAgain(handle, window, slice) : null;
        if (!closed) {
            SliceFacts facts = observed ? facts(handle) : null;
            takeBack(handle, dirty == null);
            if (facts != null) {
                watch.observers().tell(observer -> observer.released(facts));
            }
        }
        if (window != null) {
            planner.giveBackWindow(window);
        }
        if (dirty != null) {
            throw dirty;
        }
        return true;
    }

    /** What the CPU wrote must not be evicted over a later owner's bytes. */
    private @Nullable RuntimeException cleanAgain(long handle, @Nullable Window window, @Nullable Slice slice) {
        try {
            planner.clean(offset(handle), reserved(handle), window);
            return null;
        } catch (DmaBufException e) {
            return new HeapException(
                    name(handle, slice)
                            + " holds dirty cache lines that the kernel refuses to clean; its bytes are kept out of"
                            + " circulation: " + e.getMessage(),
                    HeapException.NO_ERRNO,
                    e);
        }
    }

    private void takeBack(long handle, boolean clean) {
        long part = SliceLedger.part(handle);
        if (!clean) {
            quarantine.add(part, allocator.reserved(part), allocator.requested(part));
            return;
        }
        if (trace != TraceWriter.NONE) {
            trace.released(allocator.offset(part));
        }
        if (listener != PoolListener.NONE) {
            listener.released(allocator.offset(part), allocator.reserved(part));
        }
        allocator.free(part);
        waiters.wake();
    }

    boolean isClosed() {
        return closed;
    }

    String poolName() {
        return poolName;
    }

    /** No slice begins any more, and none can be used. Tells whether this is the first call. */
    synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        if (housekeeping != null) {
            housekeeping.cancel(false);
        }
        return first;
    }

    /** Slices that live. */
    long openSlices() {
        return allocator.totals().liveCount() - quarantine.parts();
    }

    /** "slice 'tag' at offset, length bytes, of pool 'name'", for messages. */
    String named(String tag, long offset, long length) {
        return "slice '" + tag + "' at " + offset + ", " + length + " bytes, of pool '" + poolName + "'";
    }

    private String name(long handle, @Nullable Slice slice) {
        if (slice != null) {
            return slice.toString();
        }
        return ledger.isLive(handle)
                ? named(ledger.tag(handle), offset(handle), length(handle))
                : "slice with handle " + handle + " of pool '" + poolName + "'";
    }

    /** Each slice that lives with its open accesses, one a line, the first few. */
    String describeOpen(long count) {
        StringBuilder text = new StringBuilder();
        census.firstOpen(handle -> text.append("\n  ")
                .append(name(handle, null))
                .append(" (")
                .append(ledger.openAccesses(handle))
                .append(')'));
        return count > SliceCensus.MOST_NAMED
                ? text + "\n  and " + (count - SliceCensus.MOST_NAMED) + " more"
                : text.toString();
    }

    /** What the pool looks like now. */
    PoolStatistics statistics() {
        return statistics(survey());
    }

    /** Every slice and hole, as JSON. */
    String dump() {
        PoolSurvey survey = survey();
        return PoolDump.of(statistics(survey), survey.regions);
    }

    private PoolSurvey survey() {
        return PoolSurvey.of(allocator, ledger, quarantine, watch.statistics() ? clock : null);
    }

    private PoolStatistics statistics(PoolSurvey survey) {
        AllocatorTotals now = survey.totals;
        return new PoolStatistics(
                poolName,
                capacity,
                now.usedBytes(),
                now.requestedBytes() - survey.requested(PoolSurvey.State.QUARANTINED),
                now.peakUsedBytes(),
                now.largestFree(),
                survey.bytes(PoolSurvey.State.QUARANTINED),
                now.liveCount() - survey.count(PoolSurvey.State.QUARANTINED),
                now.allocations(),
                exhausted.get(),
                fragmented.get(),
                invalid.get(),
                now.releases() + survey.count(PoolSurvey.State.QUARANTINED),
                waiters.waits(),
                waiters.waitNanos(),
                waiters.waiting(),
                leaks.leaks(),
                survey.bytesOf(leaks::isKept),
                survey.oldestNanos(),
                survey.sizeClasses(),
                survey.tags(),
                planner.openWindows(),
                planner.statistics());
    }
}
