// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;

/** One sync call as it reached the buffer. */
record SyncCall(SyncWay way, SyncPhase phase, Direction direction, Range range) {

    /** Whether what this call does is enough for an access in that direction. */
    boolean serves(Direction wanted) {
        return (direction.reads() || !wanted.reads()) && (direction.writes() || !wanted.writes());
    }

    @Override
    public String toString() {
        return phase + " " + direction + " (" + way + ") of " + range;
    }
}
