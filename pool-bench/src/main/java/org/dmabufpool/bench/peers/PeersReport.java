// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run.
 *
 * @param java the JVM
 * @param cores processors it may use
 * @param loadAtEnd the system's load average over the last minute; the run itself makes 1 to 2, the rest disturbed it
 * @param pace how thorough the run was
 * @param ratios what the allocator is judged by; of times, below 1 means that ours is quicker
 * @param workloads everyone at every workload
 * @param footprints everyone's smallest pools
 */
public record PeersReport(
        String java,
        int cores,
        double loadAtEnd,
        Pace pace,
        Map<String, @Nullable Double> ratios,
        List<WorkloadResults> workloads,
        List<Footprint> footprints) {

    static PeersReport of(Pace pace, List<WorkloadResults> workloads, List<Footprint> footprints) {
        return new PeersReport(
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                pace,
                Judgement.of(workloads),
                workloads,
                footprints);
    }
}
