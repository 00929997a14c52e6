// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A report for people. */
public final class PeersTable {

    private final PrintWriter out;

    private PeersTable(PrintWriter out) {
        this.out = out;
    }

    /** Prints. */
    public static void print(PeersReport report, PrintWriter out) {
        PeersTable table = new PeersTable(out);
        table.line("%s, %d cores, load %.1f at the end", report.java(), report.cores(), report.loadAtEnd());
        report.workloads().forEach(table::workload);
        if (!report.footprints().isEmpty()) {
            table.footprints(report);
        }
        table.figures(report.ratios());
        out.flush();
    }

    private void figures(Map<String, @Nullable Double> values) {
        if (values.values().stream().allMatch(Objects::isNull)) {
            return;
        }
        line("");
        line("what the allocator is judged by");
        for (Figure figure : Figure.ALL) {
            Double value = values.get(figure.key());
            if (value != null) {
                line("%-42s %8s  %s", figure.key(), ratio(value), figure.meaning());
            }
        }
    }

    private void footprints(PeersReport report) {
        line("");
        line(
                "footprint: smallest pool that serves the trace / peak of live bytes, %d seeds",
                report.pace().seeds());
        line("%-18s %-16s %8s %8s", "trace", "policy", "median", "worst");
        for (Footprint footprint : report.footprints()) {
            line(
                    "%-18s %-16s %8.4f %8.4f",
                    footprint.kind(), footprint.policy(), footprint.median(), footprint.worst());
        }
    }

    private void workload(WorkloadResults workload) {
        line("");
        line("%s: ns of CPU time a pair, ratio to %s", workload.workload(), workload.reference());
        line(
                "%-16s %7s %9s %9s %7s %8s %8s %9s %9s %7s",
                "peer", "threads", "ns", "best", "ratio", "p50", "p99", "p99.9", "pairs/us", "bytes");
        workload.results().forEach(this::result);
    }

    private void result(Result result) {
        if (result.refusal() != null) {
            line("%-16s %7d not measured: %s", result.peer(), result.threads(), result.refusal());
            return;
        }
        line(
                "%-16s %7d %9.1f %9.1f %7s %8.0f %8.0f %9.0f %9.2f %7.1f%s",
                result.peer(),
                result.threads(),
                result.ns(),
                result.bestNs(),
                ratio(result.ratio()),
                result.p50(),
                result.p99(),
                result.p999(),
                result.bestPairsPerMicrosecond(),
                result.bytesPerPair(),
                result.failures() > 0 ? "  " + result.failures() + " found no space" : "");
    }

    private static String ratio(@Nullable Double ratio) {
        return ratio == null ? "-" : String.format(Locale.ROOT, "%.3f", ratio);
    }

    private void line(String format, @Nullable Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }
}
