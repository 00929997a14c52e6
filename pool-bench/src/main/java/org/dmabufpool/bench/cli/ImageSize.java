// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A picture's size.
 *
 * @param width pixels in a row, even, {@link #MIN_SIDE} to {@link #MAX_SIDE}
 * @param height rows, even, {@link #MIN_SIDE} to {@link #MAX_SIDE}
 */
record ImageSize(int width, int height) {

    static final int MIN_SIDE = 16;
    static final int MAX_SIDE = 16384;
    /** A plane of 16-bit samples then fits one view of a slice, with room to spare. */
    static final long MAX_PIXELS = 200_000_000;

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})[xX](\\d{1,9})");

    static ImageSize parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size: write WIDTHxHEIGHT, such as 4000x3000");
        }
        int width = Integer.parseInt(matcher.group(1));
        int height = Integer.parseInt(matcher.group(2));
        if (!side(width) || !side(height) || (long) width * height > MAX_PIXELS) {
            throw new IllegalArgumentException("width and height are even, " + MIN_SIDE + " to " + MAX_SIDE
                    + ", with at most " + MAX_PIXELS / 1_000_000 + " megapixels: " + text);
        }
        return new ImageSize(width, height);
    }

    private static boolean side(int pixels) {
        return pixels % 2 == 0 && pixels >= MIN_SIDE && pixels <= MAX_SIDE;
    }

    /** Lets picocli read sizes. */
    static final class Converter implements ITypeConverter<ImageSize> {
        @Override
        public ImageSize convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(wrong.getMessage());
            }
        }
    }
}
