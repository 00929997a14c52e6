// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import org.jspecify.annotations.Nullable;

/**
 * Serves the requests that wait for space, first come, first served. Not safe for use by many threads, but for
 * {@link #isEmpty}; no part waits in a stripe while a request waits here.
 *
 * <p><b>The first in the queue</b> has a range held for it, as soon as it waits: where the fewest bytes are in use. What is free
 * there, or comes free, is handed out to nobody else, until the whole request fits; that may be elsewhere, too, as holes
 * elsewhere join. So the first is served when all that was in use in its range has been given back, whatever others do.
 *
 * <p><b>Others</b>, behind it or new, are served from what is free elsewhere: they cannot delay it. Where they have taken as
 * much as the whole range meanwhile, a slice in the held range may be one that stays. Then another range is chosen, in which
 * the fewest bytes have been in use since the choice before; that is done less often each time, so that a range is held at last for longer
 * than any slice is.
 *
 * <p><b>What a release costs.</b> It is known in O(1) that it serves nobody: if the first does not fit yet, and the hole
 * that was formed is smaller than what any other asks for.
 */
final class SpaceQueue {

    private final TieredAllocator map;
    private final RequestQueue queue = new RequestQueue();

    /** Whether a range is held for the first request. */
    private boolean holds;
    /** Bytes that others were served with since the range was chosen. */
    private long overtakenBytes;
    /** Another range is chosen when others got so much. */
    private long mostOvertakenBytes;

    SpaceQueue(TieredAllocator map) {
        this.map = map;
    }

    /** Whether no request waits; a racy answer where the caller holds no lock of the allocator's. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** How many requests wait. */
    int count() {
        return queue.count();
    }

    /** Another request was served with so many bytes. */
    void overtaken(long bytes) {
        overtakenBytes += bytes;
    }

    /**
     * A new request joins the queue, and is served if it can be.
     *
     * @return the requests that were served, linked by {@link QueuedRequest#next}
     */
    @Nullable
    QueuedRequest add(QueuedRequest request) {
        QueuedRequest firstBefore = queue.first();
        queue.add(request);
        return queue.first() == firstBefore ? serveOthers(null, request.size) : serveAll(false, Long.MAX_VALUE);
    }

    /**
     * A request leaves the queue, in which it is.
     *
     * @return as {@link #add}
     */
    @Nullable
    QueuedRequest remove(QueuedRequest request) {
        boolean wasFirst = queue.first() == request;
        queue.remove(request);
        return wasFirst ? serveAll(false, Long.MAX_VALUE) : null;
    }

    /**
     * A part was given back, for which so many bytes had been reserved.
     *
     * @return as {@link #add}
     */
    @Nullable
    QueuedRequest freed(long reserved) {
        QueuedRequest first = queue.first();
        if (first == null) {
            return null;
        }
        long freed = map.settle(reserved);
        boolean passed = overtakenBytes > mostOvertakenBytes;
        if (!holds || passed || map.holdFits()) {
            return serveAll(passed && holds, holds ? Long.MAX_VALUE : freed);
        }
        return serveOthers(null, freed);
    }

    /**
     * Serves the first as long as it fits, holds a range for the one that does not, and serves others.
     *
     * @param again whether another range is wanted for the first
     * @param most bytes of the largest place that has come free
     */
    private @Nullable QueuedRequest serveAll(boolean again, long most) {
        map.unhold();
        holds = false;
        QueuedRequest served = null;
        QueuedRequest first = queue.first();
        int part = first == null ? BlockTable.NONE : place(first);
        while (first != null && part != BlockTable.NONE) {
            served = serve(first, part, served);
            first = queue.first();
            part = first == null ? BlockTable.NONE : place(first);
        }
        if (first != null) {
            hold(first, again);
        }
        return serveOthers(served, most);
    }

    private void hold(QueuedRequest first, boolean again) {
        mostOvertakenBytes = again ? 2 * mostOvertakenBytes : map.capacity();
        overtakenBytes = 0;
        holds = map.hold(first.size, first.alignment, again);
    }

    /** Serves those behind the first that fit into places of up to so many bytes, which have come free. */
    private @Nullable QueuedRequest serveOthers(@Nullable QueuedRequest served, long most) {
        QueuedRequest first = queue.first();
        if (first == null || most < queue.leastBytes()) {
            return served;
        }
        QueuedRequest allServed = served;
        long least = Long.MAX_VALUE;
        long limit = Math.min(most, map.mostPlaceable());
        QueuedRequest next = first.next;
        while (next != null) {
            QueuedRequest request = next;
            next = request.next;
            int part = request.size <= limit ? place(request) : BlockTable.NONE;
            if (part == BlockTable.NONE) {
                least = Math.min(least, request.size);
            } else {
                overtakenBytes += map.reservedBytes(part);
                allServed = serve(request, part, allServed);
                limit = Math.min(most, map.mostPlaceable());
            }
        }
        queue.setLeastBytes(least);
        return allServed;
    }

    /** A part for a request, or {@link BlockTable#NONE} if none fits, or there is no memory for its record. */
    private int place(QueuedRequest request) {
        try {
            return map.makeRoom()
                    ? map.place(request.size, request.alignment, map.sizeNumber(request.size, request.alignment))
                    : BlockTable.NONE;
        } catch (OutOfMemoryError e) {
            // Who gives space back must not fail because another waits. The request is tried again at the next release.
            return BlockTable.NONE;
        }
    }

    private QueuedRequest serve(QueuedRequest request, int part, @Nullable QueuedRequest served) {
        queue.remove(request);
        request.serve(part);
        request.next = served;
        return request;
    }

    /** All requests leave the queue unserved; they are returned as by {@link #add}. */
    @Nullable
    QueuedRequest dismissAll() {
        map.unhold();
        holds = false;
        QueuedRequest dismissed = null;
        for (QueuedRequest first = queue.first(); first != null; first = queue.first()) {
            queue.remove(first);
            first.next = dismissed;
            dismissed = first;
        }
        return dismissed;
    }

    void checkInvariants() {
        queue.checkInvariants();
        Invariants.equal("held bytes of an empty queue", 0, queue.isEmpty() ? map.heldBytes() : 0);
    }
}
