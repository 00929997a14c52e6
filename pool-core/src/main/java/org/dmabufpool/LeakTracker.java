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
 * Notices slices that were collected without being closed. Safe for use by many threads.
 *
 * <p>A reference object for every slice would double the garbage of an allocation and trouble the collector. So the ledger
 * holds each new slice itself until the sweep after next, one or two seconds; most are closed by then, and only those that
 * still live are given a reference.
 */
final class LeakTracker implements SliceLedger.OlderSlices {

    private final SliceLedger ledger;
    private final ReferenceQueue<Slice> collected = new ReferenceQueue<>();
    private final Map<Long, Tracked> tracked = new HashMap<>();
    private final Set<Long> kept = new HashSet<>();
    private long leaks;

    /** Stands for a slice once it is collected. */
    private static final class Tracked extends PhantomReference<Slice> {
        final long handle;

        Tracked(Slice slice, ReferenceQueue<Slice> queue) {
            super(slice, queue);
            this.handle = slice.handle();
        }
    }

    LeakTracker(SliceLedger ledger) {
        this.ledger = ledger;
    }

    /** A slice that outlived a sweep is closed: whatever becomes of the object, it has not leaked. */
    @Override
    public synchronized void forget(long handle, Slice slice) {
        ledger.forgetRetired(handle, slice);
        tracked.remove(handle);
    }

    /** Gives those that outlived a sweep a reference, and forgets handles that are no good any more. */
    synchronized void sweep() {
        ledger.retireRecent(slice -> {
            if (ledger.isLive(slice.handle())) {
                tracked.put(slice.handle(), new Tracked(slice, collected));
            }
        });
        tracked.keySet().removeIf(handle -> !ledger.isLive(handle));
        kept.removeIf(handle -> !ledger.isLive(handle));
    }

    /**
     * The handle of a slice that was found leaked, told once, or {@link SliceLedger#NO_HANDLE} if there is none. It lives
     * until the caller ends it.
     */
    synchronized long nextLeaked() {
        for (Object found = collected.poll(); found != null; found = collected.poll()) {
            long handle = ((Tracked) found).handle;
            // The generation comes around: the same handle may be a later slice's, which has a reference of its own.
            if (tracked.remove(handle, found) && ledger.isLive(handle)) {
                leaks++;
                kept.add(handle);
                return handle;
            }
        }
        return SliceLedger.NO_HANDLE;
    }

    /** Slices found leaked so far. */
    synchronized long leaks() {
        return leaks;
    }

    /** Whether a handle is a leaked slice's that was not given back. */
    synchronized boolean isKept(long handle) {
        return kept.contains(handle);
    }
}
