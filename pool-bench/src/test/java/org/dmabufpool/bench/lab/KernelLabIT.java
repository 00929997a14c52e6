// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Runs every test tagged for the lab, of all modules, in guests with real dma-bufs; and those whose outcome hangs on the kernel's
 * udmabuf on the newest kernel, too, which has other rules. With {@code -Ddmabufpool.deep=true} that runs all with bounced DMA.
 */
@Execution(ExecutionMode.CONCURRENT)
class KernelLabIT {
    /** The kernel's virtual camera: one device with one capture node, /dev/video0. */
    private static final String CAMERA = "vivid n_devs=1 node_types=0x1";

    /** Partial sync for this kernel, and exporters and a device to see it with. */
    private static final Path MODULE = Path.of("../pool-native/src/kernel");

    /** All streaming DMA goes through bounce buffers, 2 KiB each: what is not synced is stale, as on a phone. */
    private static final String BOUNCE = "swiotlb=262144,force";

    private static final String NEWEST = "trixie-backports";

    /** Tests of owners, loans, fences and windows. */
    private static final List<String> SHARED_USE =
            List.of("org.dmabufpool.linux.CoherencyWalkBounceTest", "org.dmabufpool.linux.IdleWindowBounceTest");

    /** Seconds a whole run may take; {@code -Dlab.timeout} sets another. */
    private static final Duration TIMEOUT =
            Duration.ofSeconds(Long.getLong("lab.timeout", Boolean.getBoolean("dmabufpool.deep") ? 7200 : 1200));

    @TestFactory
    Stream<DynamicTest> stockKernelWithCameraDriver() {
        return run(KernelLab.named("tests").module(CAMERA), GuestTests.tagged(GuestTests.TAG));
    }

    @TestFactory
    Stream<DynamicTest> kernelWithPartialSyncAndBouncedDma() {
        KernelLab lab = KernelLab.named("bounce").build(MODULE).append(BOUNCE);
        return run(lab, GuestTests.tagged(GuestTests.BOUNCE_TAG));
    }

    @TestFactory
    Stream<DynamicTest> newestKernelWithPartialSyncAndBouncedDma() {
        KernelLab lab = KernelLab.named("newest").suite(NEWEST).build(MODULE).append(BOUNCE);
        boolean all = Boolean.getBoolean("dmabufpool.deep");
        return run(lab, all ? GuestTests.tagged(GuestTests.BOUNCE_TAG) : SHARED_USE);
    }

    private static Stream<DynamicTest> run(KernelLab lab, List<String> classes) {
        Path reports = lab.results();
        long start = System.nanoTime();
        List<String> command = GuestTests.command(reports, classes);
        GuestRun run = lab.timeout(TIMEOUT).run(command);
        GuestReport report = GuestReport.of(run, reports);
        System.out.printf(
                "lab: %d guest tests of %d classes in %d s, logs in %s%n",
                report.tests().size(),
                classes.size(),
                Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                reports);
        return report.retold();
    }
}
