// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/** Uncached or coherent memory: nothing to do. */
final class NoSync implements RangeSync {

    @Override
    public void start(long offset, long length, Direction direction, @Nullable Window window) {}

    @Override
    public void end(long offset, long length, Direction direction, @Nullable Window window, Thread opener) {}
}
