// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** One way to keep a range coherent, by one call a phase. Safe for use by many threads. */
interface RangeSync {

    /**
     * Makes the range fit for the CPU (START), or what the CPU wrote fit for devices (END).
     *
     * @param window the slice's own window, in the way that needs one
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    void sync(SyncPhase phase, Direction direction, long offset, long length, @Nullable Window window);

    /** Whether a call syncs just the range it names, so that several ranges up to this byte take several calls. */
    default boolean namesRangesTo(long end) {
        return false;
    }

    /** How an access in the direction, up to this byte, must be apart from others: bits of {@link Exclusion}. */
    default int exclusion(long end, Direction direction) {
        return Exclusion.NOTHING;
    }

    /** Counts what the calls name. */
    interface Meter {
        void called(SyncPhase phase, Direction direction, long bytes);
    }
}
