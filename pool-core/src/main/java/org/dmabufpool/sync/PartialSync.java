// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** Just the lines of the range, by the partial ioctl or a vendor's device. */
final class PartialSync implements RangeSync {

    private final DmaBuf buffer;
    private final Meter meter;

    PartialSync(DmaBuf buffer, Meter meter) {
        this.buffer = buffer;
        this.meter = meter;
    }

    @Override
    public boolean namesRanges() {
        return true;
    }

    @Override
    public void start(long offset, long length, Direction direction, @Nullable Window window) {
        buffer.syncRange(SyncPhase.START, direction, offset, length);
        meter.called(SyncPhase.START, direction, length);
    }

    @Override
    public void end(long offset, long length, Direction direction, @Nullable Window window, Thread opener) {
        buffer.syncRange(SyncPhase.END, direction, offset, length);
        meter.called(SyncPhase.END, direction, length);
    }
}
