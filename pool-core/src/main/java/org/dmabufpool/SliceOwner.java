// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.sync.SyncPlanner;

/** What a slice was born with: its memory, who syncs it, and the one method by which it gives itself back. */
abstract class SliceOwner {

    final DmaBuf buffer;
    final SyncPlanner planner;

    SliceOwner(DmaBuf buffer, SyncPlanner planner) {
        this.buffer = buffer;
        this.planner = planner;
    }

    /** Whether the memory is back with the kernel. */
    abstract boolean isClosed();

    /** The pool's name, for messages. */
    abstract String poolName();

    /** Takes the slice back. Called once for each slice, when no access is open. */
    abstract void release(Slice slice);
}
