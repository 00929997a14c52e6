// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.ToLongFunction;

/**
 * One range for many threads, whose total throughput grows with their number. Safe for use by many threads.
 *
 * <p><b>Territories.</b> There is a stripe per processor, up to {@value #MOST_STRIPES}, each an allocator behind a lock
 * with a territory of its own within the one range. At first the first stripe has all of it, and all threads use that: a
 * single thread gets just what an allocator of its own would give. A thread that meets another one there moves to a
 * stripe of its own, which takes half of the largest hole there is for a territory, and more when it was too small for
 * long. So threads come to use different locks and different lines of memory.
 *
 * <p><b>One pool.</b> A part is given back to the stripe it came from, by any thread. What a thread's own stripe cannot
 * serve is served by any other; what none can serve alone is served by joining free pages across the borders of
 * territories, under all locks. Only then a request is refused; so borders never cost a request its space.
 *
 * <p><b>Refusals.</b> When a request was refused, {@link #refusedFrom} remembers its size until something is given back:
 * what is as large cannot be served either, and is refused at once without a lock.
 *
 * <p><b>Locks.</b> A thread that holds one stripe's lock waits for no other. All locks are taken in the order of stripes.
 *
 * <p><b>Part numbers.</b>
 *
 * <pre>
 *   27     25 24                        0
 *   s  s  s   b b b b b b … b b b b b b b
 *   stripe    block in the stripe's table
 * </pre>
 */
final class SharedAllocator implements OffsetAllocator {

    /** No more stripes than this, and no more than processors. */
    private static final int MOST_STRIPES = 8;

    /** Threads are told apart by so many seats; those that share a seat share their stripe. */
    private static final int SEATS = 64;

    private static final int SEAT_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(SEATS);
    /** 2^64 divided by the golden ratio: spreads neighbouring thread numbers over the seats (Fibonacci hashing). */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final long BLOCK_MASK = (1L << BLOCK_BITS) - 1;
    /** A hole is worth halving if it has at least this share of the capacity: a 64th. */
    private static final int WORTH_SHIFT = 6;
    /** Who has more than so many times the free bytes of another is richer; so territories come to rest. */
    private static final int RICHER = 2;

    private static final long NOTHING_REFUSED = Long.MAX_VALUE;

    private final AllocatorLayout layout;
    private final long granule;
    private final Stripe[] stripes;

    /** The stripe that the threads of each seat use. Races are benign: any answer is a stripe. */
    private final Stripe[] seats = new Stripe[SEATS];

    /** Requests of so many bytes and more are known to be in vain. Written under a lock of a stripe. */
    private volatile long refusedFrom = NOTHING_REFUSED;

    /** What was free when a request was refused last: an upper bound of what is free while {@link #refusedFrom} holds. */
    private volatile long freeWhenRefused;

    /** As of the last {@link #totals}; read and written under all locks. */
    private long peakUsedBytes;

    SharedAllocator(AllocatorLayout layout) {
        this(layout, Math.min(MOST_STRIPES, Runtime.getRuntime().availableProcessors()));
    }

    /** @param stripeCount stripes, 1 to {@value #MOST_STRIPES} */
    SharedAllocator(AllocatorLayout layout, int stripeCount) {
        this.layout = layout;
        this.granule = layout.granule();
        AtomicIntegerArray locks = StripeLock.row(stripeCount);
        stripes = new Stripe[stripeCount];
        for (int i = 0; i < stripeCount; i++) {
            stripes[i] = new Stripe(i, layout, locks);
        }
        Arrays.fill(seats, stripes[0]);
    }

    @Override
    public long allocate(long size, long alignment) {
        layout.checkRequest(size, alignment);
        if (size >= refusedFrom) {
            return failure(size, freeWhenRefused);
        }
        Stripe stripe = enter();
        long block;
        try {
            block = stripe.allocator.place(size, alignment);
        } finally {
            stripe.unlock();
        }
        return block == NO_SPACE ? allocateElsewhere(stripe, size, alignment) : part(stripe, block);
    }

    private static long part(Stripe stripe, long block) {
        return ((long) stripe.number << BLOCK_BITS) | block;
    }

    /** Locks the stripe of this thread's seat, or another one if a thread of another seat allocates there too. */
    private Stripe enter() {
        int seat = (int) ((Thread.currentThread().getId() * SPREAD) >>> SEAT_SHIFT);
        Stripe stripe = seats[seat];
        if (!stripe.tryLock()) {
            stripe = lockAnother(seat, stripe);
        }
        if (stripe.occupant != seat) {
            stripe.occupant = seat;
        }
        return stripe;
    }

    /** A stripe that is busy because something is given back to it stays the seat's; one that is shared does not. */
    private Stripe lockAnother(int seat, Stripe busy) {
        Stripe stripe = busy.occupant == seat ? busy : leastShared(seat, busy);
        stripe.lock();
        seats[seat] = stripe;
        return stripe;
    }

