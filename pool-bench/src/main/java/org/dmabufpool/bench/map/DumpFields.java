// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dmabufpool.bench.text.Words;

/** The fields of one JSON object, each with the type it should have; if not, the message says where and what is there. */
final class DumpFields {

    private static final int MOST_SHOWN = 60;

    private final String place;
    private final JsonNode object;

    /**
     * Looks at an object.
     *
     * @param file name for messages
     * @param where in the file, such as ", region 2"; empty for the whole
     */
    DumpFields(String file, String where, JsonNode object) {
        this.place = file + where;
        this.object = object;
    }

    boolean isText(String field, String wanted) {
        return object.path(field).isTextual() && object.path(field).textValue().equals(wanted);
    }

    String text(String field) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw wrong(field, "a text");
        }
        return value.textValue();
    }

    long number(String field, long least) {
        JsonNode value = object.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < least) {
            throw wrong(field, "a whole number of at least " + least);
        }
        return value.longValue();
    }

    /** One of some constants of an enumeration, in small letters. */
    <E extends Enum<E>> E word(String field, Collection<E> words) {
        return oneOf(field, words, DumpFields::lower);
    }

    /** A constant of an enumeration, as it is written in Java. */
    <E extends Enum<E>> E constant(String field, Class<E> constants) {
        return oneOf(field, EnumSet.allOf(constants), Enum::name);
    }

    private <E extends Enum<E>> E oneOf(String field, Collection<E> words, Function<E, String> text) {
        for (E word : words) {
            if (isText(field, text.apply(word))) {
                return word;
            }
        }
        throw wrong(field, "one of " + words.stream().map(text).collect(Collectors.joining(", ")));
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    JsonNode list(String field) {
        JsonNode value = object.path(field);
        if (!value.isArray()) {
            throw wrong(field, "a list");
        }
        return value;
    }

    /** A field's value for messages. */
    String shown(String field) {
        JsonNode value = object.path(field);
        return value.isMissingNode() ? "missing" : Words.clipped(Words.printable(value.toString()), MOST_SHOWN);
    }

    private DumpFormatException wrong(String field, String wanted) {
        return new DumpFormatException(
                place + ": \"" + field + "\" is " + shown(field) + ", not " + wanted + "; write the dump again");
    }
}
