// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabufpool.alloc.AllocatorTotals;
import org.dmabufpool.alloc.Budget;
import org.dmabufpool.alloc.Kind;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.log.Log;
import org.dmabufpool.sync.SyncPlanner;
import org.jspecify.annotations.Nullable;

/**
 * Where slices begin and owners close: the allocator's numbers, the ledger's users and the planner's syncs, tied together by
 * handles. Both faces of the pool, {@link Slice} and {@link SliceHandles}, stand on it. Safe for use by many threads.
 *
 * <p>This class takes no lock: the allocator has its own, and no system call is made under it. Accesses are
 * {@link Brackets}, loans are {@link Loans}, and what nobody uses any more goes back by the {@link Reclaimer}.
 */
final class SliceStore {

    private static final Log LOG = new Log(SliceStore.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final PoolCore core;
    private final SliceLedger ledger;
    private final OffsetAllocator allocator;
    private final long capacity;
    private final long granule;
    private final LeakPolicy leakPolicy;
    private final LeakTracker leaks;
    private final Maintenance maintenance;
    private final SpaceWaits waits;
    private final SliceCensus census;
    private final SliceWindows windows;
    private final Brackets brackets;
    private final Reclaimer reclaimer;
    private final Loans loans;
    private final PoolClock clock;
    private final boolean observed;
    private final boolean hasWindows;
    /** Whether there are no windows, and nobody is told where slices begin and end. */
    private final boolean plain;
    /** Whether, besides, nobody observes. */
    private final boolean unobserved;

    private final Budgets budgets;
    /** The longest slice, by the number of the budget. */
    private final long[] longest;

    private final @Nullable PlacementPlan plan;

    private final AtomicLong exhausted = new AtomicLong();
    private final AtomicLong fragmented = new AtomicLong();
    private final AtomicLong overBudget = new AtomicLong();
    private final AtomicLong invalid = new AtomicLong();

    /** What becomes of leaked slices, what fences loans wait for, what tags may have, and where slices are to lie. */
    record Rules(
            LeakPolicy leakPolicy,
            Loans.Fences fences,
            Budgets budgets,
            @Nullable PlacementPlan plan) {}

    SliceStore(PoolCore core, long granule, Rules rules) {
        this.core = core;
        this.ledger = core.ledger;
        this.allocator = core.allocator;
        this.capacity = core.buffer.size();
        this.granule = granule;
        this.leakPolicy = rules.leakPolicy();
        this.leaks = new LeakTracker(ledger);
        this.maintenance = new Maintenance(this, core.name);
        this.waits = new SpaceWaits(core);
        this.plan = rules.plan();
        this.census = new SliceCensus(core);
        this.windows = new SliceWindows(core);
        this.brackets = new Brackets(core, windows);
        this.reclaimer = new Reclaimer(core, maintenance::checkLater);
        this.loans = new Loans(core, windows, reclaimer, rules.fences(), maintenance::checkLater);
        this.clock = core.clock;
        this.observed = core.observed;
        this.hasWindows = core.planner.hasWindows();
        this.plain = !hasWindows && core.isUnwatched();
        this.unobserved = plain && !observed;
        this.budgets = rules.budgets();
        this.longest = longest();
        if (core.statistics) {
            maintenance.begin();
        }
    }

    private long[] longest() {
        long limit = core.planner.needsWindow() ? Math.min(capacity, core.buffer.windowLimit()) : capacity;
        long[] most = new long[budgets.inOrder().size() + 1];
        Arrays.setAll(most, budget -> Math.min(limit, allocator.longest(budget)));
        return most;
    }

    // ---- slices begin ----

    /**
     * Takes a place for a slice.
     *
     * @return the place, or below 0 {@link OffsetAllocator#NO_SPACE}, {@link OffsetAllocator#FRAGMENTED} or
     *     {@link OffsetAllocator#OVER_BUDGET}
     */
    private long takePlace(long bytes, long alignment, int kind) {
        long place = allocator.allocate(bytes, Math.max(alignment, granule), kind);
        if (place < 0 && reclaimer.hasKept()) {
            reclaimer.tryKept();
            place = allocator.allocate(bytes, Math.max(alignment, granule), kind);
        }
        return place;
    }

    /** The kind of a request, which can be served at some time. */
    private int checkRequest(long bytes, long alignment, String tag) {
        if (ledger.isStopped()) {
            core.checkPoolOpen();
        }
        int budget = budgets.numberOf(tag);
        if (bytes < 1 || bytes > longest[budget] || alignment > capacity) {
            throw invalid(bytes, alignment, tag);
        }
        return Kind.of(plan == null ? 0 : plan.classOf(tag, bytes), budget);
    }

    /**
     * Begins a slice at a place that was taken. This is the one place where slices begin.
     *
     * @param place of the slice, or below 0 a refusal
     * @return the handle of its first owner, or the refusal
     */
    private long beginAt(long place, long bytes, long alignment, String tag) {
        if (place < 0) {
            return place;
        }
        return plain ? beginPlain(place, tag) : begin(place, bytes, alignment, tag);
    }

    /** As {@link #begin} in a pool without windows, of which nobody is told. */
    private long beginPlain(long place, String tag) {
        long handle = SliceLedger.NO_HANDLE;
        try {
            handle = ledger.openAtOnce(place, tag, observed ? clock.tick() : clock.lastTick());
        } finally {
            if (handle < 0) {
                takeBackPlain(place, handle);
            }
        }
        return handle;
    }

    /** @param answer {@link SliceLedger#CONFLICT} if the pool was closed meanwhile; else the slice did not begin */
    private void takeBackPlain(long place, long answer) {
        if (answer == SliceLedger.CONFLICT) {
            allocator.free(place);
            core.checkPoolOpen();
        }
        reclaimer.free(place);
    }

    private long begin(long place, long bytes, long alignment, String tag) {
        long handle = SliceLedger.NO_HANDLE;
        boolean begun = false;
        try {
            handle = ledger.open(place, tag, core.now());
            if (hasWindows) {
                windows.prepare(place);
            }
            if (core.trace != TraceWriter.NONE) {
                core.trace.allocated(core.offset(place), bytes, alignment, tag);
            }
            if (core.listener != PoolListener.NONE) {
                core.listener.allocated(core.offset(place), core.reserved(place), tag);
            }
            core.checkPoolOpen();
            ledger.confirm(place);
            begun = true;
            return handle;
        } finally {
            if (!begun) {
                takeBack(place, handle);
            }
        }
    }

    /** A slice was not handed out after all. */
    private void takeBack(long place, long handle) {
        if (handle == SliceLedger.NO_HANDLE) {
            reclaimer.free(place);
        } else {
            ledger.abandon(handle);
            if (core.isClosed()) {
                ledger.giveBack(place);
                allocator.free(place);
            } else {
                reclaimer.giveBack(place);
            }
        }
    }

    /**
     * Takes space for a slice, or counts the failure.
     *
     * @return the handle of its first owner, or below 0 {@link OffsetAllocator#NO_SPACE} or
     *     {@link OffsetAllocator#FRAGMENTED}
     */
    long allocate(long bytes, long alignment, String tag) {
        long begin = beginRequest();
        int kind = checkRequest(bytes, alignment, tag);
        long handle = beginAt(takePlace(bytes, alignment, kind), bytes, alignment, tag);
        recordOutcome(handle, bytes, alignment, tag, begin);
        return handle;
    }

    /** As {@link #allocate(long, long, String)}; an urgent request goes ahead of those that wait. */
    long allocate(SliceRequest request) {
        return request.isUrgent()
                ? await(request.bytes(), request.alignment(), request.tag(), true, 0)
                : allocate(request.bytes(), request.alignment(), request.tag());
    }

    /**
     * As {@link #allocate(long, long, String)}, waiting for others to release if need be.
     *
     * @param urgent whether to go ahead of requests that are not
     * @param timeoutNanos how long to wait at most; zero or less does not wait
     * @throws PoolExhaustedException if no free place fitted in time, or the thread was interrupted while it waited
     */
    long allocate(long bytes, long alignment, String tag, boolean urgent, long timeoutNanos) {
        long handle = await(bytes, alignment, tag, urgent, timeoutNanos);
        if (handle == SpaceWaits.INTERRUPTED) {
            Thread.currentThread().interrupt();
            throw exhausted(bytes, alignment, tag, "interrupted while waiting for a free place");
        }
        if (handle < 0) {
            throw exhausted(bytes, alignment, tag, late(timeoutNanos));
        }
        return handle;
    }

    private static String late(long timeoutNanos) {
        return "no free place fits, after a wait of " + Math.max(0, timeoutNanos) / NANOS_PER_MILLI + " ms";
    }

    private long await(long bytes, long alignment, String tag, boolean urgent, long timeoutNanos) {
        long begin = beginRequest();
        int kind = checkRequest(bytes, alignment, tag);
        long place = takePlace(bytes, alignment, kind);
        if (place < 0 && (urgent || timeoutNanos > 0)) {
            place = waits.await(bytes, Math.max(alignment, granule), kind, urgent, timeoutNanos);
        }
        long handle = beginAt(place, bytes, alignment, tag);
        recordOutcome(handle, bytes, alignment, tag, begin);
        return handle;
    }

    /** As {@link #allocate(long, long, String, boolean, long)}, without a thread that waits. */
    CompletableFuture<Slice> allocateAsync(SliceRequest request, long timeoutNanos, Executor executor) {
        int kind = checkRequest(request.bytes(), request.alignment(), request.tag());
        if (reclaimer.hasKept()) {
            reclaimer.tryKept();
        }
        long alignment = Math.max(request.alignment(), granule);
        return new AsyncAllocation(this, request, alignment, kind, executor).begin(timeoutNanos);
    }

    /**
     * Ends a request that waited.
     *
     * @param place what it was served with, or below 0 a refusal
     * @param begin when it began, in ns
     */
    Slice sliceAt(long place, SliceRequest request, long begin) {
        if (place < 0) {
            core.checkPoolOpen();
        }
        long handle = beginAt(place, request.bytes(), request.alignment(), request.tag());
        recordOutcome(handle, request.bytes(), request.alignment(), request.tag(), begin);
        if (handle < 0) {
            throw exhausted(request.bytes(), request.alignment(), request.tag(), late(System.nanoTime() - begin));
        }
        return slice(handle, request.bytes(), request.tag());
    }

    /** Whoever waits for space is told that the pool was closed. */
    void dismissWaiting() {
        allocator.dismissQueue();
    }

    /** Requests that wait for space now. */
    int waiting() {
        return allocator.totals().queuedRequests();
    }

    SpaceWaits waits() {
        return waits;
    }

    /** When a request begins, in ns, if observed. */
    long beginRequest() {
        return observed ? System.nanoTime() : 0;
    }

    /** A request is over: it got a handle, or failed permanently. */
    void recordOutcome(long handle, long bytes, long alignment, String tag, long begin) {
        if (handle < 0) {
            refusals(handle).incrementAndGet();
        }
        if (observed) {
            tellRequest(handle, bytes, alignment, tag, System.nanoTime() - begin);
        }
    }

    private AtomicLong refusals(long answer) {
        return answer == OffsetAllocator.FRAGMENTED
                ? fragmented
                : answer == OffsetAllocator.OVER_BUDGET ? overBudget : exhausted;
    }

    private static PoolObserver.Refusal refusal(long answer) {
        return answer == OffsetAllocator.FRAGMENTED
                ? PoolObserver.Refusal.FRAGMENTED
                : answer == OffsetAllocator.OVER_BUDGET
                        ? PoolObserver.Refusal.OVER_BUDGET
                        : PoolObserver.Refusal.EXHAUSTED;
    }

    private void tellRequest(long handle, long bytes, long alignment, String tag, long nanos) {
        if (handle >= 0) {
            core.observers.allocated(core.factsIfObserved(handle), nanos);
            return;
        }
        tellRefusal(bytes, alignment, tag, refusal(handle), nanos);
    }

    private void tellRefusal(long bytes, long alignment, String tag, PoolObserver.Refusal why, long nanos) {
        core.observers.refused(core.name, bytes, alignment, tag, why, nanos);
    }

    /** The object for a new owner, which is closed again if there is no memory for the object. */
    Slice slice(long handle, long bytes, String tag) {
        try {
            long place = ledger.place(handle);
            Slice slice = new Slice(this, handle, allocator.offset(place), bytes, allocator.reserved(place), tag);
            if (core.statistics) {
                leaks.remember(handle, slice);
            }
            return slice;
        } catch (RuntimeException | Error e) {
            release(handle, null);
            throw e;
        }
    }

    /**
     * A further owner of a live owner's slice begins.
     *
     * @return its handle
     */
    long share(long handle, String tag, @Nullable Slice slice) {
        core.checkOpen(handle, slice);
        long owner = ledger.share(handle, tag, core.now());
        if (owner == SliceLedger.CONFLICT) {
            throw new AccessConflictException("not shared: " + core.name(handle, slice) + " has "
                    + (SlotWord.MOST_FURTHER_OWNERS + 1) + " owners, which is the most. Close some first");
        }
        if (owner < 0) {
            core.checkOpen(handle, slice);
            throw new SliceReleasedException("used after release: " + core.name(handle, slice));
        }
        if (core.trace != TraceWriter.NONE) {
            core.trace.shared(core.offset(ledger.place(owner)), tag);
        }
        core.observers.shared(core.factsIfObserved(owner));
        return owner;
    }

    // ---- owners close ----

    /**
     * The one way in which owners close.
     *
     * @return whether the owner was open; if not, nothing has changed
     * @throws AccessConflictException if an access through this owner is open; it stays open then
     */
    boolean release(long handle, @Nullable Slice slice) {
        // The way of most slices, kept short: the owner was all that there was. Giving space back needs no memory.
        if (unobserved && !ledger.isStopped() && ledger.closeOnly(handle)) {
            allocator.free(SlotTable.slot(handle));
            return true;
        }
        return releaseUsed(handle, slice);
    }

    private boolean releaseUsed(long handle, @Nullable Slice slice) {
        SliceFacts facts = observed && ledger.isLiveOwner(handle) ? core.factsIfObserved(handle) : null;
        long place = SlotTable.isTicket(handle) ? ledger.placeOrNone(handle) : SlotTable.slot(handle);
        long answer = ledger.close(handle);
        if (answer == SliceLedger.NOT_LIVE) {
            return false;
        }
        if (answer == SliceLedger.CONFLICT) {
            if (core.isClosed()) {
                return true;
            }
            throw new AccessConflictException("not released: " + core.name(handle, slice) + " has " + core.users(place)
                    + ". Close its accesses first");
        }
        closed(place, answer);
        core.observers.released(facts);
        return true;
    }

    private void closed(long place, long answer) {
        if (SliceLedger.isUnused(answer)) {
            reclaimer.giveBack(place);
        } else if (core.trace != TraceWriter.NONE && !core.isClosed()) {
            core.trace.ownerClosed(core.offset(place));
        }
    }

    // ---- maintenance ----

    /** What is to be done once a second: the time of new slices, and slices that were dropped without close. */
    void runMaintenance() {
        core.clock.tick();
        if (core.isClosed()) {
            return;
        }
        leaks.sweep();
        for (long handle = leaks.nextLeaked(); handle >= 0; handle = leaks.nextLeaked()) {
            leaked(handle);
        }
        checkWaiting();
    }

    /** Ends loans whose fences are signalled and gives places back; whether something is still waited for. */
    boolean checkWaiting() {
        if (core.isClosed()) {
            return false;
        }
        boolean loansWait = loans.endSignalled();
        boolean placesWait = reclaimer.tryKept();
        return loansWait || placesWait;
    }

    private void leaked(long handle) {
        if (ledger.isLoan(handle)) {
            if (!loans.hasFence(handle)) {
                leakedLoan(handle);
            }
            return;
        }
        leaks.keep(handle);
        SliceFacts slice = core.facts(handle);
        boolean givenBack =
                leakPolicy == LeakPolicy.GIVE_BACK && !ledger.isExposed(ledger.place(handle)) && giveBackLeaked(handle);
        core.observers.leaked(slice, givenBack);
        LOG.warning(() -> core.named(slice.tag(), slice.offset(), slice.length()) + " was collected after "
                + slice.ageNanos() / NANOS_PER_SECOND + " s without being closed; its memory "
                + (givenBack ? "went back to the pool" : "stays reserved")
                + ". Close slices, such as by try-with-resources");
    }

    private void leakedLoan(long handle) {
        leaks.keep(handle);
        SliceFacts slice = core.facts(handle);
        core.observers.leaked(slice, false);
        LOG.warning(() -> "the loan to '" + slice.tag() + "' of "
                + core.named(ledger.tagOfPlace(ledger.place(handle)), slice.offset(), slice.length())
                + " was collected without being closed; its place stays reserved. Close loans, or let them end on a"
                + " fence with closeOn");
    }

    private boolean giveBackLeaked(long handle) {
        try {
            return release(handle, null);
        } catch (AccessConflictException | HeapException e) {
            LOG.fine(e, "a leaked slice cannot be given back");
            return false;
        }
    }

    // ---- refusals ----

    private IllegalArgumentException invalid(long bytes, long alignment, String tag) {
        invalid.incrementAndGet();
        if (core.observed && alignment >= 0 && (alignment & (alignment - 1)) == 0) {
            tellRefusal(bytes, alignment, tag, PoolObserver.Refusal.INVALID, 0);
        }
        return notOfThisPool(bytes, alignment, tag);
    }

    private IllegalArgumentException notOfThisPool(long bytes, long alignment, String tag) {
        int budget = budgets.numberOf(tag);
        String limit = bytes > longest[budget] && bytes <= capacity ? limit(budget, bytes) : "";
        return new IllegalArgumentException("a slice of pool '" + core.name + "' has 1 to " + longest[budget]
                + " bytes and at most the capacity for an alignment, " + capacity + ": bytes=" + bytes + ", alignment="
                + alignment + ", tag='" + tag + "'" + limit);
    }

    private String limit(int budget, long bytes) {
        if (budget != Budget.NONE && bytes > budgets.inOrder().get(budget - 1).mostBytes()) {
            return ". The budget of this tag allows no more: give it more bytes, or ask for less";
        }
        return longest[budget] < allocator.longest(budget)
                ? ". Slices of this pool are synced by windows, and a window is limited: "
                        + core.buffer.windowLimitRemedy()
                : ". The rest is kept for the budgets of other tags: give this tag a budget, or guarantee less";
    }

    /** Why a request failed, what is free, who holds the rest, and what would help. */
    PoolExhaustedException exhausted(long bytes, long alignment, String tag, String what) {
        AllocatorTotals now = allocator.totals();
        List<PoolBudget> all = budgets.named(now.budgets());
        int budget = budgets.numberOf(tag);
        long free = now.freeBytes() - now.heldBytes() - keptForOthers(all, tag);
        String remedy = budget != Budget.NONE && isUsedUp(all.get(budget - 1), bytes)
                ? "The budget of this tag is used up: release slices of the tag, or give its budget more bytes"
                : free >= bytes
                        ? "Enough is free, but not in one piece: release neighbours, ask for less, or for less alignment"
                        : "Release slices, wait with allocate(bytes, Duration), or build a pool with more capacity";
        return new PoolExhaustedException(
                what + ": pool '" + core.name + "', requested=" + bytes + " bytes (tag '" + tag + "', alignment "
                        + Math.max(alignment, granule) + "), free=" + free + ", largest free="
                        + now.largestFree() + ", capacity=" + capacity + held(now) + describe(all) + "; held by "
                        + census.topHolders()
                        + census.retiring() + ". " + remedy,
                bytes,
                free,
                now.largestFree());
    }

    private static long keptForOthers(List<PoolBudget> budgets, String tag) {
        return budgets.stream()
                .filter(budget -> !budget.tag().equals(tag))
                .mapToLong(PoolBudget::guaranteedFreeBytes)
                .sum();
    }

    private static boolean isUsedUp(PoolBudget budget, long bytes) {
        return budget.usedBytes() + bytes > budget.mostBytes();
    }

    private static String describe(List<PoolBudget> budgets) {
        StringBuilder text = new StringBuilder();
        for (PoolBudget budget : budgets) {
            text.append(text.length() == 0 ? "; budgets: '" : ", '")
                    .append(budget.tag())
                    .append("' uses ")
                    .append(budget.usedBytes())
                    .append(" of at most ")
                    .append(budget.mostBytes())
                    .append(", and ")
                    .append(budget.guaranteedFreeBytes())
                    .append(" of ")
                    .append(budget.guaranteedBytes())
                    .append(" kept for it are free");
        }
        return text.toString();
    }

    private static String held(AllocatorTotals now) {
        return now.queuedRequests() == 0
                ? ""
                : ", held for the first of " + now.queuedRequests() + " requests that wait=" + now.heldBytes();
    }

    /** How many slices of that size and tag could be allocated now, one after the other. */
    long availability(long bytes, String tag) {
        if (bytes < 1 || bytes > capacity) {
            throw notOfThisPool(bytes, 0, tag);
        }
        return allocator.availability(bytes, budgets.numberOf(tag));
    }

    // ---- what the faces ask ----

    PoolCore core() {
        return core;
    }

    Brackets brackets() {
        return brackets;
    }

    Loans loans() {
        return loans;
    }

    SliceWindows windows() {
        return windows;
    }

    /** As {@link #checkOpen}, whether or not the pool was closed. */
    void checkOwner(long handle) {
        if (!ledger.isLiveOwner(handle)) {
            core.checkOpen(handle, null);
        }
    }

    void checkOpen(long handle, @Nullable Slice slice) {
        core.checkOpen(handle, slice);
    }

    String poolName() {
        return core.name;
    }

    /** First byte of a live owner's slice. */
    long offset(long handle) {
        return core.offset(ledger.place(handle));
    }

    /** Bytes that were requested for a live owner's slice. */
    long length(long handle) {
        return core.length(ledger.place(handle));
    }

    /** Bytes of a live owner's slice, rounding included. */
    long reserved(long handle) {
        return core.reserved(ledger.place(handle));
    }

    /** A view of memory that is open to the CPU, as {@link CpuAccess#buffer(long, int)}. */
    ByteBuffer view(Direction direction, long offset, int length) {
        if (length > DmaBuf.MAX_VIEW) {
            throw new IndexOutOfBoundsException("a view of " + length + " bytes is longer than " + DmaBuf.MAX_VIEW
                    + ", which is the most: use several views");
        }
        try {
            return direction.writes() ? core.buffer.view(offset, length) : core.buffer.readOnlyView(offset, length);
        } catch (IllegalStateException e) {
            core.checkPoolOpen();
            throw e;
        }
    }

    /** Whether the owner has not closed and the pool is open. */
    boolean isOpen(long handle) {
        return !core.isClosed() && ledger.isLiveOwner(handle);
    }

    boolean isLoanOpen(long loan) {
        return !core.isClosed() && ledger.isLoan(loan);
    }

    /** The object for a new loan, which is ended again if there is no memory for the object. */
    Loan loan(Slice slice, Direction direction, String borrower) {
        long handle = loans.lend(slice.handle(), direction, borrower, slice);
        boolean made = false;
        try {
            Loan loan = new Loan(this, handle, direction, borrower, slice.offset(), slice.length());
            if (core.statistics) {
                leaks.remember(handle, loan);
            }
            made = true;
            return loan;
        } finally {
            if (!made) {
                loans.end(handle);
            }
        }
    }

    /** Ends a loan; whether it was open. */
    boolean endLoan(long handle) {
        return !core.isClosed() && loans.end(handle);
    }

    BufferRange range(long loan, long offset, long length) {
        return new BufferRange(rangeFd(loan), offset, length);
    }

    /** The descriptor of the whole buffer, which is given to the borrower. */
    int rangeFd(long loan) {
        loans.giveRange(loan);
        try {
            return core.buffer.fd();
        } catch (IllegalStateException e) {
            core.checkPoolOpen();
            throw e;
        }
    }

    // ---- close ----

    boolean isClosed() {
        return core.isClosed();
    }

    /** No slice begins any more, and none can be used. Tells whether this is the first call. */
    synchronized boolean close() {
        boolean first = !core.isClosed();
        ledger.stopOpening();
        maintenance.stop();
        return first;
    }

    /** Owners and loans that are open, named, the first few; empty if there are none. */
    String describeOpen() {
        return census.describeOpen();
    }

    // ---- statistics ----

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
        return PoolSurvey.of(allocator, ledger, core.statistics ? core.clock : null);
    }

