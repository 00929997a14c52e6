// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.charset.StandardCharsets;

/**
 * Tags and borrowers as the lines of traces and plans hold them: '%', ',', '#', control characters and line ends are written as
 * a '%' and two hexadecimal digits for each byte of UTF-8, and so is white space at either end, which readers strip.
 */
final class TagText {

    private static final char FIRST_PRINTABLE = ' ';
    private static final int LAST_OF_ASCII = 127;
    private static final int NIBBLE_BITS = 4;
    private static final int NIBBLE = 15;
    private static final String DIGITS = "0123456789ABCDEF";

    private TagText() {}

    /** Appends a text. Half a surrogate pair, which UTF-8 does not have, becomes a question mark. */
    static void append(StringBuilder line, String text) {
        append(line, text, Character.MAX_CODE_POINT);
    }

    /** As {@link #append}, and whatever is not ASCII is written as bytes, too. */
    static void appendAscii(StringBuilder line, String text) {
        append(line, text, LAST_OF_ASCII);
    }

    private static void append(StringBuilder line, String text, int lastPlain) {
        for (int at = 0; at < text.length(); ) {
            int letter = text.codePointAt(at);
            int next = at + Character.charCount(letter);
            boolean atEnd = at == 0 || next == text.length();
            if (letter <= lastPlain && isPlain(letter) && !(atEnd && Character.isWhitespace(letter))) {
                line.appendCodePoint(letter);
            } else {
                appendEncoded(line, new String(Character.toChars(letter)).getBytes(StandardCharsets.UTF_8));
            }
            at = next;
        }
    }

    private static boolean isPlain(int letter) {
        int type = Character.getType(letter);
        return letter >= FIRST_PRINTABLE
                && !Character.isISOControl(letter)
                && letter != '%'
                && letter != ','
                && letter != '#'
                && type != Character.SURROGATE
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    private static void appendEncoded(StringBuilder line, byte[] bytes) {
        for (byte one : bytes) {
            line.append('%').append(DIGITS.charAt(one >> NIBBLE_BITS & NIBBLE)).append(DIGITS.charAt(one & NIBBLE));
        }
    }
}
