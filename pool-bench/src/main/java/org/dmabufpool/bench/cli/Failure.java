// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.Collectors;
import org.dmabufpool.heap.DmaBufException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one line for people and an exit code for programs. */
final class Failure implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (failure instanceof IllegalArgumentException) {
            return say(command, failure, ExitCode.USAGE);
        }
        if (failure instanceof DmaBufException
                || failure instanceof UnsupportedOperationException
                || failure instanceof IOException) {
            return say(command, failure, ExitCode.SOFTWARE);
        }
        if (failure instanceof UncheckedIOException unchecked) {
            return say(command, Objects.requireNonNull(unchecked.getCause()), ExitCode.SOFTWARE);
        }
        throw failure;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        return say(failure.getCommandLine(), failure, ExitCode.USAGE);
    }

    private static int say(CommandLine command, Throwable failure, int code) {
        String message = String.valueOf(failure.getMessage())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("; "));
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + message);
        return code;
    }
}
