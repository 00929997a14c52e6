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
import org.dmabufpool.bench.plan.OfflinePlacement;
import org.dmabufpool.bench.plan.OfflineProblem;
import org.dmabufpool.bench.plan.OfflineSolver;
import org.dmabufpool.bench.policy.Placer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Places buffers whose lifetimes are known. */
@Command(
        name = "solve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Looks for the lowest placement of buffers whose lifetimes are known beforehand.",
            "Stops early where no placement is lower: at the most bytes that live at once, or where a complete search"
                    + " says so."
        })
public final class SolveCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Traces as replay reads them, whose sizes are rounded up to 128 bytes, or instances: a line"
                    + " id,lower,upper,size[,alignment] and one such line for each buffer, which lives from lower to before"
                    + " upper.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private List<Path> files;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            paramLabel = "SECONDS",
            description = "How long to look at most, for each file (default: ${DEFAULT-VALUE}).")
    private double seconds;

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
            description = "Also write what is printed as JSON; - is standard output.")
    private @Nullable Path json;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Also write the placement of the one file as id,lower,upper,size,offset.")
    private @Nullable Path out;

    @Option(
            names = "--progress",
            negatable = true,
            description = "Show, or do not show, a progress bar (default: on a terminal).")
    private @Nullable Boolean progress;

    /** For picocli. */
    public SolveCommand() {}

    @Override
    public Integer call() throws IOException {
        Duration limit = SolverLine.limit("--seconds", seconds);
        if (out != null && files.size() > 1) {
            throw new IllegalArgumentException(
                    "--out takes one placement, and there are " + files.size() + " files: name one file");
        }
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output report = outputs.at("--json", FileType.JSON, json);
            Output placement = outputs.at("--out", FileType.PLACEMENT, out);
            List<SolveReport> results = new ArrayList<>();
            for (Path file : files) {
                OfflineProblem problem = OfflineProblem.read(file, Placer.GRANULE);
                OfflinePlacement best = solve(problem, limit);
                results.add(SolveReport.of(problem, best));
                print(results.get(results.size() - 1), outputs.forPeople());
                placement.text(() -> text(problem, best));
            }
            report.json(results);
            outputs.commit();
        }
        return ExitCode.OK;
    }

    private OfflinePlacement solve(OfflineProblem problem, Duration limit) {
        boolean shown = progress == null ? ProgressLine.onTerminal() : progress;
        try (SolverLine line = new SolverLine("solve", shown, limit)) {
            return OfflineSolver.solve(problem, limit, seed, line);
        }
    }

    private static void print(SolveReport result, PrintWriter out) {
        String greedy = result.greedyBytes() == null
                ? "not tried"
                : String.format(Locale.ROOT, "%,d (%.4f)", result.greedyBytes(), result.greedyRatio());
        out.printf(
                Locale.ROOT,
                "%s: %,d buffers, lower bound %,d, greedy by size %s, best %,d (%.4f%s) by %s in %.2f s%n",
                result.input(),
                result.buffers(),
                result.lowerBoundBytes(),
                greedy,
                result.bytes(),
                result.ratio(),
                result.proven() ? ", proven" : "",
                result.algorithm(),
                result.seconds());
        out.flush();
    }

    private static String text(OfflineProblem problem, OfflinePlacement placement) {
        StringBuilder text = new StringBuilder("id,lower,upper,size,offset\n");
        for (int i = 0; i < problem.buffers(); i++) {
            text.append(problem.id(i)).append(',').append(problem.lower(i)).append(',');
            text.append(problem.upper(i)).append(',').append(problem.size(i)).append(',');
            text.append(placement.offset(i)).append('\n');
        }
        return text.toString();
    }
}