    private PoolStatistics statistics(PoolSurvey survey) {
        AllocatorTotals now = survey.totals;
        SyncPlanner planner = core.planner;
        long withoutOwner = survey.count(PoolSurvey.State.QUARANTINED) + survey.count(PoolSurvey.State.RETIRING);
        return new PoolStatistics(
                core.name,
                capacity,
                now.usedBytes(),
                now.requestedBytes()
                        - survey.requested(PoolSurvey.State.QUARANTINED)
                        - survey.requested(PoolSurvey.State.RETIRING),
                now.peakUsedBytes(),
                now.largestFree(),
                survey.bytes(PoolSurvey.State.QUARANTINED),
                survey.bytes(PoolSurvey.State.RETIRING),
                now.liveCount() - withoutOwner,
                survey.count(PoolSurvey.State.RETIRING),
                survey.owners(),
                survey.loans(),
                loans.failed(),
                now.allocations(),
                exhausted.get(),
                fragmented.get(),
                overBudget.get(),
                invalid.get(),
                now.releases() + withoutOwner,
                waits.waits(),
                waits.waitNanos(),
                now.queuedRequests(),
                now.heldBytes(),
                leaks.leaks(),
                survey.bytesOf(leaks::isKept),
                survey.oldestNanos(),
                survey.sizeClasses(),
                survey.tags(),
                budgets.named(now.budgets()),
                planner.openWindows(),
                planner.statistics());
    }
}
