// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

import java.nio.ByteBuffer;
import org.dmabufpool.CpuAccess;

/** An access to a {@link TimedSlice}. */
public final class TimedAccess implements AutoCloseable {

    private final TimedPool pool;
    private final CpuAccess access;

    TimedAccess(TimedPool pool, CpuAccess access) {
        this.pool = pool;
        this.access = access;
    }

    /** The slice's bytes. */
    public ByteBuffer buffer() {
        return access.buffer();
    }

    /** Ends the access. */
    @Override
    public void close() {
        pool.timed(access::close);
    }
}
