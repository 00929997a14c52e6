// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One thread's time for a pair as SVG: a panel for each workload, a row for each peer, a dot at its time. The scale is
 * logarithmic, so dots and not bars: a bar's length would mean nothing.
 */
public final class PeersChart {

    private static final int LEFT = 165;
    private static final int PANEL = 225;
    private static final int GAP = 55;
    private static final int TOP = 108;
    private static final int ROW = 25;
    /** Between those that hand out offsets and those that have memory of their own. */
    private static final int GROUP_GAP = 34;

    private static final int BOTTOM = 44;
    private static final int RADIUS = 5;
    private static final List<Workload> SHOWN = List.of(Workload.HOT, Workload.LIVE_256, Workload.LIVE_100K);
    private static final double LEAST_NS = 5;
    private static final double MOST_NS = 500_000;
    private static final int BASE = 10;
    private static final int NS_PER_US = 1000;

    private static final String STYLE = """
            <!-- SPDX-FileCopyrightText: The dmabuf-pool authors -->
            <!-- SPDX-License-Identifier: Apache-2.0 -->
            <style>
              text { font: 13px system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1f2328 }
              .head { font-size: 17px; font-weight: 600 }
              .title { font-weight: 600 }
              .small, .value { font-size: 12px; fill: #59636e }
              .mid { text-anchor: middle }
              .end { text-anchor: end }
              .page { fill: #ffffff; stroke: #d1d9e0 }
              .grid { stroke: #d1d9e0 }
              .row { stroke: #eaeef2 }
              circle.peer { fill: #8c959f }
              circle.ours { fill: #1a73e8 }
              text.ours { fill: #1a5fbf; font-weight: 600 }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 }
                .small, .value { fill: #9aa4af }
                .page { fill: #0d1117; stroke: #3d444d }
                .grid { stroke: #3d444d }
                .row { stroke: #21262d }
                circle.peer { fill: #6e7781 }
                circle.ours { fill: #58a6ff }
                text.ours { fill: #6cabff }
              }
            </style>
            """;

    private final PeersReport report;
    private final List<Workload> panels;
    private final List<Peer> rows = new ArrayList<>();
    private final StringBuilder svg = new StringBuilder();

    private PeersChart(PeersReport report) {
        this.report = report;
        panels = SHOWN.stream().filter(this::isMeasured).toList();
        for (Peer peer : Peer.values()) {
            if (panels.stream().anyMatch(workload -> time(workload, peer).isPresent())) {
                rows.add(peer);
            }
        }
        rows.sort((one, other) -> Boolean.compare(other.handsOutOffsets(), one.handsOutOffsets()));
    }

    /** Draws. */
    public static String draw(PeersReport report) {
        PeersChart chart = new PeersChart(report);
        chart.paper();
        for (int panel = 0; panel < chart.panels.size(); panel++) {
            chart.panel(chart.panels.get(panel), LEFT + panel * (PANEL + GAP));
        }
        chart.names();
        return chart.svg.append("</svg>\n").toString();
    }

    private boolean isMeasured(Workload workload) {
        return report.workloads().stream()
                .anyMatch(results -> results.workload().equals(workload.label()));
    }

    private Optional<Double> time(Workload workload, Peer peer) {
        return report.workloads().stream()
                .filter(results -> results.workload().equals(workload.label()))
                .findFirst()
                .flatMap(results -> results.of(peer, 1))
                .map(Result::ns);
    }

    private void paper() {
        int width = LEFT + Math.max(2, panels.size()) * (PANEL + GAP);
        int height = bottom() + BOTTOM;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                        + " aria-label=\"Time of a release and an allocation, by peer and workload\">",
                width, height, width, height);
        svg.append(STYLE);
        add("<rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\"/>", width - 1, height - 1);
        text("head", 24, 34, "One release and one allocation, one thread");
        text(
                "small",
                24,
                54,
                "ns of CPU time, logarithmic, less is better; each peer in a JVM of its own, all in turns");
    }

    private void panel(Workload workload, int left) {
        text("title", left, TOP - 26, workload.label());
        for (double ns = BASE; ns < MOST_NS; ns *= BASE) {
            double x = x(left, ns);
            add("<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x, TOP - 14, x, bottom());
            text(
                    "small mid",
                    x,
                    bottom() + 18,
                    (int) (ns < NS_PER_US ? ns : ns / NS_PER_US) + (ns < NS_PER_US ? " ns" : " µs"));
        }
        for (Peer peer : rows) {
            double y = y(peer);
            add("<line class=\"row\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", left, y, left + PANEL, y);
            time(workload, peer).ifPresent(ns -> dot(peer, x(left, ns), y, ns));
        }
    }

    private void dot(Peer peer, double x, double y, double ns) {
        String kind = kind(peer);
        add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"/>", kind, x, y, RADIUS);
        text("value " + kind, x + RADIUS + 4, y + 4, words(ns));
    }

    /** A time, such as "52", which is ns, or "1.2 µs". */
    private static String words(double ns) {
        return ns < NS_PER_US
                ? String.format(Locale.ROOT, "%.0f", ns)
                : String.format(Locale.ROOT, ns < BASE * NS_PER_US ? "%.1f µs" : "%.0f µs", ns / NS_PER_US);
    }

    private void names() {
        for (Peer peer : rows) {
            text("end name " + kind(peer), LEFT - 14, y(peer) + 4, peer.label());
        }
        rows.stream()
                .filter(peer -> !peer.handsOutOffsets())
                .findFirst()
                .ifPresent(peer -> text("small end", LEFT - 14, y(peer) - ROW + 2, "memory of their own"));
        text("small end", LEFT - 14, TOP - 26, "offsets of one range");
    }

    private static String kind(Peer peer) {
        return peer.isOurs() ? "ours" : "peer";
    }

    private static double x(int left, double ns) {
        double place = Math.log(ns / LEAST_NS) / Math.log(MOST_NS / LEAST_NS);
        return left + PANEL * Math.max(0, Math.min(1, place));
    }

    private double y(Peer peer) {
        return TOP + ROW * rows.indexOf(peer) + (peer.handsOutOffsets() ? 0 : GROUP_GAP);
    }

    private int bottom() {
        boolean both = rows.stream().anyMatch(peer -> !peer.handsOutOffsets());
        return TOP + ROW * rows.size() + (both ? GROUP_GAP : 0);
    }

    private void text(String kind, double x, double y, String words) {
        add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", kind, x, y, words);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
