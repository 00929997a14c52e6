// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.peers.Pace;
import org.dmabufpool.bench.peers.PeersChart;
import org.dmabufpool.bench.peers.PeersReport;
import org.dmabufpool.bench.peers.PeersRun;
import org.dmabufpool.bench.peers.PeersTable;
import org.dmabufpool.bench.peers.Selection;
import org.dmabufpool.bench.shoot.OutputFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the allocator beside its peers. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Measures the allocator beside VMA, Netty, jemalloc, rpmalloc and H2: time, tails, garbage, footprint.",
            "Every peer has a JVM of its own; all take turns, so that what disturbs the machine disturbs all of them.",
            "Figures are fit for comparison within a run only. Leave the machine alone meanwhile."
        })
public final class PeersCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Option(names = "--quick", description = "About two minutes instead of ten, and rough figures.")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "WORKLOAD",
            description = "Measure these only: hot, live-256, live-256-to-256k, live-100k, footprint.")
    private List<String> only = List.of();

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "PEER",
            description = "Measure these only: ours-alone, ours-handles, ours-slice, vma, vma-min-memory, vma-min-time,"
                    + " vma-min-offset, vma-locked, h2-bit-set, netty-pooled, netty-adaptive, jemalloc, rpmalloc."
                    + " Footprints are always those of all policies.")
    private List<String> peers = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Also write what is printed as JSON.")
    private @Nullable Path json;

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            description = "Also draw a chart: SVG where the name ends in .svg, otherwise PNG.")
    private @Nullable Path chart;

    @Option(
            names = "--progress",
            negatable = true,
            description = "Show, or do not show, a progress bar (default: on a terminal).")
    private @Nullable Boolean progress;

    /** For picocli. */
    public PeersCommand() {}

    @Override
    public Integer call() throws IOException {
        Selection selection = Selection.of(only, peers);
        try (JsonFile report = JsonFile.at(json)) {
            if (chart == null) {
                report.write(measure(selection));
            } else {
                try (OutputFile picture = OutputFile.at(chart)) {
                    PeersReport result = measure(selection);
                    report.write(result);
                    picture.write(ByteBuffer.wrap(PeersChart.draw(result, chart.toString())));
                    picture.commit();
                }
            }
        }
        return ExitCode.OK;
    }

    private PeersReport measure(Selection selection) throws IOException {
        Pace pace = quick ? Pace.QUICK : Pace.FULL;
        PeersReport report;
        try (ProgressLine line = new ProgressLine("peers", progress == null ? ProgressLine.onTerminal() : progress)) {
            int steps = PeersRun.steps(selection, pace);
            report = PeersRun.run(selection, pace, (what, done) -> line.at(done, steps, what));
        }
        PeersTable.print(report, spec.commandLine().getOut());
        return report;
    }
}
