// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@code -} stands for in place of a file: standard input, or standard output. */
final class StandardStreams {

    /** What messages call standard input. */
    static final String INPUT = "standard input";

    /** What messages call standard output. */
    static final String OUTPUT = "standard output";

    private static final Path STANDARD = Path.of("-");

    private StandardStreams() {}

    /** Whether a place is {@code -}. */
    static boolean named(@Nullable Path place) {
        return STANDARD.equals(place);
    }

    /**
     * Writes text to standard output.
     *
     * @throws IOException if it is closed or full
     */
    static void write(PrintWriter out, String text) throws IOException {
        out.print(text);
        // A writer over System.out does not hear of what fails below it.
        if (out.checkError() || System.out.checkError()) {
            throw new IOException("cannot write " + OUTPUT + ": it is closed or full");
        }
    }
}
