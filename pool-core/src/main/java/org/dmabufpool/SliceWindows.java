// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * The windows of slices: one for each place that needs one, shared by all its owners. Safe for use by many threads; only
 * those who ask for the window of the same place wait for each other while the kernel makes it.
 */
final class SliceWindows {

    /** Locks for places, by number: who opens a window holds one. Releases take none of them. */
    private static final int LOCKS = 64;

    private final PoolCore core;
    private final Object[] locks = new Object[LOCKS];

    SliceWindows(PoolCore core) {
        this.core = core;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    /** Before a slice begins: no idle window overlaps its place, and one of just its shape becomes its own. */
    void prepare(long place) {
        core.ledger.makeRoomForWindow(place);
        Window kept = core.planner.claimPlace(core.offset(place), core.reserved(place));
        if (kept != null) {
            core.ledger.setWindow(place, kept);
        }
    }

    /**
     * The window of a live owner's slice, made when it is first asked for. The owner must not close meanwhile: it has an
     * access or a loan open.
     */
    Window window(long handle, @Nullable Slice slice) {
        long place = core.ledger.place(handle);
        Window own = core.ledger.window(place);
        if (own != null) {
            return own;
        }
        if (!core.buffer.support(SyncWay.WINDOW).supported()) {
            throw new UnsupportedOperationException("no window over " + core.name(handle, slice) + ": "
                    + core.buffer.support(SyncWay.WINDOW).reason() + ". Use a udmabuf heap");
        }
        synchronized (locks[Long.hashCode(place) & (LOCKS - 1)]) {
            own = core.ledger.window(place);
            if (own == null) {
                core.ledger.makeRoomForWindow(place);
                own = core.planner.openWindow(core.offset(place), core.reserved(place));
                core.ledger.setWindow(place, own);
            }
            return own;
        }
    }

    /** The descriptor of the window, which is given to somebody; as {@link #window} otherwise. */
    int givenDescriptor(long handle, @Nullable Slice slice) {
        int fd = window(handle, slice).fd();
        if (fd < 0) {
            throw new UnsupportedOperationException("windows of " + core.buffer.name() + " have no descriptor");
        }
        long place = core.ledger.place(handle);
        core.ledger.markGiven(place, SlotTable.GIVEN_WINDOW);
        core.ledger.markExposed(place);
        return fd;
    }
}
