// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.plan.OfflinePlacement;
import org.dmabufpool.bench.plan.OfflineProblem;
import org.dmabufpool.bench.plan.OfflineSolver;
import org.dmabufpool.bench.policy.Placement;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.bench.trace.FirstFailure;
import org.dmabufpool.bench.trace.MinPool;
import org.dmabufpool.bench.trace.OfflineSummary;
import org.dmabufpool.bench.trace.Replay;
import org.dmabufpool.bench.trace.ReplayReport;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceMap;
import org.dmabufpool.bench.trace.TraceReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Plays a trace. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Plays a trace of allocations and releases in a pool without memory, and says how it went.",
            "Without --capacity the smallest pool that serves the trace is looked for, and played in.",
            "Parts that find no space are counted; they are a result, not an error."
        })
public final class ReplayCommand implements Callable<Integer> {

    private static final int PERCENT = 100;
    private static final String SEARCHING = "looking for the smallest pool";
    private static final double NANOS_PER_SECOND = 1e9;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Parameters(
            paramLabel = "TRACE",
            description =
                    "Lines a,<id>,<bytes>[,<alignment>] and f,<id>, and others that docs/allocator.md describes; # begins"
                            + " a comment; may be packed by gzip.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private Path file;

    @Option(
            names = "--capacity",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description = "Size of the pool, such as 256M, rounded up to whole pages of 4096 bytes.")
    private @Nullable Long capacity;

    @Option(
            names = "--find-min-pool",
            description = "Look for the smallest pool that serves the whole trace, also where --capacity is given.")
    private boolean findMinPool;

    @Option(
            names = "--policy",
            defaultValue = "ours",
            paramLabel = "POLICY",
            description = "Who places the parts: ours, first-fit, best-fit, buddy, vma, vma-min-memory, vma-min-time,"
                    + " vma-min-offset (default: ${DEFAULT-VALUE}).")
    private String policy = "ours";

    @Option(
            names = "--availability",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description = "Tell how many more parts of this size could have been had (default: the trace's largest).")
    private @Nullable Long availability;

    @Option(
            names = "--offline",
            defaultValue = "10",
            paramLabel = "SECONDS",
            description =
                    "Beside the smallest pool, look at most so long for the smallest one that knew the whole trace"
                            + " beforehand; 0 for not at all (default: ${DEFAULT-VALUE}).")
    private double offlineSeconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write what is printed, and more, as JSON.")
    private @Nullable Path json;

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Also paint the pool over the trace as PNG: time to the right, addresses upwards.")
    private @Nullable Path map;

    @Option(
            names = "--progress",
            negatable = true,
            description = "Show, or do not show, a progress bar (default: on a terminal).")
    private @Nullable Boolean progress;

    /** For picocli. */
    public ReplayCommand() {}

    @Override
    public Integer call() throws IOException {
        Duration limit = SolverLine.limit("--offline", offlineSeconds);
        Policy wanted = Policy.named(policy);
        try (JsonFile report = JsonFile.at(json);
                PictureFile picture = PictureFile.at(map)) {
            Trace trace = TraceReader.read(file);
            play(trace, wanted, limit, report, picture);
        } catch (OutOfMemoryError failure) {
            throw new IOException(
                    "this trace needs more memory than Java may use (" + failure.getMessage()
                            + "): run java -Xmx4g -jar, or ask for a smaller --capacity",
                    failure);
        }
        return ExitCode.OK;
    }

    private void play(Trace trace, Policy wanted, Duration limit, JsonFile report, PictureFile picture)
            throws IOException {
        MinPool smallest = findMinPool || capacity == null ? search(trace, wanted) : null;
        long bytes = smallest != null && capacity == null ? smallest.bytes() : wholePages();
        OfflineSummary offline = smallest == null ? null : offline(trace, limit);
        Replay replay = Replay.run(trace, wanted, bytes);
        ReplayReport result = ReplayReport.of(
                replay, wanted, bytes, smallest, offline, availability == null ? trace.largestSize() : availability);
        report.write(result);
        picture.write(() -> TraceMap.paint(replay, bytes, title(result)));
        print(result, spec.commandLine().getOut());
    }

    private MinPool search(Trace trace, Policy wanted) {
        try (ProgressLine line = new ProgressLine("replay", shown())) {
            int pools = MinPool.pools(MinPool.THOROUGH);
            MinPool found = MinPool.find(
                    trace, wanted, MinPool.THOROUGH, tried -> line.at(Math.min(tried, pools - 1), pools, SEARCHING));
            line.at(pools, pools, SEARCHING);
            return found;
        }
    }

    private @Nullable OfflineSummary offline(Trace trace, Duration limit) {
        if (limit.isZero()) {
            return null;
        }
        OfflineProblem problem = OfflineProblem.of(trace, Placement.GRANULE);
        OfflinePlacement best;
        try (SolverLine line = new SolverLine("replay", shown(), limit)) {
            best = OfflineSolver.solve(problem, limit, 1, line);
        }
        return new OfflineSummary(
                best.height(),
                (double) best.height() / trace.peakLiveBytes(),
                best.algorithm(),
                best.proven(),
                best.nanos() / NANOS_PER_SECOND);
    }

    private boolean shown() {
        return progress == null ? ProgressLine.onTerminal() : progress;
    }

    private long wholePages() {
        long asked = capacity == null ? 0 : capacity;
        return Math.max(Policy.PAGE, -Math.floorDiv(-asked, Policy.PAGE) * Policy.PAGE);
    }

    private static String title(ReplayReport result) {
        return String.format(
                Locale.ROOT,
                "%s, policy %s: %,d bytes, peak of %,d live, %,d parts found no space",
                result.trace(),
                result.policy(),
                result.capacityBytes(),
                result.peakLiveBytes(),
                result.failures());
    }

    private static void print(ReplayReport result, PrintWriter out) {
        row(out, "trace", "%s, %,d operations", result.trace(), result.operations());
        row(out, "users", "%,d shares, %,d loans to devices", result.shares(), result.loans());
        row(out, "policy", "%s", result.policy());
        row(out, "peak live", "%,d bytes", result.peakLiveBytes());
        row(out, "pool", "%,d bytes", result.capacityBytes());
        if (result.success()) {
            row(out, "served", "yes");
        } else {
            row(out, "served", "NO: %,d parts found no space", result.failures());
        }
        FirstFailure first = result.firstFailure();
        if (first != null) {
            row(
                    out,
                    "first failure",
                    "operation %,d asked for %,d bytes, alignment %,d; %,d were free, the largest hole had %,d: %s",
                    first.operation(),
                    first.bytes(),
                    first.alignment(),
                    first.pool().freeBytes(),
                    first.pool().largestFreeBytes(),
                    first.fragmented() ? "fragmented" : "full");
        }
        if (result.metadataBytes() > 0) {
            row(
                    out,
                    "metadata",
                    "%,d bytes outside of the pool, %.4f %% of it",
                    result.metadataBytes(),
                    PERCENT * result.metadataRatio());
        }
        row(
                out,
                "availability",
                "of %,d bytes: %,d more at the least, after %,d operations; %.1f in the mean",
                result.availability().bytes(),
                result.availability().least(),
                result.availability().leastAtOperation(),
                result.availability().mean());
        row(out, "fragmentation", "mean %.3f, worst %.3f", result.meanFragmentation(), result.worstFragmentation());
        MinPool search = result.search();
        if (search != null) {
            row(
                    out,
                    "smallest pool",
                    "%,d bytes, %.4f of the peak (none of %d smaller ones serves; of %d larger ones %d fail%s)",
                    search.bytes(),
                    result.footprintRatio(),
                    search.probedBelow(),
                    search.probedAbove(),
                    search.failedAbove(),
                    search.failedAbove() > 0 ? ": do not configure it" : "");
            configure(result, search, out);
        }
        OfflineSummary offline = result.offline();
        if (offline != null) {
            row(
                    out,
                    "offline",
                    "%,d bytes, %.4f of the peak, if the whole trace were known beforehand (%s, %s)",
                    offline.bytes(),
                    offline.ratio(),
                    offline.algorithm(),
                    offline.proven() ? "none is smaller" : "a smaller one may exist");
        }
        out.flush();
    }

    private static void configure(ReplayReport result, MinPool search, PrintWriter out) {
        if (search.configureBytes() == null) {
            row(
                    out,
                    "configure",
                    "nothing found: larger pools, up to %,d bytes, were tried, and above each that serves one fails, the"
                            + " largest at %,d bytes; try another --policy",
                    search.largestTriedBytes(),
                    search.largestFailedBytes());
            return;
        }
        row(
                out,
                "configure",
                "%,d bytes, %.4f of the peak (serves, and so do all of %d larger ones that were tried, up to %,d bytes)",
                search.configureBytes(),
                result.configureRatio(),
                search.servedAbove(),
                search.largestTriedBytes());
    }

    private static void row(PrintWriter out, String name, String format, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-14s ", name);
        out.printf(Locale.ROOT, format + "%n", values);
    }
}
