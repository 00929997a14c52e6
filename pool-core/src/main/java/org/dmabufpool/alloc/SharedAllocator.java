// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One map of blocks for all threads, and small parts that wait in stripes in front of it. Safe for use by many threads.
 *
 * <pre>
 *   thread ─┐          ┌─ stripe 0: small parts that wait, a lock ─┐
 *   thread ─┼─ number ─┼─ stripe 1                                 ├─ the map of all blocks, a lock
 *   thread ─┘          └─ …                                        ┘
 * </pre>
 *
 * <p><b>Stripes.</b> Where threads meet at the map's lock, small parts that are given back wait in the stripe of the thread for
 * a while, and the next request of their size there takes them as they are. All else goes to the map. What waits in a stripe is
 * no more than a share of the range. It is taken from any stripe, then given back to the map, where it joins its neighbours,
 * before a request is refused. So it costs no request its space.
 *
 * <p><b>Ranges.</b> The map is of the common range and of those that budgets keep; {@link Ranges} finds the place of a
 * request. Requests that have a budget or a class of a plan, and parts that are charged to a budget, go to the map at once.
 *
 * <p><b>Waiting.</b> Requests that wait are in {@link SpaceQueues}, under the map's lock. Whoever gives space back serves
 * them, and tells them after it has released the lock. The first joins under all locks, when nothing waits in stripes any
 * more; as long as a request waits, nothing does, so the map alone knows what is used, and its lock is enough for all there
 * is to do.
 *
 * <p><b>Locks.</b> One stripe's lock is taken before the map's. What needs the whole allocator at one moment takes the
 * stripes' locks in the order of their numbers, then the map's: a refusal, a new peak, a larger table, a question.
 *
 * <p><b>Peak.</b> What is used is what the map has handed out, less what waits. That is not added up at each request: each stripe
 * pledges some of its bytes, which it does not hand out without asking. So under the map's lock it is known that no more is
 * used than what the map has handed out less all pledges, and as long as that is below the peak, the peak stays. A
 * stripe lowers its pledge under the map's lock; what may be a new peak is done under all locks.
 */
final class SharedAllocator implements OffsetAllocator {

    /** Stripes for each processor, so that few threads meet in one. */
    private static final int STRIPES_A_PROCESSOR = 4;

    private static final int MOST_STRIPES = 16;
    /** 2^64 divided by the golden ratio: spreads neighbouring thread numbers over the stripes (Fibonacci hashing). */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final AllocatorLayout layout;
    private final Ranges ranges;
    private final Tally tally;
    /** The common range; it also knows the parts of the others, as all share one table. */
    private final TieredAllocator map;

    private final AllocatorLock mapLock;
    private final Stripe[] stripes;
    private final int stripeShift;

    /** Requests that wait for space, under the map's lock. While there are any, no part waits in a stripe. */
    private final SpaceQueues queue;

    /**
     * The most bytes that were ever used at one moment. Read under the map's lock; written under all, or, while requests
     * wait, under the map's.
     */
    private long peakUsedBytes;
    /** The sum of what stripes pledge. Read and written under the map's lock. */
    private long pledgedBytes;

    // What is done with each part that waits, made beforehand: a call that has done half of it must not fail for want
    // of memory.
    private final IntConsumer giveBack;
    private final IntConsumer noteWaiting;
    private final IntConsumer forgetWaiting;

    /** Whether a thread ever found the map's lock taken: until then nothing waits in stripes. A race is benign. */
    private boolean contended;

    /** @param shared whether many threads will use it; else it takes no lock */
    SharedAllocator(AllocatorLayout layout, boolean shared) {
        this(layout, shared, null);
    }

    /** @param places where requests of each class are to lie, in bytes; null for none */
    SharedAllocator(AllocatorLayout layout, boolean shared, long @Nullable [][] places) {
        this(layout, new Ranges(layout, new BlockTable(), places), shared, shared ? defaultStripes() : 1);
    }

