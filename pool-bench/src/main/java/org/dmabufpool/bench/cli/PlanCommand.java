// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dmabufpool.PlacementPlan;
import org.dmabufpool.bench.plan.OfflinePlacement;
import org.dmabufpool.bench.plan.OfflineProblem;
import org.dmabufpool.bench.plan.OfflineSolver;
import org.dmabufpool.bench.plan.PlanSearch;
import org.dmabufpool.bench.policy.Placer;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.bench.trace.MinPool;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a plan. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Makes a plan from recordings of one use case: where a pool that is given the plan puts what it is asked for.",
            "Of each recording are printed the peak of live bytes, how small a pool could be that knew it beforehand, and the"
                    + " smallest pool that serves it without the plan, with it, and with a plan made from the others."
        })
public final class PlanCommand implements Callable<Integer> {

    private static final int PROBES = 16;
    private static final long MOST_PAGE = 1L << 30;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "TRACE",
            description = "Recordings, as replay reads them; - reads standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private List<Path> files;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "PLAN",
            description =
                    "Where the plan goes, for DmaBufPool.builder().plan and replay --plan; - writes it to standard"
                            + " output, and what is printed to standard error.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private Path out;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            paramLabel = "SECONDS",
            description = "How long to look for the plan, and for each that is made from the others (default:"
                    + " ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--offline",
            defaultValue = "5",
            paramLabel = "SECONDS",
            description =
                    "How long to look at most for the smallest pool that knew a recording beforehand; 0 for not at"
                            + " all (default: ${DEFAULT-VALUE}).")
    private double offlineSeconds;

    @Option(
            names = "--held-out",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Judge each of several recordings by a plan made from the others, too, or do not (default: do).")
    private boolean heldOut;

    @Option(
            names = "--page",
            defaultValue = "4096",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description = "Page of the pools that the plan is for (default: ${DEFAULT-VALUE}).")
    private long page;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Of random choices; the same seed finds the same, as far as it gets (default:"
                    + " ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write what is printed as JSON; - writes it to standard output, and what is printed to"
                    + " standard error.")
    private @Nullable Path json;

    @Option(
            names = "--progress",
            negatable = true,
            description = "Show, or do not show, a progress bar (default: on a terminal).")
    private @Nullable Boolean progress;

    /** For picocli. */
    public PlanCommand() {}

    @Override
    public Integer call() throws IOException {
        Duration limit = SolverLine.limit("--seconds", seconds);
        Duration offline = SolverLine.limit("--offline", offlineSeconds);
        if (page < PlacementPlan.PAGE || page > MOST_PAGE || Long.bitCount(page) != 1) {
            throw new IllegalArgumentException("--page is " + page + ": a page is a power of two from "
                    + PlacementPlan.PAGE + " to " + MOST_PAGE + " bytes");
        }
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output file = outputs.at("--out", FileType.PLAN, out);
            Output report = outputs.at("--json", FileType.JSON, json);
            List<Trace> traces = read();
            PlacementPlan plan = search(traces, limit);
            List<PlanReport.Recording> recordings = new ArrayList<>();
            for (Trace trace : traces) {
                PlacementPlan other = heldOut && traces.size() > 1 ? search(without(traces, trace), limit) : null;
                recordings.add(judge(trace, plan, other, offline));
            }
            file.text(plan::text);
            PlanReport result = PlanReport.of(plan, recordings);
            report.json(result);
            outputs.commit();
            print(result, outputs.forPeople());
        }
        return ExitCode.OK;
    }

    private List<Trace> read() throws IOException {
        List<Trace> traces = new ArrayList<>();
        for (Path file : files) {
            traces.add(
                    StandardStreams.named(file)
                            ? TraceReader.read(StandardStreams.INPUT, System.in)
                            : TraceReader.read(file));
        }
        return traces;
    }

    private PlacementPlan search(List<Trace> traces, Duration limit) {
        try (SolverLine line = new SolverLine("plan", shown(), limit)) {
            return PlanSearch.search(traces, page, limit, seed, line);
        }
    }

    private static List<Trace> without(List<Trace> traces, Trace one) {
        return traces.stream().filter(trace -> trace != one).toList();
    }

    private PlanReport.Recording judge(Trace trace, PlacementPlan plan, @Nullable PlacementPlan other, Duration limit) {
        OfflinePlacement offline = null;
        if (!limit.isZero()) {
            try (SolverLine line = new SolverLine("plan", shown(), limit)) {
                offline = OfflineSolver.solve(OfflineProblem.of(trace, Placer.GRANULE), limit, seed, line);
            }
        }
        return new PlanReport.Recording(
                trace.name(),
                trace.peakLiveBytes(),
                offline == null ? null : offline.height(),
                MinPool.smallestBytes(trace, Policy.OURS, PROBES),
                MinPool.smallestBytes(trace, Policy.OURS, plan, PROBES),
                other == null ? null : MinPool.smallestBytes(trace, Policy.OURS, other, PROBES));
    }

    private boolean shown() {
        return progress == null ? ProgressLine.onTerminal() : progress;
    }

    private static void print(PlanReport result, PrintWriter out) {
        for (PlanReport.Recording recording : result.recordings()) {
            out.printf(
                    Locale.ROOT,
                    "%s: peak %,d bytes; smallest pool offline %s, without plan %.4f, with plan %.4f, held out %s%n",
                    recording.trace(),
                    recording.peakLiveBytes(),
                    ratio(recording.offlineRatio()),
                    recording.withoutPlanRatio(),
                    recording.withPlanRatio(),
                    ratio(recording.heldOutRatio()));
        }
        out.printf(
                Locale.ROOT,
                "plan: %,d classes, %,d places, %,d bytes high; median without plan %.4f, with plan %.4f, held out %s%n",
                result.classes(),
                result.places(),
                result.heightBytes(),
                result.medianWithoutPlan(),
                result.medianWithPlan(),
                ratio(result.medianHeldOut()));
        if (!result.helps()) {
            out.println("The plan does not help"
                    + (result.medianHeldOut() == null ? "" : " recordings it was not made from")
                    + ": do without it, or record more of the use case.");
        }
        out.flush();
    }

    private static String ratio(@Nullable Double ratio) {
        return ratio == null ? "not tried" : String.format(Locale.ROOT, "%.4f", ratio);
    }
}
