// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads the text format, strictly.
 *
 * <pre>
 *   # comment, also behind an operation; empty lines are skipped
 *   a,&lt;id&gt;,&lt;bytes&gt;[,&lt;alignment&gt;]
 *   f,&lt;id&gt;
 * </pre>
 *
 * <p>An id is a whole number from 0, and free for use again after its line {@code f}. Bytes are at least 1, an alignment is
 * a power of two. What is live at the end stays so.
 */
public final class TraceReader {

    private static final String FORM = "a line is a,<id>,<bytes>[,<alignment>] or f,<id>";
    private static final int FIELDS_OF_ALLOCATION = 3;

    private final LineSource lines;
    private final Trace.Builder trace;
    private final Map<Long, Integer> partOfId = new HashMap<>();
    private final Set<Long> released = new HashSet<>();

    private TraceReader(LineSource lines, String name) {
        this.lines = lines;
        this.trace = new Trace.Builder(name);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if the file cannot be read
     * @throws TraceFormatException if it is no trace
     */
    public static Trace read(Path path) throws IOException {
        try (LineSource lines = LineSource.open(path)) {
            return new TraceReader(lines, String.valueOf(path.getFileName())).readAll();
        }
    }

    private Trace readAll() throws IOException {
        for (String line = lines.next(); line != null; line = lines.next()) {
            int comment = line.indexOf('#');
            String operation = comment < 0 ? line : line.substring(0, comment).strip();
            if (!operation.isEmpty()) {
                add(operation.split(",", -1));
            }
        }
        Trace all = trace.build();
        if (all.length() == 0) {
            throw lines.wrong("the file ends without a single operation; " + FORM);
        }
        return all;
    }

    private void add(String[] fields) {
        switch (fields[0]) {
            case "a" -> allocate(fields);
            case "f" -> release(fields);
            default -> throw lines.wrong(FORM);
        }
    }

    private void allocate(String[] fields) {
        if (fields.length != FIELDS_OF_ALLOCATION && fields.length != FIELDS_OF_ALLOCATION + 1) {
            throw lines.wrong("an allocation has 2 or 3 numbers, not " + (fields.length - 1) + "; " + FORM);
        }
        long id = number("id", fields[1], 0);
        long bytes = number("size", fields[2], 1);
        long alignment = fields.length > FIELDS_OF_ALLOCATION ? number("alignment", fields[3], 1) : 1;
        if (Long.bitCount(alignment) != 1) {
            throw lines.wrong("the alignment " + alignment + " is no power of two: use " + Long.highestOneBit(alignment)
                    + " or twice that");
        }
        if (partOfId.containsKey(id)) {
            throw lines.wrong("id " + id + " is live already: release it first, or take another id");
        }
        try {
            partOfId.put(id, trace.allocate(bytes, alignment));
        } catch (ArithmeticException tooMuch) {
            throw lines.wrong("more than 2^63 bytes would be live");
        }
    }

    private void release(String[] fields) {
        if (fields.length != 2) {
            throw lines.wrong("a release has 1 number, not " + (fields.length - 1) + "; " + FORM);
        }
        long id = number("id", fields[1], 0);
        Integer part = partOfId.remove(id);
        if (part == null) {
            throw lines.wrong(
                    released.contains(id)
                            ? "id " + id
                                    + " was released before: double free; drop this line, or allocate the id again first"
                            : "id " + id + " was never allocated: drop this line, or add its line a before it");
        }
        released.add(id);
        trace.release(part);
    }

    private long number(String what, String text, long least) {
        try {
            long value = Long.parseLong(text.strip());
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException bad) {
            throw lines.wrong(
                    "the " + what + " '" + text.strip() + "' is no whole number up to " + Long.MAX_VALUE + "; " + FORM);
        }
        throw lines.wrong("the " + what + " " + text.strip() + " is below " + least + ", the least there is");
    }
}
