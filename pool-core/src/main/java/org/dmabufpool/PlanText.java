// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plans as text, read strictly.
 *
 * <pre>
 *   # comment; empty lines are skipped
 *   plan,1                              first: the version of the format
 *   c,&lt;least bytes&gt;,&lt;most bytes&gt;        a class of requests
 *   t,&lt;tag&gt;                             one of its tags
 *   p,&lt;offset&gt;                          one of its places, in the order in which they are tried
 * </pre>
 *
 * <p>{@link TagText#appendAscii} tells how a tag is written: a plan is ASCII, so that it stays the same on any terminal.
 */
final class PlanText {

    private static final String VERSION = "plan,1";
    private static final String FORM = "a line is c,<least bytes>,<most bytes> or t,<tag> or p,<offset>";
    private static final int LONGEST_LINE = 1 << 16;
    private static final int MOST_SHOWN = 60;
    private static final char FIRST_PRINTABLE = ' ';
    private static final char LAST_PRINTABLE = '~';
    private static final char ESCAPE = '%';
    private static final int ESCAPED = 3;
    private static final int HEXADECIMAL = 16;
    private static final int NIBBLE_BITS = 4;

    private final String file;
    private final InputStream bytes;
    private int number;
    private String line = "";
    private final List<PlacementPlan.Requests> classes = new ArrayList<>();
    private int placeCount;

    /** The class that lines belong to; its sizes are null before the first. */
    private long @Nullable [] sizes;

    private final List<String> tags = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();

    private PlanText(String file, InputStream bytes) {
        this.file = file;
        this.bytes = new BufferedInputStream(bytes);
    }

    // ---- reading ----

    static PlacementPlan read(String file, InputStream bytes) throws IOException {
        return new PlanText(file, bytes).readAll();
    }

    private PlacementPlan readAll() throws IOException {
        boolean begun = false;
        while (next()) {
            if (line.isEmpty()) {
                continue;
            }
            if (begun) {
                follow(line.split(",", -1));
            } else if (!line.equals(VERSION)) {
                throw wrong("a plan begins with " + VERSION);
            }
            begun = true;
        }
        if (!begun) {
            throw wrong("the file ends without the line " + VERSION);
        }
        endClass();
        return checked(() -> PlacementPlan.of(classes));
    }

    /** Reads the next line, without its comment and white space around it; false at the end. */
    private boolean next() throws IOException {
        number++;
        line = "";
        StringBuilder text = new StringBuilder();
        int letter = bytes.read();
        if (letter < 0) {
            return false;
        }
        for (; letter >= 0 && letter != '\n'; letter = bytes.read()) {
            if (text.length() == LONGEST_LINE) {
                throw wrong("a line has at most " + LONGEST_LINE + " bytes; is this a plan?");
            }
            text.append((char) letter);
        }
        int comment = text.indexOf("#");
        line = (comment < 0 ? text : text.substring(0, comment)).toString().strip();
        return true;
    }

    private void follow(String[] fields) {
        switch (fields[0]) {
            case "c" -> beginClass(fields);
            case "t" -> {
                requireClass(fields);
                tags.add(decode(fields[1]));
            }
            case "p" -> {
                requireClass(fields);
                places.add(number("offset", fields[1]));
                if (++placeCount > PlacementPlan.MOST_PLACES) {
                    throw wrong("a plan has at most " + PlacementPlan.MOST_PLACES + " places");
                }
            }
            default -> throw wrong(FORM);
        }
    }

    private void beginClass(String[] fields) {
        if (fields.length != 1 + 2) {
            throw wrong("a class has 2 sizes, not " + (fields.length - 1) + "; " + FORM);
        }
        endClass();
        if (classes.size() == PlacementPlan.MOST_CLASSES) {
            throw wrong("a plan has at most " + PlacementPlan.MOST_CLASSES + " classes");
        }
        sizes = new long[] {number("size", fields[1]), number("size", fields[2])};
    }

    private void requireClass(String[] fields) {
        if (fields.length != 2) {
            throw wrong("a tag or a place has 1 field, not " + (fields.length - 1) + "; " + FORM);
        }
        if (sizes == null) {
            throw wrong("a tag or a place stands behind the line c of its class");
        }
    }

    private void endClass() {
        long[] ended = sizes;
        if (ended != null) {
            classes.add(checked(() -> new PlacementPlan.Requests(tags, ended[0], ended[1], places)));
            tags.clear();
            places.clear();
        }
    }

    private interface Part<T> {
        T make();
    }

    /** Makes what was read; the message names the line up to which it goes. */
    private <T> T checked(Part<T> part) {
        try {
            return part.make();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ", up to line " + number + ": " + e.getMessage(), e);
        }
    }

    private long number(String what, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException bad) {
            throw wrong("the " + what + " '" + printable(text.strip()) + "' is no whole number");
        }
    }

    private String decode(String field) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        for (int at = 0; at < field.length(); at += field.charAt(at) == ESCAPE ? ESCAPED : 1) {
            char letter = field.charAt(at);
            if (letter < FIRST_PRINTABLE || letter > LAST_PRINTABLE) {
                throw wrong("in a tag what is not printable ASCII is written as % and two hexadecimal digits a byte");
            }
            decoded.write(letter == ESCAPE ? escaped(field, at) : letter);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded.toByteArray()))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw wrong("the bytes of the tag are no UTF-8");
        }
    }

    private int escaped(String field, int at) {
        int high = at + 1 < field.length() ? Character.digit(field.charAt(at + 1), HEXADECIMAL) : -1;
        int low = at + 2 < field.length() ? Character.digit(field.charAt(at + 2), HEXADECIMAL) : -1;
        if (high < 0 || low < 0) {
            throw wrong("in a tag % stands ahead of two hexadecimal digits");
        }
        return high << NIBBLE_BITS | low;
    }

    private IllegalArgumentException wrong(String what) {
        String shown = line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + "..." : line;
        return new IllegalArgumentException(
                file + ", line " + number + ": " + what + (shown.isEmpty() ? "" : ": '" + printable(shown) + "'"));
    }

    private static String printable(String text) {
        return text.codePoints()
                .map(letter -> letter < FIRST_PRINTABLE || letter > LAST_PRINTABLE ? '?' : letter)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    // ---- writing ----

    static String write(List<PlacementPlan.Requests> classes) {
        StringBuilder text = new StringBuilder(VERSION).append('\n');
        for (PlacementPlan.Requests requests : classes) {
            text.append("c,").append(requests.leastBytes()).append(',');
            text.append(requests.mostBytes()).append('\n');
            requests.tags().forEach(tag -> {
                TagText.appendAscii(text.append("t,"), tag);
                text.append('\n');
            });
            requests.places().forEach(place -> text.append("p,").append(place).append('\n'));
        }
        return text.toString();
    }
}