    /** @param stripeCount a power of two */
    SharedAllocator(AllocatorLayout layout, boolean shared, int stripeCount) {
        this(layout, new Ranges(layout, new BlockTable(), null), shared, stripeCount);
    }

    SharedAllocator(AllocatorLayout layout, Ranges ranges, boolean shared, int stripeCount) {
        this.layout = layout;
        this.ranges = ranges;
        tally = ranges.tally();
        map = ranges.common();
        giveBack = map::freeWaiting;
        noteWaiting = part -> map.noteWaiting(part, true);
        forgetWaiting = part -> map.noteWaiting(part, false);
        mapLock = new AllocatorLock(shared);
        queue = new SpaceQueues(ranges);
        stripes = new Stripe[stripeCount];
        for (int i = 0; i < stripeCount; i++) {
            stripes[i] = new Stripe(shared, TieredAllocator.SIZES, layout.waitingLimit());
        }
        // Shifted in two steps, as a shift by 64 would do nothing.
        stripeShift = Long.SIZE - 1 - Integer.numberOfTrailingZeros(stripeCount);
    }

    private static int defaultStripes() {
        int wanted = Math.min(
                MOST_STRIPES, STRIPES_A_PROCESSOR * Runtime.getRuntime().availableProcessors());
        return Integer.highestOneBit(wanted);
    }

    // ---- parts begin ----

    @Override
    public long allocate(long size, long alignment, int kind) {
        layout.checkRequest(size, alignment);
        int number = map.sizeNumber(size, alignment);
        if (contended && number != TieredAllocator.LARGE && kind == Kind.NONE) {
            int part = takeAgain(size, number);
            if (part != BlockTable.NONE) {
                return part;
            }
        }
        int part = takeFromMap(size, alignment, number, kind);
        return part == BlockTable.NONE ? takeFromAll(size, alignment, number, kind) : part;
    }

    private int takeAgain(long size, int number) {
        if (!stripes[ownStripe()].isFilled()) {
            return BlockTable.NONE;
        }
        Stripe stripe = lockStripe();
        try {
            return stripe.has(number) && mayTake(stripe, map.bytesOf(number))
                    ? takeAgain(stripe, size, number)
                    : BlockTable.NONE;
        } finally {
            stripe.unlock();
        }
    }

    /** Whether so many bytes can be taken from a locked stripe without a new peak. */
    private boolean mayTake(Stripe stripe, long bytes) {
        long left = stripe.bytes() - bytes;
        if (left >= stripe.pledgedBytes()) {
            return true;
        }
        mapLock.lock();
        try {
            long others = pledgedBytes - stripe.pledgedBytes();
            long room = peakUsedBytes - (tally.usedBytes - others - left);
            if (room >= 0) {
                pledge(stripe, left - room / 2);
            }
            return room >= 0;
        } finally {
            mapLock.unlock();
        }
    }

    private void pledge(Stripe stripe, long bytes) {
        pledgedBytes -= stripe.pledgedBytes();
        stripe.setPledgedBytes(Math.max(0, bytes));
        pledgedBytes += stripe.pledgedBytes();
    }

    private int takeAgain(Stripe stripe, long size, int number) {
        long reserved = map.bytesOf(number);
        int part = stripe.take(number, reserved, size);
        map.takeAgain(part, reserved, size);
        return part;
    }

    private int ownStripe() {
        return (int) ((Thread.currentThread().getId() * SPREAD) >>> 1 >>> stripeShift);
    }

    /** Takes the map's lock. If it is taken, the next small parts of the thread wait. */
    private void lockMap() {
        if (!mapLock.tryLock()) {
            contended = true;
            stripes[ownStripe()].setBusy();
            mapLock.lock();
        }
    }

    /** The stripe of the thread, or the next one whose lock is free. */
    private Stripe lockStripe() {
        int own = ownStripe();
        Stripe stripe = stripes[own];
        if (stripe.tryLock()) {
            return stripe;
        }
        for (int i = 1; i < stripes.length; i++) {
            Stripe other = stripes[(own + i) & (stripes.length - 1)];
            if (other.tryLock()) {
                return other;
            }
        }
        stripe.lock();
        return stripe;
    }

