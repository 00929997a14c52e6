// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.sync.SyncPlanner;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of one pool stand on: the buffer, the allocator's numbers, the ledger of users, the planner of syncs; and
 * how slices are named in messages. Safe for use by many threads.
 */
final class PoolCore {

    final String name;
    final DmaBuf buffer;
    final SyncPlanner planner;
    final OffsetAllocator allocator;
    final PoolListener listener;
    final PoolObservers observers;
    /** Whether anybody observes, so that facts are worth gathering. */
    final boolean observed;
    /** Whether to count syncs, to know ages and to look for leaks. */
    final boolean statistics;

    final TraceWriter trace;
    final SliceLedger ledger = new SliceLedger();
    final PoolClock clock = new PoolClock();

    PoolCore(
            String name,
            DmaBuf buffer,
            SyncPlanner planner,
            OffsetAllocator allocator,
            PoolObservers observers,
            boolean statistics,
            TraceWriter trace) {
        this.name = name;
        this.buffer = buffer;
        this.planner = planner;
        this.allocator = allocator;
        this.listener = buffer.listener();
        this.observers = observers;
        this.observed = !observers.isEmpty();
        this.statistics = statistics;
        this.trace = trace;
    }

    /** Whether the memory is back with the kernel, or about to be. */
    boolean isClosed() {
        return ledger.isStopped();
    }

    /** Whether nobody else is told where slices begin and end: no memory that watches, no trace. */
    boolean isUnwatched() {
        return listener == PoolListener.NONE && trace == TraceWriter.NONE;
    }

    /** The time for the birth of a slice, an owner or a loan. */
    int now() {
        return observed ? clock.tick() : clock.lastTick();
    }

    long ageNanos(int birth) {
        return statistics ? PoolClock.nanosBetween(birth, clock.tick()) : 0;
    }

    /** First byte of a place in use. */
    long offset(long place) {
        return allocator.offset(place);
    }

    /** Bytes that were requested for a place in use. */
    long length(long place) {
        return allocator.requested(place);
    }

    /** Bytes of a place in use. */
    long reserved(long place) {
        return allocator.reserved(place);
    }

    /** What is known of the slice of a live owner or loan. */
    SliceFacts facts(long handle) {
        long place = ledger.place(handle);
        return new SliceFacts(
                name,
                handle,
                offset(place),
                length(place),
                reserved(place),
                ledger.tag(handle),
                ageNanos(ledger.birth(handle)));
    }

    /** The same for observers; null if there are none, or if there is no memory for it: then they miss an event. */
    @Nullable
    SliceFacts factsIfObserved(long handle) {
        if (!observed) {
            return null;
        }
        try {
            return facts(handle);
        } catch (RuntimeException | Error e) {
            observers.complain(e);
            return null;
        }
    }

    /** "slice 'tag' at offset, length bytes, of pool 'name'", for messages. */
    String named(String tag, long offset, long length) {
        return "slice '" + tag + "' at " + offset + ", " + length + " bytes, of pool '" + name + "'";
    }

    /** The slice of a handle, for messages. */
    String name(long handle, @Nullable Slice slice) {
        if (slice != null) {
            return slice.toString();
        }
        return ledger.isLive(handle)
                ? namePlace(ledger.place(handle), ledger.tag(handle))
                : "slice with handle " + handle + " of pool '" + name + "'";
    }

    String namePlace(long place, String tag) {
        return named(tag, offset(place), length(place));
    }

    /** Who uses a place beside its owners, for messages: open accesses, and borrowers. */
    String users(long place) {
        StringBuilder text = new StringBuilder(SlotWord.describeAccesses(ledger.state(place)));
        ledger.forEachLoan(
                place,
                loan -> text.append(", lent to '")
                        .append(ledger.tag(loan))
                        .append("' for ")
                        .append(ledger.direction(loan)));
        return text.toString();
    }

    /** @throws RuntimeException unless the handle is a live owner's and the pool is open */
    void checkOpen(long handle, @Nullable Slice slice) {
        if (!ledger.isLiveOwner(handle)) {
            throw new SliceReleasedException("used after release: " + name(handle, slice) + ". Allocate a new slice");
        }
        if (isClosed()) {
            throw new PoolClosedException("used after the pool was closed: " + name(handle, slice));
        }
    }

    void checkPoolOpen() {
        if (isClosed()) {
            throw new PoolClosedException("pool '" + name + "' was closed: build a new one");
        }
    }
}
