// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What a file holds that an option names, and how the names of such files end. */
enum FileType {
    JPEG("JPEG", ".jpg .jpeg"),
    PNG("PNG", ".png"),
    SVG("SVG", ".svg"),
    JSON("JSON", ".json"),
    /** A trace; one whose name ends in .gz is packed. */
    TRACE("a trace", ".trace .gz"),
    PLAN("a plan", ".plan"),
    PLACEMENT("a placement", ".placement");

    private final String label;
    /** Parted by spaces, the usual one first. */
    private final String suffixes;

    FileType(String label, String suffixes) {
        this.label = label;
        this.suffixes = suffixes;
    }

    /**
     * Checks that the name does not promise another type; any other name is as good.
     *
     * @throws IllegalArgumentException if it does; the message names the option
     */
    void check(String option, Path place) {
        String name = place.toString();
        if (isNamed(name)) {
            return;
        }
        for (FileType other : values()) {
            if (other.isNamed(name)) {
                throw new IllegalArgumentException(
                        option + " writes " + label + ", and " + name + " is a name for " + other.label
                                + ": let it end in " + suffixes().findFirst().orElse(""));
            }
        }
    }

    private boolean isNamed(String name) {
        return suffixes().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    }

    private Stream<String> suffixes() {
        return Stream.of(suffixes.split(" "));
    }
}
