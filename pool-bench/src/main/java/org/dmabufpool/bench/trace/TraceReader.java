// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.dmabufpool.bench.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text format, strictly.
 *
 * <pre>
 *   # comment, also behind an operation; empty lines are skipped
 *   a,&lt;id&gt;,&lt;bytes&gt;[,&lt;alignment&gt;]         a part is allocated
 *   t,&lt;id&gt;,&lt;tag&gt;                         its tag, right after its line a
 *   s,&lt;id&gt;,&lt;tag&gt;                         it has one more owner
 *   c,&lt;id&gt;                               an owner has closed, and the place stays reserved
 *   l,&lt;id&gt;,&lt;loan&gt;,&lt;r|w&gt;,&lt;borrower&gt;       it is lent to a device that reads or writes
 *   e,&lt;loan&gt;                             the loan has ended
 *   f,&lt;id&gt;                               the place is given back
 * </pre>
 *
 * <p>An id is a whole number from 0, and free for use again after its line {@code f}; so is the number of a loan after its
 * line {@code e}. Bytes are 1 to {@link Policy#MOST_BYTES}, those of all live parts together, too; an alignment is a power
 * of two up to there. What is live at the end stays so.
 * docs/allocator.md describes all of it.
 */
public final class TraceReader {

    private static final String FORM =
            "a line is a,<id>,<bytes>[,<alignment>] or t,<id>,<tag> or s,<id>,<tag> or c,<id>"
                    + " or l,<id>,<loan>,<r|w>,<borrower> or e,<loan> or f,<id>";
    private static final long MOST_BYTES = Policy.MOST_BYTES;
    private static final int FIELDS_OF_ALLOCATION = 3;
    private static final int FIELDS_OF_LOAN = 5;
    private static final int FIELDS_WITH_TAG = 3;
    private static final int DIRECTION = 3;
    private static final int BORROWER = 4;

    private final LineSource lines;
    private final Trace.Builder trace;
    private final Map<Long, Place> places = new HashMap<>();
    private final Set<Long> released = new HashSet<>();
    private final Map<Long, Place> loans = new HashMap<>();
    private final Set<Long> endedLoans = new HashSet<>();
    /** The place that the line before has allocated. */
    private @Nullable Place fresh;

    /** A part that is not given back yet. */
    private static final class Place {

        final int part;
        int openLoans;

        Place(int part) {
            this.part = part;
        }
    }

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

    /**
     * Reads a stream to its end, which gzip may have packed, and leaves it open.
     *
     * @param name of the stream, for messages
     * @throws IOException if it cannot be read
     * @throws TraceFormatException if it is no trace
     */
    public static Trace read(String name, InputStream bytes) throws IOException {
        return new TraceReader(LineSource.of(name, bytes), name).readAll();
    }

    private Trace readAll() throws IOException {
        for (String line = lines.next(); line != null; line = lines.next()) {
            int comment = line.indexOf('#');
            String operation = comment < 0 ? line : line.substring(0, comment).strip();
            if (!operation.isEmpty()) {
                fresh = add(operation.split(",", -1));
            }
        }
        Trace all = trace.build();
        if (all.length() == 0) {
            throw lines.wrong("it ends without a single operation; " + FORM);
        }
        return all;
    }

    /** Follows a line; gives the place that it allocates, if it does. */
    private @Nullable Place add(String[] fields) {
        switch (fields[0]) {
            case "a" -> {
                return allocate(fields);
            }
            case "t" -> tag(fields);
            case "s" -> share(fields);
            case "c" -> closeOwner(fields);
            case "l" -> lend(fields);
            case "e" -> endLoan(fields);
            case "f" -> release(fields);
            default -> throw lines.wrong(FORM);
        }
        return null;
    }

    private Place allocate(String[] fields) {
        if (fields.length != FIELDS_OF_ALLOCATION && fields.length != FIELDS_OF_ALLOCATION + 1) {
            throw lines.wrong("an allocation has 2 or 3 numbers, not " + (fields.length - 1) + "; " + FORM);
        }
        long id = number("id", fields[1]);
        long bytes = number("size", fields[2], 1, MOST_BYTES);
        long alignment = fields.length > FIELDS_OF_ALLOCATION ? number("alignment", fields[3], 1, MOST_BYTES) : 1;
        if (Long.bitCount(alignment) != 1) {
            throw lines.wrong("the alignment " + alignment + " is no power of two: use " + Long.highestOneBit(alignment)
                    + " or twice that");
        }
        if (places.containsKey(id)) {
            throw lines.wrong("id " + id + " is live already: release it first, or take another id");
        }
        if (bytes > MOST_BYTES - trace.liveBytes()) {
            throw lines.wrong("with the size " + bytes + ", " + (trace.liveBytes() + bytes)
                    + " bytes would be live at once, and at most " + MOST_BYTES
                    + " (2^50) may: correct the sizes, or release earlier");
        }
        Place place = new Place(trace.allocate(bytes, alignment));
        places.put(id, place);
        return place;
    }

    private void tag(String[] fields) {
        requireFields(fields, FIELDS_WITH_TAG, "a tag has an id and the tag");
        Place place = live(fields[1]);
        if (place != fresh) {
            throw lines.wrong("a tag stands right after the line a of its id: move it there");
        }
        trace.tag(place.part, text("tag", fields[2]));
    }

    private void share(String[] fields) {
        requireFields(fields, FIELDS_WITH_TAG, "a further owner has an id and a tag");
        live(fields[1]);
        text("tag", fields[2]);
        trace.share();
    }

    private void closeOwner(String[] fields) {
        requireFields(fields, 2, "an owner that closes has an id");
        live(fields[1]);
    }

    private void lend(String[] fields) {
        requireFields(fields, FIELDS_OF_LOAN, "a loan has an id, its number, r or w, and a borrower");
        Place place = live(fields[1]);
        long loan = number("loan", fields[2]);
        String direction = fields[DIRECTION].strip();
        if (!direction.equals("r") && !direction.equals("w")) {
            throw lines.wrong("a device reads (r) or writes (w), not '" + direction + "'; " + FORM);
        }
        text("borrower", fields[BORROWER]);
        if (loans.putIfAbsent(loan, place) != null) {
            throw lines.wrong("loan " + loan + " is open already: end it first, or take another number");
        }
        place.openLoans++;
        trace.lend();
    }

    private void endLoan(String[] fields) {
        requireFields(fields, 2, "the end of a loan has its number");
        long loan = number("loan", fields[1]);
        Place place = loans.remove(loan);
        if (place == null) {
            throw lines.wrong(
                    endedLoans.contains(loan)
                            ? "loan " + loan + " has ended before: drop this line, or begin the loan again first"
                            : "loan " + loan + " was never begun: drop this line, or add its line l before it");
        }
        endedLoans.add(loan);
        place.openLoans--;
    }

    private void release(String[] fields) {
        if (fields.length != 2) {
            throw lines.wrong("a release has 1 number, not " + (fields.length - 1) + "; " + FORM);
        }
        Place place = live(fields[1]);
        if (place.openLoans > 0) {
            throw lines.wrong("loans of the place that are open: " + place.openLoans
                    + ". It is given back after the last of them: move their lines e before this line");
        }
        long id = number("id", fields[1]);
        places.remove(id);
        released.add(id);
        trace.release(place.part);
    }

    private void requireFields(String[] fields, int count, String what) {
        if (fields.length != count) {
            throw lines.wrong(what + ", " + (count - 1) + " fields, not " + (fields.length - 1) + "; " + FORM);
        }
    }

    private Place live(String field) {
        long id = number("id", field);
        Place place = places.get(id);
        if (place == null) {
            throw lines.wrong(
                    released.contains(id)
                            ? "id " + id
                                    + " was released before: double free, or use after it; drop this line, or allocate"
                                    + " the id again first"
                            : "id " + id + " was never allocated: drop this line, or add its line a before it");
        }
        return place;
    }

    private String text(String what, String field) {
        try {
            return TraceEscapes.decode(field);
        } catch (TraceEscapes.Malformed malformed) {
            throw lines.wrong("the " + what + " is malformed, " + malformed.getMessage());
        }
    }

    /** An id, or the number of a loan. */
    private long number(String what, String text) {
        return number(what, text, 0, Long.MAX_VALUE);
    }

    private long number(String what, String text, long least, long most) {
        long value;
        try {
            value = Long.parseLong(text.strip());
        } catch (NumberFormatException bad) {
            throw lines.wrong("the " + what + " '" + text.strip() + "' is no whole number up to " + most + "; " + FORM);
        }
        if (value < least) {
            throw lines.wrong("the " + what + " " + value + " is below " + least + ", the least there is");
        }
        if (value > most) {
            throw lines.wrong("the " + what + " " + value + " is above " + most + ", the most there is");
        }
        return value;
    }
}
