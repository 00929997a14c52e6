// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for space, in a queue for each range: that of its budget, if the request can be served there, else
 * the common one. Not safe for use by many threads, but for {@link #isEmpty}.
 *
 * <p>Methods that serve return the requests that were served, linked by {@link QueuedRequest#next}.
 */
final class SpaceQueues {

    private final Ranges ranges;
    /** By the number of the budget; of budgets without a range of their own, the common one. */
    private final SpaceQueue[] queues;
    /** Whether any request waits: for threads that hold no lock. */
    private volatile boolean filled;

    private long turns;

    SpaceQueues(Ranges ranges) {
        this.ranges = ranges;
        queues = new SpaceQueue[ranges.count()];
        queues[0] = new SpaceQueue(ranges, ranges.common(), this::noteClaimant);
        for (int budget = 1; budget < queues.length; budget++) {
            TieredAllocator own = ranges.kept(budget);
            queues[budget] = own == null ? queues[0] : new SpaceQueue(ranges, own, this::noteClaimant);
        }
    }

    /** Whether none waits. Any thread may ask. */
    boolean isEmpty() {
        return !filled;
    }

    /** How many requests wait. */
    int count() {
        int count = queues[0].count();
        for (SpaceQueue queue : queues) {
            count += queue == queues[0] ? 0 : queue.count();
        }
        return count;
    }

    private SpaceQueue queueOf(QueuedRequest request) {
        int budget = Kind.budget(request.kind);
        return ranges.home(request.size, budget) == ranges.common() ? queues[0] : queues[budget];
    }

    private SpaceQueue queueOf(TieredAllocator range) {
        for (int budget = 1; budget < queues.length; budget++) {
            if (ranges.kept(budget) == range) {
                return queues[budget];
            }
        }
        return queues[0];
    }

    /** A request that does not wait was served with a part. */
    void overtaken(int part) {
        TieredAllocator range = ranges.rangeOf(part);
        queueOf(range).overtaken(range.reservedBytes(part));
    }

    /** A new request joins the queue, and is served if it can be. */
    @Nullable
    QueuedRequest add(QueuedRequest request) {
        filled = true;
        request.turn = turns++;
        return noteFilled(queueOf(request).add(request));
    }

    /** A request leaves the queue, in which it is. */
    @Nullable
    QueuedRequest remove(QueuedRequest request) {
        int budget = Kind.budget(request.kind);
        QueuedRequest served = queueOf(request).remove(request);
        if (budget != Budget.NONE) {
            served = budgetAllowsMore(budget, served);
        }
        return noteFilled(served);
    }

    /** A part of a range was given back, which was charged to a budget and for which so many bytes had been reserved. */
    @Nullable
    QueuedRequest freed(TieredAllocator range, int budget, long reserved) {
        long bytes = range.coalescePending(reserved);
        SpaceQueue own = queueOf(range);
        QueuedRequest served = own.isEmpty() ? null : own.freed(bytes, null);
        for (SpaceQueue queue : queues) {
            if (range == ranges.common() && queue != own && !queue.isEmpty()) {
                served = queue.freedElsewhere(bytes, served);
            }
        }
        if (budget != Budget.NONE) {
            served = budgetAllowsMore(budget, served);
        }
        return noteFilled(served);
    }

    private @Nullable QueuedRequest budgetAllowsMore(int budget, @Nullable QueuedRequest served) {
        QueuedRequest all = served;
        if (queues[budget].firstOf(budget) != null) {
            all = queues[budget].freedElsewhere(Long.MAX_VALUE, all);
        }
        if (queues[0] != queues[budget] && queues[0].firstOf(budget) != null) {
            all = queues[0].freedElsewhere(Long.MAX_VALUE, all);
        }
        return all;
    }

    /** A request has joined a queue or left it: another one of its budget may be the next to be served. */
    private void noteClaimant(QueuedRequest changed) {
        int budget = Kind.budget(changed.kind);
        if (budget == Budget.NONE) {
            return;
        }
        QueuedRequest own = queues[budget].firstOf(budget);
        QueuedRequest common = queues[0].firstOf(budget);
        ranges.setClaimant(budget, own == null || (common != null && isAhead(common, own)) ? common : own);
    }

    private static boolean isAhead(QueuedRequest one, QueuedRequest other) {
        return one.urgent == other.urgent ? one.turn < other.turn : one.urgent;
    }

    /** All requests leave the queue unserved, and are returned. */
    @Nullable
    QueuedRequest dismissAll() {
        QueuedRequest dismissed = null;
        for (SpaceQueue queue : queues) {
            dismissed = queue.dismissAll(dismissed);
        }
        return noteFilled(dismissed);
    }

    private @Nullable QueuedRequest noteFilled(@Nullable QueuedRequest answered) {
        if (answered != null || filled) {
            filled = count() > 0;
        }
        return answered;
    }

    void checkInvariants() {
        for (SpaceQueue queue : queues) {
            queue.checkInvariants();
        }
        Invariants.equal("mark of waiting requests", count() > 0 ? 1 : 0, filled ? 1 : 0);
    }
}
