// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

import java.nio.ByteBuffer;
import org.dmabufpool.AccessSet;

/** One bracket over some slices of a {@link TimedPool}: what a step reads and what it writes, opened together. */
public final class TimedAccess implements AutoCloseable {

    private final TimedPool pool;
    private final AccessSet access;

    TimedAccess(TimedPool pool, AccessSet access) {
        this.pool = pool;
        this.access = access;
    }

    /** The bytes of a slice that is open. */
    public ByteBuffer buffer(TimedSlice slice) {
        return access.buffer(slice.slice());
    }

    /** Ends the bracket. */
    @Override
    public void close() {
        pool.timed(access::close);
    }
}
