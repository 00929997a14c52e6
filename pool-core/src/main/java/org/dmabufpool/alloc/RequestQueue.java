// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for space, in the order in which they are to be served: the urgent ones, then the others, the first come
 * first. Not safe for use by many threads.
 */
final class RequestQueue {

    private @Nullable QueuedRequest first;
    private @Nullable QueuedRequest last;
    private @Nullable QueuedRequest lastUrgent;
    private int count;
    /** No request asks for fewer bytes. */
    private long leastBytes = Long.MAX_VALUE;

    /** The request to be served next. */
    @Nullable
    QueuedRequest first() {
        return first;
    }

    int count() {
        return count;
    }

    /** At most what any request asks for, in bytes. */
    long leastBytes() {
        return leastBytes;
    }

    /** As {@link #leastBytes}: no request asks for fewer. */
    void setLeastBytes(long bytes) {
        leastBytes = bytes;
    }

    /** Behind all others, or all other urgent ones. */
    void add(QueuedRequest request) {
        QueuedRequest ahead = request.urgent ? lastUrgent : last;
        QueuedRequest behind = ahead == null ? first : ahead.next;
        request.previous = ahead;
        request.next = behind;
        link(ahead, request);
        linkBack(behind, request);
        if (request.urgent) {
            lastUrgent = request;
        }
        request.queued = true;
        count++;
        leastBytes = Math.min(leastBytes, request.size);
    }

    void remove(QueuedRequest request) {
        QueuedRequest ahead = request.previous;
        link(ahead, request.next);
        linkBack(request.next, ahead);
        if (request == lastUrgent) {
            lastUrgent = ahead;
        }
        request.previous = null;
        request.next = null;
        request.queued = false;
        count--;
        if (count == 0) {
            leastBytes = Long.MAX_VALUE;
        }
    }

    private void link(@Nullable QueuedRequest ahead, @Nullable QueuedRequest behind) {
        if (ahead == null) {
            first = behind;
        } else {
            ahead.next = behind;
        }
    }

    private void linkBack(@Nullable QueuedRequest behind, @Nullable QueuedRequest ahead) {
        if (behind == null) {
            last = ahead;
        } else {
            behind.previous = ahead;
        }
    }

    void checkInvariants() {
        int found = 0;
        boolean onlyUrgent = true;
        QueuedRequest ahead = null;
        for (QueuedRequest request = first; request != null; request = request.next) {
            Invariants.equal("link back of request " + found, 1, request.previous == ahead ? 1 : 0);
            Invariants.equal("urgent request behind another", 0, request.urgent && !onlyUrgent ? 1 : 0);
            Invariants.equal("request below the least", 0, request.size < leastBytes ? 1 : 0);
            Invariants.equal("served request in the queue", BlockTable.NONE, request.part());
            Invariants.equal("mark of queued request", 1, request.queued ? 1 : 0);
            onlyUrgent &= request.urgent;
            ahead = request;
            found++;
        }
        Invariants.equal("queued requests", found, count);
        Invariants.equal("last request", 1, ahead == last ? 1 : 0);
    }
}
