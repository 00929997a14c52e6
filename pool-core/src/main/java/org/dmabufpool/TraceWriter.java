// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a pool is asked for as lines of text, in the order in which a replay can follow them.
 *
 * <pre>
 *   # comment
 *   a,&lt;id&gt;,&lt;bytes&gt;[,&lt;alignment&gt;]    a slice of so many bytes was handed out
 *   f,&lt;id&gt;                          it was released
 * </pre>
 *
 * <p>The id is the slice's offset: unique among open slices, which is all that the format asks for. So a release must be
 * written before the offset goes back to the allocator, and an allocation after it came from there.
 *
 * <p>Safe for use by many threads. A place that cannot be written to ends the recording, once and for all, and harms
 * nobody else.
 */
final class TraceWriter {

    /** The writer of a pool that records nothing. */
    static final TraceWriter NONE = new TraceWriter(null, "");

    private static final Logger LOG = Logger.getLogger(TraceWriter.class.getName());

    private final String poolName;
    private final StringBuilder line = new StringBuilder();
    private volatile @Nullable Appendable out;

    private TraceWriter(@Nullable Appendable out, String poolName) {
        this.out = out;
        this.poolName = poolName;
    }

    /** Begins to record a pool. */
    static TraceWriter to(Appendable out, String poolName, long capacity) {
        TraceWriter writer = new TraceWriter(out, poolName);
        writer.write("# pool of " + capacity + " bytes; an id is the slice's offset\n");
        return writer;
    }

    /**
     * A slice was handed out.
     *
     * @param offset where it lies
     * @param bytes what was asked for
     * @param alignment what its offset had to be a multiple of, in bytes; 1 where the pool's own was good enough
     */
    void allocated(long offset, long bytes, long alignment) {
        if (out == null) {
            return;
        }
        synchronized (line) {
            line.setLength(0);
            line.append("a,").append(offset).append(',').append(bytes);
            if (alignment > 1) {
                line.append(',').append(alignment);
            }
            write(line.append('\n'));
        }
    }

    /** The slice that lies there is about to be released. */
    void released(long offset) {
        if (out == null) {
            return;
        }
        synchronized (line) {
            line.setLength(0);
            write(line.append("f,").append(offset).append('\n'));
        }
    }

    private void write(CharSequence text) {
        Appendable place = out;
        if (place == null) {
            return;
        }
        try {
            place.append(text);
        } catch (IOException | RuntimeException failure) {
            out = null;
            LOG.log(
                    Level.WARNING,
                    failure,
                    () -> "the trace of pool '" + poolName + "' ends here, its writer failed; the pool goes on");
        }
    }
}
