// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import org.jspecify.annotations.Nullable;

/**
 * A request that waits in an allocator's queue until there is a part for it; used once. Made by whoever waits, and served by
 * whichever thread gives the space back.
 *
 * <p>Fields are read and written under the lock of the allocator's map, but for {@link #part()}.
 */
public abstract class QueuedRequest {

    final long size;
    final long alignment;
    final int kind;
    final boolean urgent;

    /** The one ahead in the queue. */
    @Nullable
    QueuedRequest previous;

    /** The one behind in the queue; of a request that was answered, the next one that was answered by the same call. */
    @Nullable
    QueuedRequest next;

    /** How many requests had joined a queue before. */
    long turn;

    boolean queued;

    private volatile long part = BlockTable.NONE;

    /**
     * Made before it is known whether the request must wait.
     *
     * @param size as for {@link OffsetAllocator#allocate}
     * @param alignment as for {@link OffsetAllocator#allocate}
     * @param kind as for {@link OffsetAllocator#allocate(long, long, int)}
     * @param urgent whether it goes ahead of all requests that are not
     */
    protected QueuedRequest(long size, long alignment, int kind, boolean urgent) {
        this.size = size;
        this.alignment = alignment;
        this.kind = kind;
        this.urgent = urgent;
    }

    /** The part that the request was served with; 0 if it was not. Any thread may ask. */
    public final long part() {
        return part;
    }

    final void serve(long newPart) {
        part = newPart;
    }

    /**
     * The request has left the queue: it was served, as {@link #part} tells, or the queue was dismissed. Called at most
     * once, under no lock, by the thread that gave the space back. Must not throw and not block. It is not called for what
     * the caller learns from an answer: that of {@link OffsetAllocator#allocateOrQueue}, if it is a part, or of
     * {@link OffsetAllocator#leaveQueue}.
     */
    protected abstract void answered();
}
