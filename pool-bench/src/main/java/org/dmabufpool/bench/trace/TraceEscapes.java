// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Tags and borrowers as a line of a trace holds them: UTF-8, of which '%', ',', '#', control characters and line ends are
 * written as a '%' and two hexadecimal digits for each byte, and so is white space at either end.
 */
final class TraceEscapes {

    private static final char ESCAPE = '%';
    private static final int ESCAPED = 3;
    private static final int HEXADECIMAL = 16;
    private static final int NIBBLE_BITS = 4;
    private static final int NIBBLE = 15;
    private static final int BYTE = 255;
    private static final String DIGITS = "0123456789ABCDEF";
    private static final String RULE = "in a tag and a borrower '%', ',', '#', control characters and line ends are"
            + " percent-encoded as UTF-8, such as %25 and %0A";

    private TraceEscapes() {}

    /** Why a text is none; the message says where, and what is allowed. */
    static final class Malformed extends Exception {

        private static final long serialVersionUID = 1L;

        Malformed(String what) {
            super(what + ": " + RULE);
        }
    }

    /** The text for a line. Half a surrogate pair, which UTF-8 does not have, becomes a question mark. */
    static String encode(String text) {
        int[] letters = text.codePoints().toArray();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < letters.length; i++) {
            boolean atEnd = i == 0 || i == letters.length - 1;
            if (mustBeEscaped(letters[i]) || (atEnd && Character.isWhitespace(letters[i]))) {
                escape(letters[i], line);
            } else {
                line.appendCodePoint(letters[i]);
            }
        }
        return line.toString();
    }

    private static void escape(int letter, StringBuilder line) {
        for (byte one : Character.toString(letter).getBytes(StandardCharsets.UTF_8)) {
            line.append(ESCAPE);
            line.append(DIGITS.charAt(one >> NIBBLE_BITS & NIBBLE)).append(DIGITS.charAt(one & NIBBLE));
        }
    }

    private static boolean mustBeEscaped(int letter) {
        return letter == ESCAPE || letter == ',' || letter == '#' || isControl(letter) || isHalf(letter);
    }

    private static boolean isHalf(int letter) {
        return Character.getType(letter) == Character.SURROGATE;
    }

    private static boolean isControl(int letter) {
        int type = Character.getType(letter);
        return type == Character.CONTROL || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
    }

    /**
     * The text of a line's field.
     *
     * @param field with a letter for each byte, as {@link LineSource} reads them
     * @throws Malformed if it is none
     */
    static String decode(String field) throws Malformed {
        int control = utf8(field.getBytes(StandardCharsets.ISO_8859_1))
                .codePoints()
                .filter(TraceEscapes::isControl)
                .findFirst()
                .orElse(-1);
        if (control >= 0) {
            throw new Malformed("the control character U+" + Integer.toHexString(control) + " is not encoded");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < field.length(); at += field.charAt(at) == ESCAPE ? ESCAPED : 1) {
            bytes.write(field.charAt(at) == ESCAPE ? escaped(field, at) : field.charAt(at));
        }
        return utf8(bytes.toByteArray());
    }

    private static int escaped(String field, int at) throws Malformed {
        String escape = field.substring(at, Math.min(field.length(), at + ESCAPED));
        int high = escape.length() < ESCAPED ? -1 : Character.digit(escape.charAt(1), HEXADECIMAL);
        int low = escape.length() < ESCAPED ? -1 : Character.digit(escape.charAt(2), HEXADECIMAL);
        if (high < 0 || low < 0) {
            throw new Malformed("'" + escape + "' is no % and two hexadecimal digits");
        }
        return (high << NIBBLE_BITS | low) & BYTE;
    }

    private static String utf8(byte[] bytes) throws Malformed {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw new Malformed("these bytes are no UTF-8");
        }
    }
}
