// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers, and says in plain words what is none. */
final class NumberText<T> implements ITypeConverter<T> {

    private final Function<String, T> parser;
    private final String expected;

    private NumberText(Function<String, T> parser, String expected) {
        this.parser = parser;
        this.expected = expected;
    }

    /** Has all commands read their numbers so. */
    static void register(CommandLine line) {
        NumberText<Integer> ints = new NumberText<>(
                Integer::valueOf, "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        NumberText<Long> longs =
                new NumberText<>(Long::valueOf, "a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
        NumberText<Double> doubles = new NumberText<>(Double::valueOf, "a number, such as 2 or 0.5");
        line.registerConverter(int.class, ints)
                .registerConverter(Integer.class, ints)
                .registerConverter(long.class, longs)
                .registerConverter(Long.class, longs)
                .registerConverter(double.class, doubles)
                .registerConverter(Double.class, doubles);
    }

    @Override
    public T convert(String text) {
        try {
            return parser.apply(text.strip());
        } catch (NumberFormatException none) {
            throw new TypeConversionException("'" + text + "' is not " + expected);
        }
    }
}
