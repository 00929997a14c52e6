// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Notices slices and loans that were collected without being closed. Safe for use by many threads.
 *
 * <p>A reference object for every slice would double the garbage of an allocation and trouble the collector. So the slot
 * table holds each new slice itself until the next one in its slot or the sweep after next, one or two seconds; most are closed
 * by then, and only those that still live are given a reference. Nobody is told of a close: a handle that is not valid any
 * more cannot leak.
 */
final class LeakTracker {

    private final SliceLedger ledger;
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final Map<Long, Tracked> tracked = new HashMap<>();
    private final Set<Long> kept = new HashSet<>();
    private long leaks;

    /** Stands for a slice or a loan once it is collected. */
    private static final class Tracked extends PhantomReference<Object> {
        final long handle;

        Tracked(Object holder, long handle, ReferenceQueue<Object> queue) {
            super(holder, queue);
            this.handle = handle;
        }
    }

    LeakTracker(SliceLedger ledger) {
        this.ledger = ledger;
    }

    /** A slice or a loan begins. */
    void remember(long handle, Object holder) {
        ledger.slots().remember(handle, holder);
    }

    /** Gives those that outlived a sweep a reference, and forgets handles that are not valid any more. */
    synchronized void sweep() {
        ledger.slots().ageYoung(holder -> {
            long handle = handle(holder);
            if (ledger.isLive(handle)) {
                tracked.put(handle, new Tracked(holder, handle, collected));
            }
        });
        tracked.keySet().removeIf(handle -> !ledger.isLive(handle));
        kept.removeIf(handle -> !ledger.isLive(handle));
    }

    private static long handle(Object holder) {
        return holder instanceof Slice slice ? slice.handle() : ((Loan) holder).handle();
    }

    /**
     * The handle of a slice or a loan that was found leaked, told once, or {@link SliceLedger#NO_HANDLE} if there is none.
     * It lives until the caller ends it.
     */
    synchronized long nextLeaked() {
        for (Object found = collected.poll(); found != null; found = collected.poll()) {
            long handle = ((Tracked) found).handle;
            if (tracked.remove(handle, found) && ledger.isLive(handle)) {
                return handle;
            }
        }
        return SliceLedger.NO_HANDLE;
    }

    /** Counts a leaked slice or loan, whose place stays reserved until somebody ends it. */
    synchronized void keep(long handle) {
        leaks++;
        kept.add(handle);
    }

    /** Slices and loans found leaked so far. */
    synchronized long leaks() {
        return leaks;
    }

    /** Whether a handle is a leaked slice's or loan's that was not given back. */
    synchronized boolean isKept(long handle) {
        return kept.contains(handle);
    }
}
