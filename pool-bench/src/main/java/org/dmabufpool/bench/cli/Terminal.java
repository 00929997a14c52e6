// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What standard output can show. */
final class Terminal {

    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final int DEFAULT_WIDTH = 100;

    private Terminal() {}

    /** Whether colours and blocks will be seen as such. */
    static boolean hasColours() {
        return isOutput() && wantsColours(System.getenv()) && knows(encoding(), "▌▐·╱");
    }

    private static boolean isOutput() {
        try {
            String target = Files.readSymbolicLink(STANDARD_OUTPUT).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /** By what people and terminals say in the environment. */
    static boolean wantsColours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    private static String encoding() {
        return System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    }

    static boolean knows(String encoding, String text) {
        try {
            return Charset.forName(encoding).newEncoder().canEncode(text);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return false;
        }
    }

    /** Columns, as the shell says, or what most have. */
    static int width(Map<String, String> environment, int least, int most) {
        try {
            return Math.max(least, Math.min(most, Integer.parseInt(environment.getOrDefault("COLUMNS", ""))));
        } catch (NumberFormatException unknown) {
            return DEFAULT_WIDTH;
        }
    }
}