    /** The seat's own one, if it left it before, else one that nobody allocates from, else the next one. */
    private Stripe leastShared(int seat, Stripe busy) {
        Stripe best = stripes[(busy.number + 1) % stripes.length];
        for (Stripe stripe : stripes) {
            if (stripe.occupant == seat) {
                return stripe;
            }
            if (stripe.occupant == Stripe.NOBODY && best.occupant != Stripe.NOBODY) {
                best = stripe;
            }
        }
        return best;
    }

    private long allocateElsewhere(Stripe home, long size, long alignment) {
        if (home.wantsTerritory() && takeTerritory(home)) {
            long part = allocateIn(home, size, alignment);
            if (part != NO_SPACE) {
                return part;
            }
        }
        for (int i = 1; i < stripes.length; i++) {
            long part = allocateIn(stripes[(home.number + i) % stripes.length], size, alignment);
            if (part != NO_SPACE) {
                return part;
            }
        }
        return allocateAcross(size, alignment);
    }

    private long allocateIn(Stripe stripe, long size, long alignment) {
        stripe.lock();
        try {
            long block = stripe.allocator.place(size, alignment);
            return block == NO_SPACE ? NO_SPACE : part(stripe, block);
        } finally {
            stripe.unlock();
        }
    }

    /** A stripe takes half of the largest hole of a richer one, if that is worth halving. */
    private boolean takeTerritory(Stripe home) {
        lockAll();
        try {
            Stripe donor = home;
            for (Stripe stripe : stripes) {
                if (stripe.allocator.freeBytes() > donor.allocator.freeBytes()) {
                    donor = stripe;
                }
            }
            long most = largestHoleBytes(donor);
            long half = (most / 2) & -layout.extentUnit();
            boolean richer = donor.allocator.freeBytes() / RICHER > home.allocator.freeBytes();
            if (!richer || half == 0 || most < layout.capacity() >>> WORTH_SHIFT || !home.allocator.makeRoom()) {
                return false;
            }
            int hole = donor.allocator.largestHole();
            long offset = donor.allocator.holeOffset(hole) + most - half;
            donor.allocator.withdrawTerritory(hole, half);
            home.allocator.addTerritory(offset, half);
            return true;
        } finally {
            unlockAll();
        }
    }

    private static long largestHoleBytes(Stripe stripe) {
        int hole = stripe.allocator.largestHole();
        return hole == BlockTable.NONE ? 0 : stripe.allocator.holeBytes(hole);
    }

    /** The last resort: all stripes once more, as one moment, then free pages that adjoin across borders. */
    private long allocateAcross(long size, long alignment) {
        lockAll();
        try {
            for (Stripe stripe : stripes) {
                long block = stripe.allocator.place(size, alignment);
                if (block != NO_SPACE) {
                    return part(stripe, block);
                }
            }
            List<BorderHole> joinable = joinable(size, alignment);
            if (!joinable.isEmpty()) {
                Stripe stripe = join(joinable);
                return part(stripe, stripe.allocator.place(size, alignment));
            }
            long free = layout.capacity() - sum(TieredAllocator::usedBytes);
            if (alignment <= granule) {
                freeWhenRefused = free;
                refusedFrom = Math.min(refusedFrom, size);
            }
            return failure(size, free);
        } finally {
            unlockAll();
        }
    }

    private static long failure(long size, long freeBytes) {
        return freeBytes >= size ? FRAGMENTED : NO_SPACE;
    }

    /** A hole that a piece of a territory begins or ends with. */
    private record BorderHole(Stripe stripe, int hole, long offset, long bytes) {
        long end() {
            return offset + bytes;
        }
    }

    /** The first holes in a row, across borders, that have room together; empty if there are none. */
    private List<BorderHole> joinable(long size, long alignment) {
        for (List<BorderHole> row : rowsAcrossBorders()) {
            long first = (row.get(0).offset() + alignment - 1) & -alignment;
            if (first + size <= row.get(row.size() - 1).end()) {
                return row;
            }
        }
        return List.of();
    }

    /** All rows of holes that adjoin, in the order of addresses. */
    private List<List<BorderHole>> rowsAcrossBorders() {
        List<BorderHole> holes = new ArrayList<>();
        for (Stripe stripe : stripes) {
            TieredAllocator allocator = stripe.allocator;
            allocator.forEachHoleAtBorder(hole ->
                    holes.add(new BorderHole(stripe, hole, allocator.holeOffset(hole), allocator.holeBytes(hole))));
        }
        holes.sort(Comparator.comparingLong(BorderHole::offset));
        List<List<BorderHole>> rows = new ArrayList<>();
        long end = -1;
        for (BorderHole hole : holes) {
            if (hole.offset() != end) {
                rows.add(new ArrayList<>());
            }
            rows.get(rows.size() - 1).add(hole);
            end = hole.end();
        }
        return rows;
    }

