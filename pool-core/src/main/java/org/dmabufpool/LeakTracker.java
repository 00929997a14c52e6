// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Notices slices that were collected without being closed. Safe for use by many threads.
 *
 * <p>A reference object for every slice would double the garbage of an allocation and trouble the collector. So the ledger
 * holds each new slice itself until the sweep after next, one or two seconds; most are closed by then, and only those that
 * still live are given a reference.
 */
final class LeakTracker {

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

    /** Shows the handles of slices that were found leaked since the last sweep; they live until the visitor ends them. */
    synchronized void sweep(LongConsumer visitor) {
        ledger.retireRecent(slice -> {
            if (ledger.isLive(slice.handle())) {
                tracked.computeIfAbsent(slice.handle(), handle -> new Tracked(slice, collected));
            }
        });
        for (Object found = collected.poll(); found != null; found = collected.poll()) {
            long handle = ((Tracked) found).handle;
            if (tracked.remove(handle) != null && ledger.isLive(handle)) {
                leaks++;
                kept.add(handle);
                visitor.accept(handle);
            }
        }
        tracked.keySet().removeIf(handle -> !ledger.isLive(handle));
        kept.removeIf(handle -> !ledger.isLive(handle));
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
