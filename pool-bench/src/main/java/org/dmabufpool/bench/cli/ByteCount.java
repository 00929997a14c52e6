// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers of bytes such as {@code 268435456}, {@code 256M} or {@code 1GiB}; units count in 1024s. */
final class ByteCount implements ITypeConverter<Long> {

    private static final Pattern TEXT = Pattern.compile("(\\d+)([KMGT]?)(?:I?B)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;

    @Override
    public Long convert(String text) {
        long bytes = parse(text);
        if (bytes == 0) {
            throw new TypeConversionException("a number of bytes is above 0: " + text);
        }
        return bytes;
    }

    /** The same where 0 is allowed. */
    static long parse(String text) {
        Matcher matcher = TEXT.matcher(text.trim().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is no number of bytes: write 256M or 1G, for instance");
        }
        String unit = matcher.group(2);
        int shift = unit.isEmpty() ? 0 : UNIT_BITS * (UNITS.indexOf(unit) + 1);
        try {
            // What is too long for a long is a NumberFormatException.
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw new TypeConversionException("'" + text + "' is more bytes than there are: at most " + Long.MAX_VALUE);
        }
    }
}
