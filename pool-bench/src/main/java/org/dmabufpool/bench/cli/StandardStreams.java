// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * What {@code -} stands for in place of a file: standard input, or standard output.
 *
 * <p>Where an output has standard output, nothing else may go there, as what reads it would not understand it.
 */
final class StandardStreams {

    /** What messages call standard input. */
    static final String INPUT = "standard input";

    /** What messages call standard output. */
    static final String OUTPUT = "standard output";

    private static final Path STANDARD = Path.of("-");

    private StandardStreams() {}

    /** An option that names a file to write, and the file; null where it was not given. */
    record Output(String option, @Nullable Path place) {}

    /** Whether a place is {@code -}. */
    static boolean named(@Nullable Path place) {
        return STANDARD.equals(place);
    }

    /**
     * Where a command prints what people read: standard error if one of its outputs has standard output.
     *
     * @throws IllegalArgumentException if two have
     */
    static PrintWriter forPeople(CommandLine command, Output... outputs) {
        String taken = "";
        for (Output output : outputs) {
            if (named(output.place())) {
                if (!taken.isEmpty()) {
                    throw new IllegalArgumentException(taken + " and " + output.option() + " both write to " + OUTPUT
                            + " (-): give one of them a file");
                }
                taken = output.option();
            }
        }
        return taken.isEmpty() ? command.getOut() : command.getErr();
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
            throw failed();
        }
    }

    /**
     * Writes bytes to standard output.
     *
     * @throws IOException if it is closed or full
     */
    static void write(PrintStream out, byte[] bytes) throws IOException {
        out.write(bytes);
        if (out.checkError()) {
            throw failed();
        }
    }

    private static IOException failed() {
        return new IOException("cannot write " + OUTPUT + ": it is closed or full");
    }
}