    /** From the map, if its table has room and what it hands out stays below the peak. */
    private int takeFromMap(long size, long alignment, int number, int kind) {
        lockMap();
        try {
            return ranges.hasRoom() && tally.usedBytes + map.mostReserved(size) - pledgedBytes <= peakUsedBytes
                    ? place(size, alignment, number, kind)
                    : BlockTable.NONE;
        } finally {
            mapLock.unlock();
        }
    }

    private int place(long size, long alignment, int number, int kind) {
        int part = ranges.place(size, alignment, number, kind, null);
        if (part != BlockTable.NONE && !queue.isEmpty()) {
            queue.overtaken(part);
        }
        return part;
    }

    private long takeFromAll(long size, long alignment, int number, int kind) {
        lockAll();
        try {
            pledgeAllBut(Long.MAX_VALUE);
            if (!ranges.makeRoom()) {
                return NO_SPACE;
            }
            int part = kind == Kind.NONE ? takeAgainFromAny(size, number) : BlockTable.NONE;
            if (part == BlockTable.NONE) {
                part = place(size, alignment, number, kind);
            }
            if (part == BlockTable.NONE && giveAllBack()) {
                part = place(size, alignment, number, kind);
            }
            return part == BlockTable.NONE ? refusal(size, Kind.budget(kind)) : part;
        } finally {
            // Also where there was no memory for a larger table: what waits must not be taken again unasked.
            peakUsedBytes = Math.max(peakUsedBytes, usedBytes());
            pledgeAllBut((peakUsedBytes - usedBytes()) / (2L * stripes.length));
            unlockAll();
        }
    }

    /** Every stripe pledges what waits in it, but for so many bytes. All locks are held. */
    private void pledgeAllBut(long bytes) {
        for (Stripe stripe : stripes) {
            pledge(stripe, stripe.bytes() - bytes);
        }
    }

    private int takeAgainFromAny(long size, int number) {
        for (Stripe stripe : stripes) {
            if (number != TieredAllocator.LARGE && stripe.has(number)) {
                return takeAgain(stripe, size, number);
            }
        }
        return BlockTable.NONE;
    }

    /** Gives all that waits, of which nothing is pledged, back to the map; whether anything did. All locks are held. */
    private boolean giveAllBack() {
        boolean any = false;
        for (Stripe stripe : stripes) {
            any |= stripe.bytes() > 0;
            stripe.forEach(giveBack);
            stripe.clear();
        }
        return any;
    }

    private long refusal(long size, int budget) {
        if (ranges.isUsedUp(size, budget, null)) {
            return OVER_BUDGET;
        }
        long free = map.capacity() - commonUsedBytes() - map.heldBytes() + ranges.keptFreeBytes(budget);
        return free >= size ? FRAGMENTED : NO_SPACE;
    }

    // ---- parts end ----

    @Override
    public long free(long part) {
        if (contended) {
            int block = map.checkLive(part);
            int number = map.sizeNumber(block);
            long reserved = map.reservedBytes(block);
            if (number != TieredAllocator.LARGE
                    && ranges.budget(block) == Budget.NONE
                    && letWait(block, number, reserved)) {
                return reserved;
            }
        }
        QueuedRequest served = null;
        long reserved;
        lockMap();
        try {
            if (queue.isEmpty()) {
                reserved = ranges.free(part);
            } else {
                int block = map.checkLive(part);
                TieredAllocator range = ranges.rangeOf(block);
                int budget = ranges.budget(block);
                reserved = ranges.free(part);
                served = queue.freed(range, budget, reserved);
                notePeak();
            }
        } finally {
            mapLock.unlock();
        }
        tell(served, null);
        return reserved;
    }