    /** Makes a row of holes one hole of the first one's stripe. */
    private static Stripe join(List<BorderHole> row) {
        BorderHole first = row.get(0);
        for (BorderHole hole : row.subList(1, row.size())) {
            hole.stripe().allocator.withdrawTerritory(hole.hole(), hole.bytes());
            first.stripe().allocator.extendTerritory(first.hole(), hole.bytes());
        }
        return first.stripe();
    }

    @Override
    public long free(long part) {
        Stripe stripe = stripeOf(part);
        stripe.lock();
        try {
            long bytes = stripe.allocator.free(part & BLOCK_MASK);
            if (refusedFrom != NOTHING_REFUSED) {
                refusedFrom = NOTHING_REFUSED;
            }
            return bytes;
        } finally {
            stripe.unlock();
        }
    }

    private Stripe stripeOf(long part) {
        long number = part >>> BLOCK_BITS;
        if (number >= stripes.length) {
            throw TieredAllocator.notLive(part);
        }
        return stripes[(int) number];
    }

    @Override
    public long offset(long part) {
        return stripeOf(part).allocator.offset(part & BLOCK_MASK);
    }

    @Override
    public long reserved(long part) {
        return stripeOf(part).allocator.reserved(part & BLOCK_MASK);
    }

    @Override
    public long requested(long part) {
        return stripeOf(part).allocator.requested(part & BLOCK_MASK);
    }

    @Override
    public long capacity() {
        return layout.capacity();
    }

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
            for (Stripe stripe : stripes) {
                stripe.allocator.forEachPart(block -> visitor.part(part(stripe, block)));
            }
            return totalsWhileLocked();
        } finally {
            unlockAll();
        }
    }

    /** All locks are held. */
    private AllocatorTotals totalsWhileLocked() {
        long peaks = sum(TieredAllocator::peakUsedBytes);
        for (Stripe stripe : stripes) {
            stripe.allocator.resetPeak();
        }
        peakUsedBytes = Math.max(peakUsedBytes, peaks);
        return new AllocatorTotals(
                layout.capacity(),
                sum(TieredAllocator::usedBytes),
                sum(TieredAllocator::requestedBytes),
                peakUsedBytes,
                largestFree(),
                sum(TieredAllocator::allocations),
                sum(TieredAllocator::releases));
    }

    /** All locks are held. */
    private long sum(ToLongFunction<TieredAllocator> figure) {
        long sum = 0;
        for (Stripe stripe : stripes) {
            sum += figure.applyAsLong(stripe.allocator);
        }
        return sum;
    }

    /** In one territory or across borders. All locks are held. */
    private long largestFree() {
        long most = 0;
        for (Stripe stripe : stripes) {
            most = Math.max(most, stripe.allocator.largestFree());
        }
        for (List<BorderHole> row : rowsAcrossBorders()) {
            most = Math.max(most, row.get(row.size() - 1).end() - row.get(0).offset());
        }
        return most;
    }

    @Override
    public void forEachRegion(RegionVisitor visitor) {
        record Region(long offset, long length, boolean live) {}
        List<Region> regions = new ArrayList<>();
        lockAll();
        try {
            for (Stripe stripe : stripes) {
                stripe.allocator.forEachRegion((offset, length, live) -> regions.add(new Region(offset, length, live)));
            }
        } finally {
            unlockAll();
        }
        regions.sort(Comparator.comparingLong(Region::offset));
        regions.forEach(region -> visitor.region(region.offset(), region.length(), region.live()));
    }

    @Override
    public void forEachPart(PartVisitor visitor) {
        for (Stripe stripe : stripes) {
            stripe.lock();
            try {
                stripe.allocator.forEachPart(block -> visitor.part(part(stripe, block)));
            } finally {
                stripe.unlock();
            }
        }
    }

    private void lockAll() {
        for (Stripe stripe : stripes) {
            stripe.lock();
        }
    }

    private void unlockAll() {
        for (int i = stripes.length - 1; i >= 0; i--) {
            stripes[i].unlock();
        }
    }

    /** All territories together are the range, and every stripe holds what holds for an allocator. */
    void checkInvariants() {
        lockAll();
        try {
            for (Stripe stripe : stripes) {
                stripe.allocator.checkInvariants();
            }
        } finally {
            unlockAll();
        }
        long[] end = new long[1];
        forEachRegion((offset, length, live) -> {
            Invariants.equal("begin of the region after the one before", end[0], offset);
            end[0] += length;
        });
        Invariants.equal("end of the last region", layout.capacity(), end[0]);
    }

    @Override
    public long metadataBytes() {
        long bytes = 0;
        for (Stripe stripe : stripes) {
            bytes += stripe.allocator.metadataBytes();
        }
        return bytes;
    }
}
