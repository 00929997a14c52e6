// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

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

    /** Opens it for reading. */
    public TimedAccess read() {
        return pool.open(slice::read);
    }

    /** Opens it for writing; what was in it before must not be looked at. */
    public TimedAccess write() {
        return pool.open(slice::write);
    }

    /** Opens it for reading and writing. */
    public TimedAccess readWrite() {
        return pool.open(slice::readWrite);
    }

    /** Gives it back. */
    @Override
    public void close() {
        pool.timed(slice::close);
    }
}
