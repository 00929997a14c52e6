// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.text;

import java.util.Locale;
import org.dmabufpool.heap.SyncWay;

/** How values are said to people. */
public final class Words {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int UNIT_BITS = 10;
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    /** From here on most letters are as wide as two. */
    private static final int WIDE = 0x2E80;

    private Words() {}

    /** A way to sync, as the command line names it. */
    public static String of(SyncWay way) {
        return way.name().toLowerCase(Locale.ROOT);
    }

    /** Bytes, such as "512 KiB" or "1.5 GiB". */
    public static String bytes(long count) {
        int unit = count == 0 ? 0 : (Long.SIZE - 1 - Long.numberOfLeadingZeros(count)) / UNIT_BITS;
        double value = count / (double) (1L << (UNIT_BITS * unit));
        return String.format(Locale.ROOT, value % 1 == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }

    /** A time, such as "12 s" or "3.5 h". */
    public static String age(long millis) {
        if (millis < SECOND) {
            return "< 1 s";
        }
        if (millis < 2 * MINUTE) {
            return millis / SECOND + " s";
        }
        if (millis < 2 * HOUR) {
            return millis / MINUTE + " min";
        }
        return String.format(
                Locale.ROOT, millis < 2 * DAY ? "%.1f h" : "%.1f d", (double) millis / (millis < 2 * DAY ? HOUR : DAY));
    }

    /** A share of 1, such as "12.5 %". */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** "1 hole" or "2 holes". */
    public static String count(long count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }

    /** Without what a terminal would obey, or XML does not have. */
    public static String printable(String text) {
        return text.codePoints()
                .map(letter -> isPrintable(letter) ? letter : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isPrintable(int letter) {
        return switch (Character.getType(letter)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** How many columns of a terminal a text takes, about. */
    public static int width(String text) {
        return text.codePoints().map(letter -> letter < WIDE ? 1 : 2).sum();
    }

    /** The text, or what of it fits into so many columns, and a mark that it goes on. */
    public static String clipped(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder begin = new StringBuilder();
        int taken = 1;
        for (int letter : text.codePoints().toArray()) {
            taken += letter < WIDE ? 1 : 2;
            if (taken > columns) {
                break;
            }
            begin.appendCodePoint(letter);
        }
        return begin.append('…').toString();
    }

    /** The text and as many spaces as it needs to take so many columns. */
    public static String padded(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - width(text)));
    }
}