    private boolean letWait(int block, int number, long reserved) {
        if (!stripes[ownStripe()].isBusy()) {
            return false;
        }
        Stripe stripe = lockStripe();
        try {
            boolean room = queue.isEmpty() && stripe.admits(number, reserved);
            if (room) {
                stripe.give(number, block, reserved, map.requested(map.checkLive(block)));
                map.setWaiting(block);
            }
            return room;
        } finally {
            stripe.unlock();
        }
    }

    // ---- requests wait ----

    @Override
    public long allocateOrQueue(QueuedRequest request) {
        layout.checkRequest(request.size, request.alignment);
        boolean goesAhead = request.urgent && !queue.isEmpty();
        long part = goesAhead ? NO_SPACE : allocate(request.size, request.alignment, request.kind);
        boolean mayWait = request.size <= ranges.longest(Kind.budget(request.kind));
        return part < 0 && mayWait ? join(request) : part;
    }

    private long join(QueuedRequest request) {
        QueuedRequest served;
        long part;
        lockAll();
        try {
            pledgeAllBut(Long.MAX_VALUE);
            giveAllBack();
            served = queue.add(request);
            part = request.part();
            notePeak();
        } finally {
            unlockAll();
        }
        tell(served, request);
        return part == BlockTable.NONE ? QUEUED : part;
    }

    @Override
    public boolean leaveQueue(QueuedRequest request) {
        if (request.part() != BlockTable.NONE) {
            return false;
        }
        QueuedRequest served;
        mapLock.lock();
        try {
            if (!request.queued) {
                return false;
            }
            served = queue.remove(request);
            notePeak();
        } finally {
            mapLock.unlock();
        }
        tell(served, null);
        return true;
    }

    @Override
    public void dismissQueue() {
        QueuedRequest dismissed;
        mapLock.lock();
        try {
            dismissed = queue.dismissAll();
        } finally {
            mapLock.unlock();
        }
        tell(dismissed, null);
    }

    /** Where requests wait, nothing waits in stripes: what is used is what the map has handed out. */
    private void notePeak() {
        if (tally.usedBytes - pledgedBytes > peakUsedBytes) {
            peakUsedBytes = tally.usedBytes - pledgedBytes;
        }
    }

    private static void tell(@Nullable QueuedRequest answered, @Nullable QueuedRequest caller) {
        QueuedRequest next = answered;
        while (next != null) {
            QueuedRequest request = next;
            next = request.next;
            if (request != caller) {
                request.answered();
            }
        }
    }

    // ---- what is known of a part ----

    @Override
    public long offset(long part) {
        return map.offset(map.checkLive(part));
    }

    @Override
    public long reserved(long part) {
        return map.reservedBytes(map.checkLive(part));
    }

    @Override
    public long requested(long part) {
        return map.requested(map.checkLive(part));
    }

    @Override
    public long capacity() {
        return layout.capacity();
    }

    // ---- questions, none of which changes anything ----

    @Override
    public AllocatorTotals totals() {
        lockAll();
        try {
            return totalsWhileLocked();
        } finally {
            unlockAll();
        }
    }

    @Override
    public AllocatorTotals survey(PartVisitor visitor) {
        lockAll();
        try {
            map.forEachPart(visitor);
            return totalsWhileLocked();
        } finally {
            unlockAll();
        }
    }

    private AllocatorTotals totalsWhileLocked() {
        return new AllocatorTotals(
                layout.capacity(),
                usedBytes(),
                tally.requestedBytes + sum(stripe -> stripe.requestedBytes()),
                peakUsedBytes,
                largestFree(),
                tally.allocations + sum(stripe -> stripe.allocations()),
                tally.releases + sum(stripe -> stripe.releases()),
                ranges.heldBytes(),
                queue.count(),
                ranges.budgets());
    }

    /** All locks are held. */
    private long usedBytes() {
        return tally.usedBytes - waitingBytes();
    }

    /** As {@link #usedBytes}, in the common range. */
    private long commonUsedBytes() {
        return ranges.commonUsedBytes() - waitingBytes();
    }

