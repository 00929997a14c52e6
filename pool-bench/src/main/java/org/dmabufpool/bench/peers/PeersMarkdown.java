// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A report as tables for a page of documentation. What was not measured is left out. */
public final class PeersMarkdown {

    private final PrintWriter out;

    private PeersMarkdown(PrintWriter out) {
        this.out = out;
    }

    /** Prints. */
    public static void print(PeersReport report, PrintWriter out) {
        PeersMarkdown page = new PeersMarkdown(out);
        page.figures(report.ratios());
        report.workloads().forEach(page::workload);
        if (!report.footprints().isEmpty()) {
            page.footprints(report.footprints());
        }
        page.line(
                "%s, %d cores, load %.1f at the end; %d rounds, %d seeds.",
                report.java(),
                report.cores(),
                report.loadAtEnd(),
                report.pace().rounds(),
                report.pace().seeds());
        out.flush();
    }

    private void figures(Map<String, @Nullable Double> values) {
        line("| what | measured | wanted |");
        line("|---|---:|---|");
        for (Figure figure : Figure.ALL) {
            Double value = values.get(figure.key());
            if (value != null) {
                line("| %s | %s | %s |", figure.meaning(), number(value), wanted(figure.goal()));
            }
        }
        line("");
    }

    private static String wanted(Figure.@Nullable Goal goal) {
        if (goal == null) {
            return "";
        }
        return (goal.most() ? "at most " : "at least ")
                + plain(goal.least())
                + (goal.aim() == goal.least() ? "" : ", better " + plain(goal.aim()));
    }

    private void workload(WorkloadResults workload) {
        line(
                "| %s | threads | ns a pair | to %s | p99.9 ns | pairs/µs | bytes |",
                workload.workload(), reference(workload));
        line("|---|---:|---:|---:|---:|---:|---:|");
        for (Result result : workload.results()) {
            if (result.refusal() == null) {
                line(
                        "| %s | %d | %.1f | %s | %.0f | %.1f | %.0f |",
                        result.peer(),
                        result.threads(),
                        result.ns(),
                        result.ratio() == null ? "" : number(result.ratio()),
                        result.p999(),
                        result.bestPairsPerMicrosecond(),
                        result.bytesPerPair());
            }
        }
        line("");
    }

    private static String reference(WorkloadResults workload) {
        return Objects.requireNonNullElse(workload.reference(), "VMA");
    }

    private void footprints(List<Footprint> footprints) {
        Map<String, StringBuilder> rows = new LinkedHashMap<>();
        StringBuilder head = new StringBuilder("| smallest pool / live bytes: median (worst) |");
        StringBuilder rule = new StringBuilder("|---|");
        String kind = "";
        for (Footprint one : footprints) {
            if (!one.kind().equals(kind)) {
                kind = one.kind();
                head.append(' ').append(kind).append(" |");
                rule.append("---:|");
            }
            rows.computeIfAbsent(one.policy(), policy -> new StringBuilder("| " + policy + " |"))
                    .append(String.format(Locale.ROOT, " %.3f (%.3f) |", one.median(), one.worst()));
        }
        line("%s", head);
        line("%s", rule);
        rows.values().forEach(row -> line("%s", row));
        line("");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private void line(String format, @Nullable Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }
}
