// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests that wait for space in one range, first come, first served. Not safe for use by many threads. No part
 * waits in a stripe while a request waits here.
 *
 * <p><b>The first in the queue</b>, those aside whose budget is used up, has a range of pages held for it, as soon as it
 * waits: where those who use it have the fewest bytes. What is free there, or comes free, is handed out to nobody else,
 * until the whole request fits; that may be elsewhere, too, as holes elsewhere join. So the first is served when all that
 * was in use in its range has been given back, whatever others do.
 *
 * <p><b>Others</b>, behind it or new, are served from what is free elsewhere: they cannot delay it. Where they have taken
 * as much as the whole range meanwhile, a slice in the held range may be one that stays. Then another range is chosen, away
 * from what has been in use since the choice before; that is done less often each time, so that a range is held at last for
 * longer than any slice is.
 *
 * <p><b>What a release costs.</b> It is known in O(1) that it serves nobody: if the first does not fit yet, and the hole
 * that was formed is smaller than what any other asks for.
 *
 * <p>Methods that serve return the requests that were served, linked by {@link QueuedRequest#next}: in front of those they
 * are given.
 */
final class SpaceQueue {

    private final Ranges ranges;
    private final TieredAllocator home;
    private final RequestQueue queue = new RequestQueue();
    /** Is told of each request that has joined or left the queue. */
    private final Consumer<QueuedRequest> changed;

    /** The first request whose budget was not used up at the last look. */
    private @Nullable QueuedRequest first;
    /** Whether a range is held for it. */
    private boolean holds;
    /** Bytes that others were served with since the range was chosen. */
    private long overtakenBytes;
    /** Another range is chosen when others got so much. */
    private long mostOvertakenBytes;

    /**
     * @param home the range in which space is held for the first request
     * @param changed is told of each request that has joined or left the queue
     */
    SpaceQueue(Ranges ranges, TieredAllocator home, Consumer<QueuedRequest> changed) {
        this.changed = changed;
        this.ranges = ranges;
        this.home = home;
    }

    boolean isEmpty() {
        return queue.first() == null;
    }

    /** How many requests wait. */
    int count() {
        return queue.count();
    }

    /** A request that does not wait was served with so many bytes of the range. */
    void overtaken(long bytes) {
        overtakenBytes += bytes;
    }

    /** A new request joins the queue, and is served if it can be. */
    @Nullable
    QueuedRequest add(QueuedRequest request) {
        QueuedRequest firstBefore = first;
        queue.add(request);
        changed.accept(request);
        return findFirst() == firstBefore ? serveOthers(request.size, null) : serveAll(false, Long.MAX_VALUE, null);
    }

    /** A request leaves the queue, in which it is. */
    @Nullable
    QueuedRequest remove(QueuedRequest request) {
        queue.remove(request);
        changed.accept(request);
        return request == first ? serveAll(false, Long.MAX_VALUE, null) : null;
    }

    /** A place of so many bytes has come free in the range. */
    @Nullable
    QueuedRequest freed(long bytes, @Nullable QueuedRequest served) {
        boolean passed = overtakenBytes > mostOvertakenBytes;
        if (!holds || passed || home.holdFits() || first != findFirst()) {
            return serveAll(passed && holds, holds ? Long.MAX_VALUE : bytes, served);
        }
        return serveOthers(bytes, served);
    }

    /** A place of so many bytes has come free elsewhere, or a budget allows more than before. */
    @Nullable
    QueuedRequest freedElsewhere(long bytes, @Nullable QueuedRequest served) {
        return bytes < queue.leastBytes() ? served : serveAll(false, Long.MAX_VALUE, served);
    }

    /** All requests leave the queue unserved. */
    @Nullable
    QueuedRequest dismissAll(@Nullable QueuedRequest dismissed) {
        home.unhold();
        holds = false;
        first = null;
        QueuedRequest all = dismissed;
        for (QueuedRequest next = queue.first(); next != null; next = queue.first()) {
            queue.remove(next);
            changed.accept(next);
            next.next = all;
            all = next;
        }
        return all;
    }

    /** The first request of a budget, or null. */
    @Nullable
    QueuedRequest firstOf(int budget) {
        QueuedRequest request = queue.first();
        while (request != null && Kind.budget(request.kind) != budget) {
            request = request.next;
        }
        return request;
    }

    private @Nullable QueuedRequest findFirst() {
        QueuedRequest request = queue.first();
        while (request != null && ranges.isUsedUp(request.size, Kind.budget(request.kind), request)) {
            request = request.next;
        }
        return request;
    }

    /**
     * Serves the first as long as it fits, holds a range for the one that does not, and serves others.
     *
     * @param again whether another range is wanted for the first
     * @param most bytes of the largest place that has come free
     */
    private @Nullable QueuedRequest serveAll(boolean again, long most, @Nullable QueuedRequest served) {
        home.unhold();
        holds = false;
        QueuedRequest all = served;
        first = findFirst();
        int part = first == null ? BlockTable.NONE : place(first);
        while (first != null && part != BlockTable.NONE) {
            all = serve(first, part, all);
            first = findFirst();
            part = first == null ? BlockTable.NONE : place(first);
        }
        if (first != null) {
            hold(first, again);
        }
        return serveOthers(most, all);
    }

    private void hold(QueuedRequest request, boolean again) {
        mostOvertakenBytes = again ? 2 * mostOvertakenBytes : home.capacity();
        overtakenBytes = 0;
        holds = home.hold(request.size, request.alignment, again);
    }

    /** Serves those beside the first that fit into places of up to so many bytes, which have come free. */
    private @Nullable QueuedRequest serveOthers(long most, @Nullable QueuedRequest served) {
        long limit = most < queue.leastBytes() ? 0 : Math.min(most, ranges.mostPlaceable());
        if (limit < queue.leastBytes()) {
            return served;
        }
        QueuedRequest all = served;
        long least = Long.MAX_VALUE;
        QueuedRequest next = queue.first();
        while (next != null) {
            QueuedRequest request = next;
            next = request.next;
            int part = request == first || request.size > limit ? BlockTable.NONE : place(request);
            if (part == BlockTable.NONE) {
                least = Math.min(least, request.size);
            } else {
                overtakenBytes += home.reservedBytes(part);
                all = serve(request, part, all);
                limit = Math.min(most, ranges.mostPlaceable());
            }
        }
        queue.setLeastBytes(least);
        return all;
    }

    /** A part for a request, or {@link BlockTable#NONE} if none fits, or there is no memory for its record. */
    private int place(QueuedRequest request) {
        try {
            return ranges.makeRoom()
                    ? ranges.place(
                            request.size,
                            request.alignment,
                            home.sizeNumber(request.size, request.alignment),
                            request.kind,
                            request)
                    : BlockTable.NONE;
        } catch (OutOfMemoryError e) {
            // Who gives space back must not fail because another waits. The request is tried again at the next release.
            return BlockTable.NONE;
        }
    }

    private QueuedRequest serve(QueuedRequest request, int part, @Nullable QueuedRequest served) {
        queue.remove(request);
        changed.accept(request);
        request.serve(part);
        request.next = served;
        return request;
    }

    void checkInvariants() {
        queue.checkInvariants();
        Invariants.equal("mark of the first request", 1, first == null || first.queued ? 1 : 0);
        Invariants.equal("held bytes for nobody", 0, first == null ? home.heldBytes() : 0);
    }
}
