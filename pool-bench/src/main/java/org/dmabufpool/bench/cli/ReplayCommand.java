// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.dmabufpool.PlacementPlan;
import org.dmabufpool.bench.plan.OfflinePlacement;
import org.dmabufpool.bench.plan.OfflineProblem;
import org.dmabufpool.bench.plan.OfflineSolver;
import org.dmabufpool.bench.policy.Placer;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.bench.trace.MinPool;
import org.dmabufpool.bench.trace.OfflineSummary;
import org.dmabufpool.bench.trace.PlacementRanking;
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
            "Parts that find no space are counted, and make the exit code 1.",
            "With --placements it plays traces in many pools, and says which placement needs the smallest ones."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Every part found its space in the pool that was played; or placements were ranked.",
            "1:Parts found no space in it; or a file could not be read or written.",
            "2:The command line, or the trace, is wrong."
        })
public final class ReplayCommand implements Callable<Integer> {

    /** The exit code where parts found no space. */
    private static final int NO_SPACE = 1;

    private static final String SEARCHING = "looking for the smallest pool";
    private static final String RANKING = "ranking placements";
    private static final double OFFLINE_SECONDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Parameters(
            paramLabel = "TRACE",
            arity = "1..*",
            description =
                    "Lines a,<id>,<bytes>[,<alignment>] and f,<id>, and others that docs/allocator.md describes; # begins"
                            + " a comment; may be packed by gzip; - reads standard input. One, or several with --placements.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private List<Path> files;

    @Option(
            names = "--capacity",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description =
                    "Size of the pool, such as 256M, rounded up to whole pages of 4096 bytes; at most 128G with policy"
                            + " ours, 1024T with others.")
    private @Nullable Long capacity;

    @Option(
            names = "--find-min-pool",
            description = "Look for the smallest pool that serves the whole trace, also where --capacity is given.")
    private boolean findMinPool;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description =
                    "Who places the parts: ours, ours-first-fit, ours-buddy, which are the pool's own placements; first-fit,"
                            + " best-fit, buddy, vma, vma-min-memory, vma-min-time, vma-min-offset (default: ours).")
    private @Nullable String policy;

    @Option(
            names = "--placements",
            description =
                    "Rank the placements of a pool on one or more traces by the size to configure, and judge a choice made on"
                            + " one part of them on the other. Of the other options it takes --json and --progress.")
    private boolean placements;

    @Option(
            names = "--plan",
            paramLabel = "PLAN",
            description =
                    "Play with a plan that the command plan has made; the smallest pool is looked for without it, too.")
    private @Nullable Path planFile;

    @Option(
            names = "--availability",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description = "Tell how many more parts of this size could have been had (default: the trace's largest).")
    private @Nullable Long availability;

