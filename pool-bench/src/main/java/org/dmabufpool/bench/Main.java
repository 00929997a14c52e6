// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench;

import org.dmabufpool.bench.cli.Commands;

/** The runnable jar's entry. */
public final class Main {

    private Main() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        // The pipeline draws into memory only; without this, Java's image classes look for a display.
        System.setProperty("java.awt.headless", "true");
        System.exit(Commands.line().execute(arguments));
    }
}
