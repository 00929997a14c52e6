// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.Objects;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** The slice's own dma-buf is synced whole, which is a partial sync of the pool. */
final class WindowSync implements RangeSync {

    private final Meter meter;

    WindowSync(Meter meter) {
        this.meter = meter;
    }

    @Override
    public void sync(SyncPhase phase, Direction direction, long offset, long length, @Nullable Window window) {
        Window own = Objects.requireNonNull(window, "a slice synced by window has one");
        own.sync(phase, direction);
        meter.called(phase, direction, own.length());
    }
}
