// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * The programs that tests watch a pool with: {@code prometheus}, {@code promtool}, {@code chromium} and
 * {@code chromedriver}, as {@code src/watch/prepare.sh} brings them.
 *
 * <p>Looked for in the folder that the system property {@value #FOLDER_PROPERTY} names; the build's profile {@code lab}
 * fills that folder and sets the property, and then a tool that is not there is a failure. Without the property the
 * folder of an earlier preparation will do, then the machine's {@code PATH}, and a test that finds its tool in neither
 * is aborted with one line that says so.
 */
final class WatchTools {
    /** System property with the folder of the tools; where it is set, tests must find them there. */
    static final String FOLDER_PROPERTY = "watch.tools";

    private static final Path DEFAULT_FOLDER = Path.of("target/watch").toAbsolutePath();

    private WatchTools() {}

    /**
     * Where the tool is.
     *
     * @param tool the program's name, such as {@code promtool}
     * @throws AssertionError if {@value #FOLDER_PROPERTY} is set and that folder does not have the tool
     * @throws TestAbortedException if it is not set and the tool is nowhere
     */
    static Path require(String tool) {
        return require(tool, System.getProperty(FOLDER_PROPERTY));
    }

    /** The same with the property's value given. */
    static Path require(String tool, @Nullable String folder) {
        if (folder != null) {
            return in(Path.of(folder), tool)
                    .orElseThrow(() -> new AssertionError("no program " + tool + " in " + folder
                            + ": src/watch/prepare.sh --links " + folder + " brings it"));
        }
        return find(tool).orElseThrow(() -> aborted(tool));
    }

    /** Where the tool is without the profile: the folder of an earlier preparation, or the machine's own. */
    private static Optional<Path> find(String tool) {
        Stream<Path> machine = Stream.of(System.getenv("PATH").split(":")).map(Path::of);
        return Stream.concat(Stream.of(DEFAULT_FOLDER), machine)
                .flatMap(folder -> in(folder, tool).stream())
                .findFirst();
    }

    private static Optional<Path> in(Path folder, String tool) {
        return Optional.of(folder.resolve(tool)).filter(Files::isExecutable);
    }

    private static TestAbortedException aborted(String tool) {
        String message =
                "NOT RUN: this machine has no " + tool + "; mvn verify -Plab brings it, or src/watch/prepare.sh";
        System.err.println(message);
        return new TestAbortedException(message);
    }
}
