// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads numbers of bytes: {@code 268435456}; {@code 256M}, {@code 256Mi} or {@code 256MiB}, which count in 1024s; {@code 256MB},
 * which counts in 1000s.
 */
final class ByteCount implements ITypeConverter<Long> {

    private static final Pattern TEXT = Pattern.compile("(\\d+)(?:([KMGT])(I|IB|B)?|B)?");
    private static final String UNITS = "KMGT";
    private static final long BINARY = 1024;
    private static final long DECIMAL = 1000;

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
            throw new TypeConversionException(
                    "'" + text + "' is no number of bytes: write 256M or 1G, for instance, or 256MB for 256 000 000");
        }
        String unit = matcher.group(2);
        int power = unit == null ? 0 : UNITS.indexOf(unit) + 1;
        long base = "B".equals(matcher.group(3)) ? DECIMAL : BINARY;
        try {
            // What is too long for a long is a NumberFormatException.
            long bytes = Long.parseLong(matcher.group(1));
            for (int i = 0; i < power; i++) {
                bytes = Math.multiplyExact(bytes, base);
            }
            return bytes;
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw new TypeConversionException("'" + text + "' is more bytes than there are: at most " + Long.MAX_VALUE);
        }
    }
}
