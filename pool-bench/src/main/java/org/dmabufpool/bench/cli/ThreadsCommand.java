// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.peers.ThreadsCell;
import org.dmabufpool.bench.peers.ThreadsPlan;
import org.dmabufpool.bench.peers.ThreadsRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures one pool under many threads. */
@Command(
        name = "threads",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Measures one pool under many threads, beside the allocator for one thread behind one ReentrantLock.",
            "Each thread keeps a ring of live parts: it gives the oldest back, takes a new one and works. All cells take"
                    + " turns; compare figures of one run only, and leave the machine alone meanwhile."
        },
        footerHeading = "%nWhat the numbers mean:%n",
        footer = {
            "  pairs/us    pairs of all threads together, by the clock",
            "  CPU ns      CPU time of a pair, its work included",
            "  refused     requests that found no space, in percent",
            "  p50 ...     time of an allocation in ns, two looks at the clock included"
        })
public final class ThreadsCommand implements Callable<Integer> {

    private static final double PERCENT = 100;
    private static final long MICROSECOND = 1000;
    private static final long SECOND = 1_000_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4",
            description = "Numbers of threads (default: ${DEFAULT-VALUE}).")
    private List<Integer> threads = List.of();

    @Option(
            names = "--fill",
            split = ",",
            paramLabel = "SHARE",
            defaultValue = "0.5,0.8,0.88",
            description = "How much of the pool is live in the mean (default: ${DEFAULT-VALUE}).")
    private List<Double> fills = List.of();

    @Option(
            names = "--live",
            paramLabel = "N",
            defaultValue = "256",
            description = "Live parts of all threads together (default: ${DEFAULT-VALUE}).")
    private int live;

    @Option(
            names = "--least",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            defaultValue = "20K",
            description = "Smallest size (default: ${DEFAULT-VALUE}).")
    private long least;

    @Option(
            names = "--most",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            defaultValue = "12M",
            description = "Largest size; the logarithm of sizes is uniform (default: ${DEFAULT-VALUE}).")
    private long most;

    @Option(
            names = "--work",
            paramLabel = "US",
            defaultValue = "10",
            description = "Work between two pairs, in microseconds (default: ${DEFAULT-VALUE}).")
    private long work;

    @Option(
            names = "--pace",
            paramLabel = "PAIRS",
            description = "Pairs a second that each thread begins (default: as many as it can).")
    private @Nullable Long pace;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "1",
            description = "How long a cell is measured (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each cell has its turn; the median is shown (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write what is printed as JSON; - is standard output.")
    private @Nullable Path json;

    @Option(
            names = "--progress",
            negatable = true,
            description = "Show, or do not show, a progress bar (default: on a terminal).")
    private @Nullable Boolean progress;

    /** For picocli. */
    public ThreadsCommand() {}

    /** What is printed, as JSON. */
    record Report(int processors, String java, List<Table> fills) {}

    /** One fill's cells. */
    record Table(ThreadsPlan plan, List<ThreadsCell> cells) {}

    @Override
    public Integer call() throws IOException {
        if (pace != null && (pace < 1 || pace > SECOND)) {
            throw new IllegalArgumentException("--pace must be 1 to " + SECOND + " pairs a second: " + pace);
        }
        List<ThreadsPlan> plans = fills.stream().map(this::plan).toList();
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output report = outputs.at("--json", FileType.JSON, json);
            List<Table> tables = measure(plans);
            report.json(new Report(
                    Runtime.getRuntime().availableProcessors(), System.getProperty("java.vm.version", ""), tables));
            outputs.commit();
            print(tables, outputs.forPeople());
        }
        return ExitCode.OK;
    }

    private ThreadsPlan plan(double fill) {
        long pairNanos = pace == null ? 0 : SECOND / pace;
        return new ThreadsPlan(live, least, most, fill, work * MICROSECOND, pairNanos, seconds, rounds);
    }

    private List<Table> measure(List<ThreadsPlan> plans) {
        int steps = plans.size() * 2 * threads.size() * rounds;
        try (ProgressLine line = new ProgressLine("threads", progress == null ? ProgressLine.onTerminal() : progress)) {
            List<Table> tables = new ArrayList<>();
            for (ThreadsPlan plan : plans) {
                int before = tables.size() * 2 * threads.size() * rounds;
                tables.add(new Table(
                        plan, ThreadsRun.run(plan, threads, (what, done) -> line.at(before + done, steps, what))));
            }
            return tables;
        }
    }

    private static void print(List<Table> tables, PrintWriter out) {
        for (Table table : tables) {
            out.printf(Locale.ROOT, "fill %.2f%n", table.plan().fill());
            out.printf(
                    Locale.ROOT,
                    "%-14s %8s %10s %9s %9s %8s %8s %8s %9s%n",
                    "peer",
                    "threads",
                    "pairs/us",
                    "CPU ns",
                    "refused",
                    "p50",
                    "p99",
                    "p99.9",
                    "p99.99");
            for (ThreadsCell cell : table.cells()) {
                out.printf(
                        Locale.ROOT,
                        "%-14s %8d %10.3f %9.0f %8.2f%% %8d %8d %8d %9d%n",
                        cell.peer(),
                        cell.threads(),
                        cell.pairsPerMicrosecond(),
                        cell.cpuNs(),
                        PERCENT * cell.refused(),
                        cell.p50(),
                        cell.p99(),
                        cell.p999(),
                        cell.p9999());
            }
        }
        out.flush();
    }
}
