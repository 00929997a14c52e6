// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.peers.Pace;
import org.dmabufpool.bench.peers.PeersChart;
import org.dmabufpool.bench.peers.PeersMarkdown;
import org.dmabufpool.bench.peers.PeersReport;
import org.dmabufpool.bench.peers.PeersRun;
import org.dmabufpool.bench.peers.PeersTable;
import org.dmabufpool.bench.peers.Selection;
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
            "Every peer has a JVM of its own, with the same flags, sizes and slots; all take turns, so that what disturbs"
                    + " the machine disturbs all of them. Compare figures of one run only, and leave the machine alone"
                    + " meanwhile."
        },
        footerHeading = "%nWhat the numbers mean:%n",
        footer = {
            "  pair        one release and one allocation; where the part lies is known",
            "              afterwards",
            "  ns          CPU time of a pair on its thread, median of the rounds; best is",
            "              the quickest round; the collector's work is not in it",
            "  ratio       ns in proportion to VMA's quickest strategy, median of the rounds;",
            "              below 1 is quicker",
            "  p50, p99, p99.9",
            "              time of single pairs by the clock, two looks at it included,",
            "              which bring ratios nearer to 1",
            "  pairs/us    throughput of all threads by the clock, the best round",
            "  bytes       garbage of a pair",
            "  footprint   smallest pool that serves a trace in proportion to the most bytes",
            "              live in it; 1 is perfect",
            "%nThe workloads, in whole pages:%n",
            "  hot         one part of 64 KiB comes and goes, 255 others stay",
            "  live-256    256 live, a random one is replaced, sizes from 4 KiB to 32 MiB",
            "              whose logarithm is uniform",
            "  live-256-to-256k, live-100k",
            "              256 and 100 000 live, sizes from 4 KiB to 256 KiB",
            "%nours-alone, vma, vma-min-* and h2-bit-set are for one thread and have no lock;",
            "all others are measured with one thread and with two that share one of them."
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

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Do not measure, but show what an earlier run wrote with --json.")
    private @Nullable Path from;

    @Option(names = "--markdown", description = "Print tables in Markdown, as for a page of documentation.")
    private boolean markdown;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write what is printed as JSON; - is standard output.")
    private @Nullable Path json;

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            description = "Also draw the times as SVG, to be read in the light and in the dark.")
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
        if (from != null && (quick || !only.isEmpty() || !peers.isEmpty())) {
            throw new IllegalArgumentException(
                    "--from shows all of an earlier run: leave out --quick, --only and --peers");
        }
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output report = outputs.at("--json", FileType.JSON, json);
            Output picture = outputs.at("--chart", FileType.SVG, chart);
            PeersReport result = from == null ? measure(selection) : PeersReport.read(from);
            report.json(result);
            picture.text(() -> PeersChart.draw(result));
            outputs.commit();
            print(result, outputs.forPeople());
        }
        return ExitCode.OK;
    }

    private PeersReport measure(Selection selection) throws IOException {
        Pace pace = quick ? Pace.QUICK : Pace.FULL;
        try (ProgressLine line = new ProgressLine("peers", progress == null ? ProgressLine.onTerminal() : progress)) {
            int steps = PeersRun.steps(selection, pace);
            return PeersRun.run(selection, pace, (what, done) -> line.at(done, steps, what));
        }
    }

    private void print(PeersReport report, PrintWriter out) {
        if (markdown) {
            PeersMarkdown.print(report, out);
        } else {
            PeersTable.print(report, out);
        }
    }
}
