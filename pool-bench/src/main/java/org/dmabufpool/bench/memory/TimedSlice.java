// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

import java.util.List;
import org.dmabufpool.AccessRequest;
import org.dmabufpool.Slice;

/** A slice of a {@link TimedPool}. */
public final class TimedSlice implements AutoCloseable {

    private final TimedPool pool;
    private final Slice slice;

    TimedSlice(TimedPool pool, Slice slice) {
        this.pool = pool;
        this.slice = slice;
    }

    /** The slice itself, for a device that fills it. */
    public Slice slice() {
        return slice;
    }

    /** A request to open it for reading, for {@link TimedPool#open}. */
    public List<AccessRequest> toRead() {
        return List.of(AccessRequest.read(slice));
    }

    /** A request to open it for writing; what was in it before must not be looked at. */
    public List<AccessRequest> toWrite() {
        return List.of(AccessRequest.write(slice));
    }

    /** A request to open it for reading and writing. */
    public List<AccessRequest> toReadWrite() {
        return List.of(AccessRequest.readWrite(slice));
    }

    /** Gives it back. */
    @Override
    public void close() {
        pool.timed(slice::close);
    }
}
