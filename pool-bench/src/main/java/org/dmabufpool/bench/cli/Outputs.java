// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dmabufpool.bench.shoot.OutputFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The files that the options of one command name. They are checked before any work, written after it, and put into their
 * places by {@link #commit}, when all of them are written.
 *
 * <p>{@code -} is standard output; then nothing else may go there, and what people read goes to standard error.
 */
final class Outputs implements AutoCloseable {

    private final CommandLine command;
    /** By the options that name them. */
    private final Map<String, OutputFile> files = new LinkedHashMap<>();

    private boolean standardOutput;

    Outputs(CommandLine command) {
        this.command = command;
    }

    /**
     * What an option names; where it was not given, nothing is ever written.
     *
     * @throws IllegalArgumentException if the name is empty, that of another type of file, or one that another option has
     * @throws IOException if the file cannot be written
     */
    Output at(String option, FileType type, @Nullable Path place) throws IOException {
        if (place == null) {
            return new Output(null, null);
        }
        OutputFile file = file(option, type, place);
        return new Output(file, StandardStreams.named(place) ? command.getOut() : null);
    }

    /** As {@link #at}, for whoever writes the file by itself. */
    OutputFile file(String option, FileType type, Path place) throws IOException {
        if (place.toString().isEmpty()) {
            throw new IllegalArgumentException(option + " is empty: name a file, or leave it out");
        }
        type.check(option, place);
        boolean standard = StandardStreams.named(place);
        OutputFile file = opened(option, place, standard);
        boolean kept = false;
        try {
            for (Map.Entry<String, OutputFile> other : files.entrySet()) {
                if (file.isSameAs(other.getValue())) {
                    throw new IllegalArgumentException(other.getKey() + " and " + option + " both write to "
                            + file.name() + ": give one of them a file of its own");
                }
            }
            files.put(option, file);
            standardOutput |= standard;
            kept = true;
        } finally {
            if (!kept) {
                file.close();
            }
        }
        return file;
    }

    private static OutputFile opened(String option, Path place, boolean standard) throws IOException {
        try {
            return standard ? OutputFile.of(StandardStreams.OUTPUT + " (-)", System.out) : OutputFile.at(place);
        } catch (IOException refused) {
            throw new IOException(option + ": " + refused.getMessage(), refused);
        }
    }

    /** Where to print what people read. */
    PrintWriter forPeople() {
        return standardOutput ? command.getErr() : command.getOut();
    }

    /** Puts all files into their places. */
    void commit() throws IOException {
        for (OutputFile file : files.values()) {
            file.commit();
        }
    }

    /** Removes what was written and not committed. */
    @Override
    public void close() throws IOException {
        for (OutputFile file : files.values()) {
            file.close();
        }
    }
}
