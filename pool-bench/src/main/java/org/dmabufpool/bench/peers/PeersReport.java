// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
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
 * @param ratios what the allocator is judged by, one {@link Figure} each; null where it was not measured
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

    /**
     * Reads what was written as JSON.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is no such report
     */
    public static PeersReport read(Path file) throws IOException {
        try {
            return new ObjectMapper().readValue(file.toFile(), PeersReport.class);
        } catch (JacksonException other) {
            throw new IllegalArgumentException(
                    file + " is no report of this version of peers: " + other.getOriginalMessage()
                            + "; write one with peers --json FILE",
                    other);
        } catch (FileNotFoundException missing) {
            throw new IOException("cannot read " + missing.getMessage(), missing);
        }
    }

    static PeersReport of(Pace pace, List<WorkloadResults> workloads, List<Footprint> footprints) {
        return new PeersReport(
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                pace,
                Figure.of(new Findings(workloads, footprints)),
                workloads,
                footprints);
    }
}
