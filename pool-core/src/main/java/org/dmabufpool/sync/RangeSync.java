// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** One way to keep a range coherent. Safe for use by many threads. */
interface RangeSync {

    /**
     * Makes the range fit for the CPU. When it throws, the access has not begun.
     *
     * @param window the slice's own window, in the way that needs one
     */
    void start(long offset, long length, Direction direction, @Nullable Window window);

    /**
     * Makes what the CPU wrote fit for devices. When it throws, the access has ended all the same.
     *
     * @param opener the thread that called start
     */
    void end(long offset, long length, Direction direction, @Nullable Window window, Thread opener);

    /** Whether a call syncs just the range it names, so that several ranges take several calls. */
    default boolean namesRanges() {
        return false;
    }

    /** Counts what the calls name. */
    interface Meter {
        void called(SyncPhase phase, Direction direction, long bytes);
    }
}