    private long waitingBytes() {
        long waiting = 0;
        for (Stripe stripe : stripes) {
            waiting += stripe.bytes();
        }
        return waiting;
    }

    private long sum(ToLongFunction<Stripe> figure) {
        long sum = 0;
        for (Stripe stripe : stripes) {
            sum += figure.applyAsLong(stripe);
        }
        return sum;
    }

    /** All locks are held. */
    private long largestFree() {
        noteWaiting(true);
        try {
            long[] most = {map.largestFree()};
            for (Stripe stripe : stripes) {
                stripe.forEach(part -> most[0] = Math.max(most[0], map.largestFreeAround(part)));
            }
            return most[0];
        } finally {
            noteWaiting(false);
        }
    }

    /** Notes or forgets in the map what waits in stripes. All locks are held. */
    private void noteWaiting(boolean waits) {
        for (Stripe stripe : stripes) {
            stripe.forEach(waits ? noteWaiting : forgetWaiting);
        }
    }

    @Override
    public long availability(long size, int budget) {
        layout.checkRequest(size, 1);
        lockAll();
        try {
            noteWaiting(true);
            try {
                return ranges.availability(size, budget);
            } finally {
                noteWaiting(false);
            }
        } finally {
            unlockAll();
        }
    }

    @Override
    public long longest(int budget) {
        return ranges.longest(budget);
    }

    @Override
    public void forEachRegion(RegionVisitor visitor) {
        record Region(long offset, long length, boolean live) {}
        List<Region> regions = new ArrayList<>();
        lockAll();
        try {
            noteWaiting(true);
            try {
                ranges.forEachRegion((offset, length, live) -> regions.add(new Region(offset, length, live)));
            } finally {
                noteWaiting(false);
            }
        } finally {
            unlockAll();
        }
        regions.forEach(region -> visitor.region(region.offset(), region.length(), region.live()));
    }

    @Override
    public void forEachPart(PartVisitor visitor) {
        lockAll();
        try {
            map.forEachPart(visitor);
        } finally {
            unlockAll();
        }
    }

    private void lockAll() {
        for (Stripe stripe : stripes) {
            stripe.lock();
        }
        mapLock.lock();
    }

    private void unlockAll() {
        mapLock.unlock();
        for (int i = stripes.length - 1; i >= 0; i--) {
            stripes[i].unlock();
        }
    }

    /** What the map holds, and that it agrees with the stripes: what waits there, and nothing else, is marked so. */
    void checkInvariants() {
        lockAll();
        try {
            ranges.checkInvariants();
            queue.checkInvariants();
            long[] sums = new long[5];
            for (Stripe stripe : stripes) {
                stripe.forEach(part -> sums[0] += map.waitingBytes(part));
            }
            map.forEachPart(part -> {
                sums[1] += map.reservedBytes((int) part);
                sums[2] += map.requested((int) part);
                sums[3]++;
            });
            AllocatorTotals totals = totalsWhileLocked();
            Invariants.equal("bytes that wait", sums[0], tally.usedBytes - totals.usedBytes());
            Invariants.equal("used bytes of live parts", sums[1], totals.usedBytes());
            Invariants.equal("requested bytes of live parts", sums[2], totals.requestedBytes());
            Invariants.equal("live parts", sums[3], totals.liveCount());
            Invariants.equal("used bytes above the peak", 0, Math.max(0, totals.usedBytes() - peakUsedBytes));
            for (Stripe stripe : stripes) {
                sums[4] += stripe.pledgedBytes();
                Invariants.equal("pledge beyond what waits", 0, stripe.pledgedBytes() > stripe.bytes() ? 1 : 0);
            }
            Invariants.equal("pledged bytes", sums[4], pledgedBytes);
            Invariants.equal(
                    "bytes that may be used without asking, above the peak",
                    0,
                    Math.max(0, tally.usedBytes - pledgedBytes - peakUsedBytes));
        } finally {
            unlockAll();
        }
    }

    @Override
    public long metadataBytes() {
        return ranges.metadataBytes();
    }
}
