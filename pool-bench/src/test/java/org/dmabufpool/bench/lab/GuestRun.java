// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How one run of a guest ended.
 *
 * @param results the folder with all it left
 * @param status the exit status of {@code boot.sh}: the command's own, or one of those in {@link KernelLab}
 */
record GuestRun(Path results, int status) {
    /** What {@code boot.sh} and the command printed, in {@link #results}. */
    static final String LOG = "boot.log";

    private static final int SHOWN_LINES = 60;

    /** The end of what was printed, for a message. */
    String lastWords() {
        Path log = results.resolve(LOG);
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }
}
