// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process holds of the kernel's: the oracle of every test about leaks. */
public final class Footprint {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private static final String STAND_IN = "memfd:dmabuf-pool-closed";

    private Footprint() {}

    /** The targets of all open descriptors that are memfds, dma-bufs or devices of this library, sorted. */
    public static List<String> descriptors() {
        try (Stream<Path> links = Files.list(DESCRIPTORS)) {
            return links.map(Footprint::target)
                    .filter(Footprint::isOurs)
                    .sorted()
                    .collect(Collectors.toList());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** How many sockets are open. */
    static long sockets() {
        try (Stream<Path> links = Files.list(DESCRIPTORS)) {
            return links.filter(link -> target(link).startsWith("socket:")).count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** How many mappings are of memfds or dma-bufs, but for {@link #standIns}. */
    static long mappings() {
        return lines().filter(line -> isOurs(line) && !line.contains(STAND_IN)).count();
    }

    /** How many closed mappings a sparse file stands in for, until their last views are collected. */
    static long standIns() {
        return mappingsNaming(STAND_IN);
    }

    /** Collects what earlier tests have left for the collector. */
    static void awaitNoStandIns() {
        await().until(() -> {
            System.gc();
            return standIns() == 0;
        });
    }

    /** How many mappings name this text. */
    static long mappingsNaming(String text) {
        return lines().filter(line -> line.contains(text)).count();
    }

    private static Stream<String> lines() {
        try {
            return Files.readAllLines(MAPPINGS).stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isOurs(String text) {
        return text.contains("memfd:")
                || text.contains("dmabuf")
                || text.contains("/dev/dma_heap")
                || text.contains("/dev/udmabuf")
                || text.contains("/dev/video")
                || text.contains("/dev/null");
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
