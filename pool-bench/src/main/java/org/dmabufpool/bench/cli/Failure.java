// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.dmabufpool.heap.DmaBufException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line for people and an exit code for programs. */
final class Failure implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (failure instanceof IllegalArgumentException) {
            return say(command, String.valueOf(failure.getMessage()), ExitCode.USAGE);
        }
        if (failure instanceof DmaBufException
                || failure instanceof UnsupportedOperationException
                || failure instanceof IOException) {
            return say(command, String.valueOf(failure.getMessage()), ExitCode.SOFTWARE);
        }
        if (failure instanceof UncheckedIOException unchecked) {
            return say(
                    command,
                    String.valueOf(Objects.requireNonNull(unchecked.getCause()).getMessage()),
                    ExitCode.SOFTWARE);
        }
        throw failure;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String message = failure instanceof UnmatchedArgumentException unmatched
                ? unmatched(unmatched, command)
                : String.valueOf(failure.getMessage());
        return say(command, message, ExitCode.USAGE);
    }

    private static String unmatched(UnmatchedArgumentException failure, CommandLine command) {
        String argument = failure.getUnmatched().get(0);
        String what = failure.isUnknownOption()
                ? "there is no option '" + argument + "'"
                : command.getSubcommands().isEmpty()
                        ? "'" + argument + "' is one argument too many"
                        : "there is no command '" + argument + "'";
        Set<String> words = failure.isUnknownOption()
                ? command.getCommandSpec().optionsMap().keySet()
                : command.getSubcommands().keySet();
        String name = argument.startsWith("-") ? argument.split("=", 2)[0] : argument;
        return what
                + Nearest.to(name, words)
                        .map(word -> ": did you mean " + word + "?")
                        .orElse("") + " (see --help)";
    }

    private static int say(CommandLine command, String text, int code) {
        String message =
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("; "));
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + message);
        return code;
    }
}
