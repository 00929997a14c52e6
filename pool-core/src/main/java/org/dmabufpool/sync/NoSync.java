// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** Nothing to do: no cache stands between CPU and devices. */
final class NoSync implements RangeSync {

    @Override
    public void sync(SyncPhase phase, Direction direction, long offset, long length, @Nullable Window window) {}
}
