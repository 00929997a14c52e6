// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One run of a guest: {@code src/lab/boot.sh} as Java sees it. The guest has the host's files under the host's paths, so
 * a command for it is written as for the host. Everything a run leaves lies in {@code target/lab/NAME}.
 */
final class KernelLab {
    /** Exit statuses of {@code boot.sh} that are not the command's own. */
    static final int HUNG = 200;

    static final int PANICKED = 201;
    static final int SILENT = 202;

    private static final Path BOOT = Path.of("src/lab/boot.sh").toAbsolutePath();
    private static final Path LOGS = Path.of("target/lab").toAbsolutePath();

    /** What {@code boot.sh} may need beyond the guest's own time: the first run fetches qemu and the kernel. */
    private static final Duration PREPARATION = Duration.ofMinutes(20);

    private final Path results;
    private final List<String> options = new ArrayList<>();
    private Duration timeout = Duration.ofMinutes(15);

    private KernelLab(Path results) {
        this.results = results;
    }

    /** A guest whose folder of results, empty now, is {@code target/lab/NAME}. */
    static KernelLab named(String name) {
        Path results = LOGS.resolve(name);
        try {
            deleteTree(results);
            Files.createDirectories(results);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + results, e);
        }
        return new KernelLab(results);
    }

    /** The folder that host and guest share for writing. */
    Path results() {
        return results;
    }

    /** Loads a kernel module, with its parameters, before the command runs. */
    KernelLab module(String nameAndParameters) {
        options.addAll(List.of("--module", nameAndParameters));
        return this;
    }

    /** Boots the newest kernel of this suite of Debian. */
    KernelLab suite(String suite) {
        options.addAll(List.of("--suite", suite));
        return this;
    }

    /** Builds the kernel module whose sources are in this folder, and loads it before the command runs. */
    KernelLab build(Path sources) {
        options.addAll(List.of("--build", sources.toString()));
        return this;
    }

    /** More arguments for the kernel. */
    KernelLab append(String arguments) {
        options.addAll(List.of("--append", arguments));
        return this;
    }

    /** Gives the whole run up after this long; whole seconds. */
    KernelLab timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    /** Boots, runs the command as root in this JVM's current folder, and powers off. */
    GuestRun run(List<String> command) {
        List<String> boot = new ArrayList<>(List.of(BOOT.toString(), "--results", results.toString()));
        boot.addAll(List.of("--timeout", Long.toString(timeout.toSeconds())));
        boot.addAll(options);
        boot.add("--");
        boot.addAll(command);
        try {
            return new GuestRun(results, await(boot));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + BOOT, e);
        }
    }

    private int await(List<String> boot) throws IOException {
        File log = results.resolve(GuestRun.LOG).toFile();
        Process process = new ProcessBuilder(boot)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            Duration limit = timeout.plus(PREPARATION);
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("boot.sh is not done after " + limit + ", see " + log);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the guest ran, see " + log, e);
        } finally {
            process.destroy();
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
