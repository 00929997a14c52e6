// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** Just the range, by the partial ioctl or a vendor's device. */
final class PartialSync implements RangeSync {

    private final DmaBuf buffer;
    private final Meter meter;

    PartialSync(DmaBuf buffer, Meter meter) {
        this.buffer = buffer;
        this.meter = meter;
    }

    @Override
    public void sync(SyncPhase phase, Direction direction, long offset, long length, @Nullable Window window) {
        buffer.syncRange(phase, direction, offset, length);
        meter.called(phase, direction, length);
    }

    @Override
    public boolean namesRangesTo(long end) {
        return true;
    }
}
