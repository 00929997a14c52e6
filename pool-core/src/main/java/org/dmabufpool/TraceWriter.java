// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.log.Log;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a pool is asked for as lines of text, in the order in which a replay can follow them. docs/allocator.md
 * describes the format; in short:
 *
 * <pre>
 *   # comment
 *   a,&lt;id&gt;,&lt;bytes&gt;[,&lt;alignment&gt;]    a slice of so many bytes was handed out
 *   t,&lt;id&gt;,&lt;tag&gt;                    its tag, if it has one
 *   s,&lt;id&gt;,&lt;tag&gt;                    it has one more owner
 *   c,&lt;id&gt;                          an owner has closed, and the place stays reserved
 *   l,&lt;id&gt;,&lt;loan&gt;,&lt;r|w&gt;,&lt;borrower&gt;  it was lent to a device that reads or writes
 *   e,&lt;loan&gt;                        the loan has ended
 *   f,&lt;id&gt;                          its place is given back
 * </pre>
 *
 * <p>The id is the slice's offset: unique among places in use, which is all that the format asks for. So a give-back must be
 * written before the offset goes back to the allocator, and an allocation after it came from there.
 *
 * <p>Safe for use by many threads. A place that cannot be written to ends the recording permanently, whatever it throws, and
 * harms nobody else.
 */
final class TraceWriter {

    /** The writer of a pool that records nothing. */
    static final TraceWriter NONE = new TraceWriter(null, "");

    private static final Log LOG = new Log(TraceWriter.class);

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
     * @param bytes what was requested
     * @param alignment what its offset had to be a multiple of, in bytes; up to 1 where the pool's own was good enough
     * @param tag who holds it; may be empty
     */
    void allocated(long offset, long bytes, long alignment, String tag) {
        record(() -> {
            line.append("a,").append(offset).append(',').append(bytes);
            if (alignment > 1) {
                line.append(',').append(alignment);
            }
            line.append('\n');
            if (!tag.isEmpty()) {
                line.append("t,").append(offset).append(',');
                appendText(tag);
            }
        });
    }

    /** The slice that lies there has a further owner. */
    void shared(long offset, String tag) {
        record(() -> {
            line.append("s,").append(offset).append(',');
            appendText(tag);
        });
    }

    /** An owner of the slice that lies there has closed, and the place stays reserved. */
    void ownerClosed(long offset) {
        record(() -> line.append("c,").append(offset).append('\n'));
    }

    /** The slice that lies there was lent. */
    void lent(long offset, long loan, Direction direction, String borrower) {
        record(() -> {
            line.append("l,").append(offset).append(',').append(loan);
            line.append(direction.writes() ? ",w," : ",r,");
            appendText(borrower);
        });
    }

    void loanEnded(long loan) {
        record(() -> line.append("e,").append(loan).append('\n'));
    }

    /** The place that begins there is about to be given back. */
    void givenBack(long offset) {
        record(() -> line.append("f,").append(offset).append('\n'));
    }

    private void record(Runnable text) {
        if (out == null) {
            return;
        }
        synchronized (line) {
            try {
                line.setLength(0);
                text.run();
            } catch (OutOfMemoryError e) {
                end(e);
                return;
            }
            write(line);
        }
    }

    /** Text to the end of the line. */
    private void appendText(String text) {
        TagText.append(line, text);
        line.append('\n');
    }

    private void write(CharSequence text) {
        Appendable place = out;
        if (place == null) {
            return;
        }
        try {
            place.append(text);
        } catch (Throwable failure) { // Whatever it is: the slice must not be lost for it.
            end(failure);
        }
    }

    private void end(Throwable failure) {
        out = null;
        try {
            LOG.warning(
                    failure,
                    () -> "the trace of pool '" + poolName + "' ends here, its writer failed; the pool goes on");
        } catch (RuntimeException | Error unloggable) {
            failure.addSuppressed(unloggable); // Logging fails for the same want of memory or stack.
        }
    }
}
