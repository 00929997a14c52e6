// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps accesses that read and accesses that write apart, over a whole buffer, whichever threads they are of; and accesses
 * that write from devices that write. Safe for use by many threads.
 *
 * <p><b>Rule:</b> an access that reads and another one that writes are never inside together, be they of one thread: a view
 * may be written by any thread at any moment. Any number that only read are, and any number that only write. One access to
 * several slices that reads some and writes others is alone.
 *
 * <p><b>Devices:</b> while a device writes, no access whose END cleans the whole buffer may be inside, as that END would copy
 * old bytes over those of the device (bounced DMA). Nobody waits for a device: {@link #enter} and {@link #lend} answer at once.
 *
 * <p>When such a device has done, the CPU's memory may still hold the old bytes: with bounced DMA the device wrote elsewhere.
 * Until a START that reads the whole buffer has fetched what it wrote, an access whose END cleans the whole buffer is let in
 * alone, as if it read, and {@linkplain #mustFetch must fetch} before its START.
 *
 * <p><b>Fairness:</b> first come, first served, but a thread that has an access inside passes the queue: those who wait
 * for it to leave would otherwise wait without end.
 *
 * <p><b>Deadlock:</b> a wait begins only if it can end. A thread that would wait for an access that it opened itself is
 * refused at once. No other circle of waits is there: all that are inside are of one kind, so a thread that has an access
 * inside never waits for another one's without waiting for its own. Every wait is bounded by the timeout.
 */
final class Exclusion {

    /** An access that takes no part. */
    static final int NOTHING = 0;
    /** An access whose START or END may invalidate all lines. */
    static final int READS = 1;
    /** An access that makes lines dirty. */
    static final int WRITES = 2;
    /** An access whose END cleans the whole buffer. */
    static final int CLEANS_ALL = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
    /** Accesses inside: who opened each, and what it does. Entries of equal kind are interchangeable. */
    private final ArrayList<Entry> inside = new ArrayList<>();
    /** Entries to be used again, so that an access makes no garbage. */
    private final List<Entry> spare = new ArrayList<>();

    private final long timeoutNanos;
    private final String why;
    private int readers;
    private int writers;
    private int cleaners;
    private int writingDevices;
    /** Loans to writing devices that have ended, and how many of them had when the last fetch began. */
    private long devicesDone;

    private long devicesFetched;
    private boolean closed;

    /**
     * Nobody is inside yet.
     *
     * @param timeoutNanos how long a wait may be
     * @param why the reason for syncing a whole buffer, for messages
     */
    Exclusion(long timeoutNanos, String why) {
        this.timeoutNanos = timeoutNanos;
        this.why = why;
    }

    /** An access inside, or one that waits. */
    private static class Entry {
        Thread opener = Thread.currentThread();
        /** What the access asked for, and is known by. */
        int asked;
        /** What it excludes: more than it asked for while it must fetch what devices wrote. */
        int kind;

        boolean reads() {
            return (kind & READS) != 0;
        }

        boolean writes() {
            return (kind & WRITES) != 0;
        }

        /** How well this answers to what leaves: -1 if not at all, 3 if in kind and thread. */
        int fit(Thread thread, int leaving) {
            if (((asked ^ leaving) & ~READS) != 0) {
                return -1;
            }
            return (asked == leaving ? 2 : 0) + (opener == thread ? 1 : 0);
        }

        boolean excludes(Entry other) {
            return (reads() && other.writes()) || (writes() && other.reads());
        }

        @Override
        public String toString() {
            return opener.getName() + " (" + describe(kind) + ")";
        }
    }

    private static String describe(int kind) {
        return switch (kind & (READS | WRITES)) {
            case READS -> "READ";
            case WRITES -> "WRITE";
            default -> "READ_WRITE";
        };
    }

    private static final class Waiter extends Entry {}

    /**
     * Lets an access of the current thread in, waiting for others to leave if it must.
     *
     * @param kind the bits {@link #READS}, {@link #WRITES} and {@link #CLEANS_ALL}
     * @return whether it is in; false if its END would clean the whole buffer while a device writes
     * @throws AccessBlockedException after the timeout, on interrupt, or at once where waiting could never end
     * @throws IllegalStateException if this is closed, before or meanwhile
     */
    boolean enter(int kind) {
        lock.lock();
        try {
            requireOpen();
            reserveEntry();
            if (isExcludedByDevice(kind) || (!isFree(effective(kind)) && !await(kind))) {
                return false;
            }
            add(kind);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #enter}, but false where it would have to wait. */
    boolean tryEnter(int kind) {
        lock.lock();
        try {
            requireOpen();
            reserveEntry();
            boolean free = !isExcludedByDevice(kind) && isFree(effective(kind));
            if (free) {
                add(kind);
            }
            return free;
        } finally {
            lock.unlock();
        }
    }

    private void add(int kind) {
        Entry entry = spare.remove(spare.size() - 1);
        entry.opener = Thread.currentThread();
        entry.asked = kind;
        entry.kind = effective(kind);
        inside.add(entry);
        count(entry, 1);
    }

    /** What an access excludes that asks for this kind now. */
    private int effective(int kind) {
        return (kind & CLEANS_ALL) != 0 && devicesFetched < devicesDone ? kind | READS : kind;
    }

    /** Whether the access of this kind that the current thread has just entered with must fetch what devices wrote. */
    boolean mustFetch(int kind) {
        lock.lock();
        try {
            return (kind & READS) == 0 && inside.size() == 1 && inside.get(0).kind != inside.get(0).asked;
        } finally {
            lock.unlock();
        }
    }

    /** How many loans to writing devices have ended: taken before a START that reads the whole buffer, for {@link #fetched}. */
    long devicesDone() {
        lock.lock();
        try {
            return devicesDone;
        } finally {
            lock.unlock();
        }
    }

    /** A START that reads the whole buffer has done, and with it what so many devices wrote is in the CPU's memory. */
    void fetched(long devices) {
        lock.lock();
        try {
            devicesFetched = Math.max(devicesFetched, devices);
            if (devicesFetched == devicesDone) {
                inside.forEach(this::excludeAsAsked);
                left.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void excludeAsAsked(Entry entry) {
        count(entry, -1);
        entry.kind = entry.asked;
        count(entry, 1);
    }

    /** So that nothing can fail after a wait. */
    private void reserveEntry() {
        if (spare.isEmpty()) {
            spare.add(new Entry());
        }
        inside.ensureCapacity(inside.size() + 1);
    }

    private void count(Entry entry, int by) {
        readers += entry.reads() ? by : 0;
        writers += entry.writes() ? by : 0;
        cleaners += (entry.kind & CLEANS_ALL) != 0 ? by : 0;
    }

    private boolean isExcludedByDevice(int kind) {
        return (kind & CLEANS_ALL) != 0 && writingDevices > 0;
    }

    /** Whether nobody inside or ahead excludes such an access. */
    private boolean isFree(int kind) {
        return queue.isEmpty() && !isExcludedInside(kind);
    }

    private boolean isExcludedInside(int kind) {
        return ((kind & READS) != 0 && writers > 0) || ((kind & WRITES) != 0 && readers > 0);
    }

    /** Waits for its turn; false if a device writes by then. */
    private boolean await(int kind) {
        Waiter waiter = new Waiter();
        waiter.asked = kind;
        queue.addLast(waiter);
        try {
            awaitTurn(waiter);
            reserveEntry();
            return !isExcludedByDevice(kind);
        } finally {
            queue.remove(waiter);
            left.signalAll();
        }
    }

    private void awaitTurn(Waiter waiter) {
        long nanosLeft = timeoutNanos;
        while (mustWait(waiter)) {
            if (hasInside(waiter.opener, waiter)) {
                throw new AccessBlockedException(describe(
                        waiter,
                        "would wait for an access that it opened itself: open both in one bracket, such as"
                                + " pool.access(read(a), write(b))"));
            }
            if (nanosLeft <= 0) {
                throw new AccessBlockedException(
                        describe(waiter, "waited " + timeoutNanos / 1_000_000 + " ms without success"));
            }
            try {
                nanosLeft = left.awaitNanos(nanosLeft);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AccessBlockedException(describe(waiter, "was interrupted while it waited"));
            }
            requireOpen();
        }
    }

    private boolean mustWait(Waiter waiter) {
        waiter.kind = effective(waiter.asked);
        return isExcludedInside(waiter.kind) || (isExcludedAhead(waiter) && !isInside(waiter.opener));
    }

    private boolean isExcludedAhead(Waiter waiter) {
        for (Waiter ahead : queue) {
            if (ahead == waiter) {
                return false;
            }
            if (ahead.excludes(waiter)) {
                return true;
            }
        }
        return false;
    }

    private boolean isInside(Thread thread) {
        for (Entry entry : inside) {
            if (entry.opener == thread) {
                return true;
            }
        }
        return false;
    }

    private boolean hasInside(Thread thread, Entry excluded) {
        for (Entry entry : inside) {
            if (entry.opener == thread && entry.excludes(excluded)) {
                return true;
            }
        }
        return false;
    }

    /**
     * An access leaves. Which of several of one kind it was matters only to who waits for whom: the opener's own is taken
     * if there is one, else any, as another thread may end an access that is known by a handle alone. Whoever ends another range
     * than was started may name a kind that reads where the one inside does not, or the other way round: it is taken for want of
     * an exact one.
     */
    void leave(Thread opener, int kind) {
        lock.lock();
        try {
            int at = indexOf(opener, kind);
            Entry entry = inside.get(at);
            int last = inside.size() - 1;
            inside.set(at, inside.get(last));
            inside.remove(last);
            count(entry, -1);
            spare.add(entry); // There is room: it came from there.
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int indexOf(Thread opener, int kind) {
        int best = -1;
        int found = -1;
        for (int i = 0; i < inside.size(); i++) {
            int fit = inside.get(i).fit(opener, kind);
            if (fit > best) {
                best = fit;
                found = i;
            }
        }
        if (found < 0) {
            throw new IllegalStateException("no such access is inside: " + describe(kind));
        }
        return found;
    }

    /** A device is about to write; whether it may, which it may not while an access will clean the whole buffer. */
    boolean lend() {
        lock.lock();
        try {
            if (cleaners > 0) {
                return false;
            }
            writingDevices++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A device that wrote has done. */
    void endLoan() {
        lock.lock();
        try {
            writingDevices--;
            devicesDone++;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody enters any more; who waits is told. */
    void close() {
        lock.lock();
        try {
            closed = true;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the pool's buffer is closed");
        }
    }

    /** Accesses that wait to enter; for tests. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private String describe(Waiter waiter, String what) {
        return "access for " + describe(waiter.kind) + " by thread " + waiter.opener.getName() + " " + what
                + ": this pool is synced as a whole buffer (" + why
                + "), so accesses that read and accesses that write exclude one another; inside are " + inside
                + ". Close those accesses first, or use a heap with windows or partial sync";
    }
}
