// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs every test tagged {@code lab} of all modules in a guest with real dma-bufs and a real camera driver. */
class KernelLabIT {
    /** The kernel's virtual camera: one device with one capture node, /dev/video0. */
    private static final String CAMERA = "vivid n_devs=1 node_types=0x1";

    /** Seconds a whole run may take; {@code -Dlab.timeout} sets another. */
    private static final Duration TIMEOUT = Duration.ofSeconds(Long.getLong("lab.timeout", 1200));

    @TestFactory
    Stream<DynamicTest> guestTests() {
        KernelLab lab = KernelLab.named("tests").module(CAMERA).timeout(TIMEOUT);
        Path reports = lab.results();
        long start = System.nanoTime();
        GuestRun run = lab.run(GuestTests.command(reports));
        GuestReport report = GuestReport.of(run, reports);
        System.out.printf(
                "lab: %d guest tests in %d s, logs in %s%n",
                report.tests().size(),
                Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                reports);
        return report.retold();
    }
}
