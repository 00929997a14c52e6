// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParseResult;

/** Runs a command, and says what is to be done where the runtime was linked without a module that the command needs. */
final class MissingModule implements IExecutionStrategy {

    /** Modules by how the names of their classes begin. */
    private static final Map<String, String> MODULES = Map.of(
            "java/awt/", "java.desktop",
            "javax/imageio/", "java.desktop",
            "java/util/logging/", "java.logging",
            "java/lang/management/", "java.management",
            "com/sun/net/httpserver/", "jdk.httpserver");

    private final IExecutionStrategy next = new CommandLine.RunLast();

    @Override
    public int execute(ParseResult parsed) {
        try {
            return next.execute(parsed);
        } catch (NoClassDefFoundError missing) {
            String name = Objects.requireNonNullElse(missing.getMessage(), "");
            String module = MODULES.entrySet().stream()
                    .filter(entry -> name.startsWith(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElseThrow(() -> missing);
            String message =
                    "this Java runtime has no module " + module + ", which the command needs: run it by a whole JDK, or"
                            + " link the runtime with jlink --add-modules " + module;
            throw new ExecutionException(
                    parsed.commandSpec().commandLine(), message, new UnsupportedOperationException(message, missing));
        }
    }
}
