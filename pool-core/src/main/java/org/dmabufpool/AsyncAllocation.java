// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.alloc.QueuedRequest;

/**
 * A request for a slice that waits without a thread.
 *
 * <p>It ends once: served, late, cancelled, or with its pool, whichever comes first. The end is run by the executor; where
 * that refuses, by the thread that brought the end about, so that no place is lost.
 */
final class AsyncAllocation extends QueuedRequest {

    private final SliceStore store;
    private final SliceRequest request;
    private final Executor executor;
    private final long beginNanos = System.nanoTime();
    private final CompletableFuture<Slice> slice = new CompletableFuture<>();
    /** Complete when the end has come. The JDK's timer completes it when time is up, and forgets it if it is complete before. */
    private final CompletableFuture<Void> due = new CompletableFuture<>();

    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * @param alignment that of the request, or the pool's
     * @param kind by its tag and length
     */
    AsyncAllocation(SliceStore store, SliceRequest request, long alignment, int kind, Executor executor) {
        super(request.bytes(), alignment, kind, request.isUrgent());
        this.store = store;
        this.request = request;
        this.executor = executor;
    }

    /** Takes a place or joins the queue; the answer will hold the slice. To be called once. */
    @SuppressWarnings("FutureReturnValueIgnored") // What depends on the two is this class alone.
    CompletableFuture<Slice> begin(long timeoutNanos) {
        slice.whenComplete((any, failure) -> due.complete(null)); // Cancelled, if by others than this class.
        due.whenComplete((none, failure) -> dispatch());
        boolean begun = false;
        try {
            long place = store.core().allocator.allocateOrQueue(this);
            if (place >= 0) {
                ended.set(true);
                end(place);
            } else if (timeoutNanos <= 0 || store.isClosed()) {
                due.complete(null);
            } else {
                due.completeOnTimeout(null, timeoutNanos, TimeUnit.NANOSECONDS);
            }
            begun = true;
        } finally {
            if (!begun) {
                slice.cancel(false);
            }
        }
        return slice;
    }

    @Override
    protected void answered() {
        due.complete(null);
    }

    private void dispatch() {
        if (ended.get()) {
            return;
        }
        try {
            executor.execute(this::endOnce);
        } catch (RuntimeException | Error e) {
            endOnce();
        }
    }

    private void endOnce() {
        if (ended.compareAndSet(false, true)) {
            boolean unserved = store.core().allocator.leaveQueue(this);
            store.waits().ended(System.nanoTime() - beginNanos);
            boolean cancelled = unserved && slice.isDone();
            if (!cancelled) {
                end(unserved || part() == 0 ? OffsetAllocator.NO_SPACE : part());
            }
        }
    }

    private void end(long place) {
        try {
            Slice made = store.sliceAt(place, request, beginNanos);
            if (!slice.complete(made)) {
                made.close();
            }
        } catch (RuntimeException | Error e) {
            slice.completeExceptionally(e);
        }
    }
}