    @Option(
            names = "--offline",
            paramLabel = "SECONDS",
            description =
                    "Beside the smallest pool, look at most so long for the smallest one that knew the whole trace"
                            + " beforehand; 0 for not at all (default: 10).")
    private @Nullable Double offlineSeconds;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description =
                    "Also write what is printed, and more, as JSON; - writes it to standard output, and what is printed to"
                            + " standard error.")
    private @Nullable Path json;

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Also paint the pool over the trace as PNG: time to the right, addresses upwards; -"
                    + " as for --json.")
    private @Nullable Path map;

    @Option(
            names = "--progress",
            negatable = true,
            description = "Show, or do not show, a progress bar (default: on a terminal).")
    private @Nullable Boolean progress;

    /** A replay, and what came of it. */
    private record Played(Replay replay, ReplayReport report) {}

    /** For picocli. */
    public ReplayCommand() {}

    @Override
    public Integer call() throws IOException {
        if (placements) {
            return rank();
        }
        if (files.size() > 1) {
            throw new IllegalArgumentException("one trace is played, and there are " + files.size()
                    + ": name one, or rank placements on all of them by --placements");
        }
        Duration limit = SolverLine.limit("--offline", offlineSeconds == null ? OFFLINE_SECONDS : offlineSeconds);
        Policy wanted = policy == null ? Policy.OURS : Policy.named(policy);
        checkCapacity(wanted);
        PlacementPlan plan = readPlan(wanted);
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output report = outputs.at("--json", FileType.JSON, json);
            Output picture = outputs.at("--map", FileType.PNG, map);
            Played played = play(read(0), wanted, plan, limit);
            ReplayReport result = played.report();
            report.json(result);
            picture.bytes(() -> Png.of(TraceMap.paint(played.replay(), result.capacityBytes(), title(result))));
            outputs.commit();
            ReplayTable.print(result, outputs.forPeople());
            return result.success() ? ExitCode.OK : NO_SPACE;
        } catch (OutOfMemoryError failure) {
            throw tooLarge(failure);
        }
    }

    private static IOException tooLarge(OutOfMemoryError failure) {
        return new IOException(
                "this trace needs more memory than Java may use (" + failure.getMessage()
                        + "): run java -Xmx4g -jar, or ask for a smaller --capacity",
                failure);
    }

    private int rank() throws IOException {
        if (capacity != null
                || findMinPool
                || policy != null
                || availability != null
                || offlineSeconds != null
                || map != null) {
            throw new IllegalArgumentException(
                    "--placements takes traces, --json and --progress: it looks for pools and placements by itself");
        }
        if (files.stream().filter(StandardStreams::named).count() > 1) {
            throw new IllegalArgumentException(StandardStreams.INPUT + " (-) can be read once, and is named twice");
        }
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output report = outputs.at("--json", FileType.JSON, json);
            PlacementRanking ranking = ranking();
            report.json(ranking);
            outputs.commit();
            PlacementsTable.print(ranking, outputs.forPeople());
            return ExitCode.OK;
        } catch (OutOfMemoryError failure) {
            throw tooLarge(failure);
        }
    }

    private PlacementRanking ranking() throws IOException {
        try (ProgressLine bar = new ProgressLine("replay", shown())) {
            return PlacementRanking.of(files.size(), this::read, (tried, all) -> bar.at(tried, all, RANKING));
        }
    }

    private Played play(Trace trace, Policy wanted, @Nullable PlacementPlan plan, Duration limit) {
        MinPool smallest = findMinPool || capacity == null ? search(trace, wanted, plan) : null;
        MinPool unplanned = smallest == null || plan == null ? null : search(trace, wanted, null);
        OfflineSummary offline = smallest == null ? null : offline(trace, limit);
        long bytes = capacity == null ? Objects.requireNonNull(smallest).bytes() : wholePages(capacity);
        Replay replay = Replay.run(trace, wanted, plan, bytes);
        long size = availability == null ? trace.largestSize() : availability;
        return new Played(
                replay,
                ReplayReport.of(replay, wanted, bytes, new ReplayReport.Searches(smallest, unplanned, offline), size));
    }

    private Trace read(int number) throws IOException {
        Path file = files.get(number);
        return StandardStreams.named(file)
                ? TraceReader.read(StandardStreams.INPUT, System.in)
                : TraceReader.read(file);
    }

    private @Nullable PlacementPlan readPlan(Policy wanted) throws IOException {
        if (planFile == null) {
            return null;
        }
        if (wanted != Policy.OURS) {
            throw new IllegalArgumentException(
                    "--plan is for policy ours, and not for " + wanted.label() + ": drop one of them");
        }
        return StandardStreams.named(planFile)
                ? PlacementPlan.read(StandardStreams.INPUT, System.in)
                : PlacementPlan.read(planFile);
    }

    private MinPool search(Trace trace, Policy wanted, @Nullable PlacementPlan plan) {
        try (ProgressLine line = new ProgressLine("replay", shown())) {
            int pools = MinPool.pools(MinPool.THOROUGH);
            MinPool found = MinPool.find(
                    trace,
                    wanted,
                    plan,
                    MinPool.THOROUGH,
                    tried -> line.at(Math.min(tried, pools - 1), pools, SEARCHING));
            line.at(pools, pools, SEARCHING);
            return found;
        }
    }

    private @Nullable OfflineSummary offline(Trace trace, Duration limit) {
        if (limit.isZero()) {
            return null;
        }
        OfflineProblem problem = OfflineProblem.of(trace, Placer.GRANULE);
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

    private void checkCapacity(Policy wanted) {
        if (capacity != null && capacity > wanted.mostBytes()) {
            throw new IllegalArgumentException("--capacity is " + capacity + " bytes: a pool of policy "
                    + wanted.label() + " has 1 to " + wanted.mostBytes() + " bytes");
        }
    }

    private static long wholePages(long bytes) {
        return -Math.floorDiv(-bytes, Policy.PAGE) * Policy.PAGE;
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
}
