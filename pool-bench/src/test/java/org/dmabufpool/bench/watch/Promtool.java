// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a run of {@code promtool} ended.
 *
 * @param status the exit status, 0 if what it looked at is good
 * @param output all it printed
 */
record Promtool(int status, String output) {
    /** Checks the syntax of a file of alerting and recording rules. */
    static Promtool checkRules(Path file) {
        return run("check", "rules", file.toString());
    }

    /** Runs the unit tests of rules that a file describes. */
    static Promtool testRules(Path file) {
        return run("test", "rules", file.toString());
    }

    private static Promtool run(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(WatchTools.require("promtool").toString());
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Promtool(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + command, e);
        }
    }
}
