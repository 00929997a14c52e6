// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps readers and writers of different threads apart, over a whole buffer.
 *
 * <p><b>Rule:</b> a thread that reads and another that writes are never inside together; any number of threads that
 * only read are, and any number that only write. A thread never excludes itself.
 *
 * <p><b>Fairness:</b> first come, first served, but a thread that is inside already passes the queue: those who wait
 * for it to leave would otherwise wait for ever.
 *
 * <p><b>Deadlock:</b> a wait begins only if it can end. A thread that would wait for one that, step by step, waits for
 * it, is refused at once; every other wait is bounded by the timeout.
 */
final class WholeBufferExclusion {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Map<Thread, Holding> inside = new LinkedHashMap<>();
    private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
    private final Duration timeout;
    private final String why;

    /**
     * Nobody is inside yet.
     *
     * @param timeout how long a wait may be
     * @param why the reason for syncing a whole buffer, for messages
     */
    WholeBufferExclusion(Duration timeout, String why) {
        this.timeout = timeout;
        this.why = why;
    }

    /**
     * Lets the thread in, waiting for others to leave if it must.
     *
     * @return whether the thread was already writing before
     * @throws AccessBlockedException after the timeout, on interrupt, or at once where waiting could never end
     */
    boolean enter(Thread thread, Direction direction) {
        lock.lock();
        try {
            Waiter waiter = new Waiter(thread, direction);
            queue.addLast(waiter);
            try {
                awaitTurn(waiter);
            } finally {
                queue.remove(waiter);
                left.signalAll();
            }
            Holding holding = inside.computeIfAbsent(thread, key -> new Holding());
            boolean wrote = holding.writes > 0;
            holding.add(direction, 1);
            return wrote;
        } finally {
            lock.unlock();
        }
    }

    /** Takes back one {@link #enter} of the thread. */
    void leave(Thread thread, Direction direction) {
        lock.lock();
        try {
            Holding holding = inside.get(thread);
            if (holding == null) {
                throw new AssertionError("left without having entered: " + thread.getName());
            }
            holding.add(direction, -1);
            if (holding.isEmpty()) {
                inside.remove(thread);
            }
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the thread is inside as a writer. */
    boolean writes(Thread thread) {
        lock.lock();
        try {
            Holding holding = inside.get(thread);
            return holding != null && holding.writes > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Threads that wait to enter; for tests. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private void awaitTurn(Waiter waiter) {
        long nanosLeft = timeout.toNanos();
        while (mustWait(waiter)) {
            if (waitsForItself(waiter)) {
                throw new AccessBlockedException(
                        describe(waiter, "would wait for ever, as threads wait for one another"));
            }
            if (nanosLeft <= 0) {
                throw new AccessBlockedException(describe(waiter, "waited " + timeout.toMillis() + " ms in vain"));
            }
            try {
                nanosLeft = left.awaitNanos(nanosLeft);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AccessBlockedException(describe(waiter, "was interrupted while it waited"));
            }
        }
    }

    private boolean mustWait(Waiter waiter) {
        if (conflictsInside(waiter)) {
            return true;
        }
        return !inside.containsKey(waiter.thread) && conflictsAhead(waiter);
    }

    private boolean conflictsInside(Waiter waiter) {
        for (Map.Entry<Thread, Holding> entry : inside.entrySet()) {
            if (entry.getKey() != waiter.thread && entry.getValue().excludes(waiter.direction)) {
                return true;
            }
        }
        return false;
    }

    private boolean conflictsAhead(Waiter waiter) {
        for (Waiter ahead : queue) {
            if (ahead == waiter) {
                return false;
            }
            if (exclude(ahead.direction, waiter.direction)) {
                return true;
            }
        }
        return false;
    }

    /** Follows "waits for a thread inside" from waiter to waiter; queue order adds no edge, as holders pass the queue. */
    private boolean waitsForItself(Waiter start) {
        Set<Waiter> seen = new HashSet<>();
        ArrayDeque<Waiter> open = new ArrayDeque<>();
        open.add(start);
        while (!open.isEmpty()) {
            Waiter waiter = open.removeFirst();
            for (Map.Entry<Thread, Holding> entry : inside.entrySet()) {
                if (entry.getKey() == waiter.thread || !entry.getValue().excludes(waiter.direction)) {
                    continue;
                }
                if (entry.getKey() == start.thread) {
                    return true;
                }
                Waiter next = waiterOf(entry.getKey());
                if (next != null && seen.add(next)) {
                    open.addLast(next);
                }
            }
        }
        return false;
    }

    private @Nullable Waiter waiterOf(Thread thread) {
        for (Waiter waiter : queue) {
            if (waiter.thread == thread) {
                return waiter;
            }
        }
        return null;
    }

    private String describe(Waiter waiter, String what) {
        StringBuilder holders = new StringBuilder();
        inside.forEach((thread, holding) -> {
            if (thread != waiter.thread) {
                holders.append(holders.length() == 0 ? "" : ", ")
                        .append(thread.getName())
                        .append(' ')
                        .append(holding);
            }
        });
        return "access for " + waiter.direction + " by thread " + waiter.thread.getName() + " " + what
                + ": this pool is synced as a whole buffer (" + why
                + "), so readers and writers of different threads exclude one"
                + " another; inside are [" + holders + "]. Close those accesses first, or use a heap with windows or"
                + " partial sync";
    }

    private static boolean exclude(Direction first, Direction second) {
        return (first.reads() && second.writes()) || (first.writes() && second.reads());
    }

    private static final class Waiter {
        final Thread thread;
        final Direction direction;

        Waiter(Thread thread, Direction direction) {
            this.thread = thread;
            this.direction = direction;
        }
    }

    /** How many accesses one thread has open. */
    private static final class Holding {
        int reads;
        int writes;

        void add(Direction direction, int count) {
            reads += direction.reads() ? count : 0;
            writes += direction.writes() ? count : 0;
        }

        boolean isEmpty() {
            return reads == 0 && writes == 0;
        }

        boolean excludes(Direction direction) {
            return (reads > 0 && direction.writes()) || (writes > 0 && direction.reads());
        }

        @Override
        public String toString() {
            return "(" + reads + " reading, " + writes + " writing)";
        }
    }
}
