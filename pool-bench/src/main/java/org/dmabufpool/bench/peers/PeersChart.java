// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** One thread's time for a pair as bars: a group for each peer, a bar for each workload. */
public final class PeersChart {

    private static final int WIDTH = 1100;
    private static final int HEIGHT = 520;
    private static final int LABEL_ANGLE = 40;
    private static final double BAR_SHARE = 0.75;
    private static final double LEAST_NS = 10;
    private static final Color[] BARS = {new Color(0x1a73e8), new Color(0x12a17c), new Color(0xf29900)};
    private static final List<Workload> SHOWN = List.of(Workload.HOT, Workload.LIVE_256, Workload.LIVE_100K);
    private static final String VECTOR = ".svg";

    private PeersChart() {}

    /**
     * Draws.
     *
     * @param fileName tells the format: SVG where it ends in .svg, otherwise PNG
     */
    public static byte[] draw(PeersReport report, String fileName) throws IOException {
        CategoryChart chart = chart(report);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (fileName.toLowerCase(Locale.ROOT).endsWith(VECTOR)) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
        } else {
            BitmapEncoder.saveBitmap(chart, bytes, BitmapFormat.PNG);
        }
        return bytes.toByteArray();
    }

    private static CategoryChart chart(PeersReport report) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("One release and one allocation, one thread")
                .yAxisTitle("ns of CPU time, logarithmic")
                .build();
        style(chart.getStyler());
        for (WorkloadResults workload : report.workloads()) {
            if (SHOWN.stream().anyMatch(shown -> shown.label().equals(workload.workload()))) {
                series(chart, workload);
            }
        }
        return chart;
    }

    private static void style(CategoryStyler style) {
        style.setAvailableSpaceFill(BAR_SHARE);
        style.setYAxisLogarithmic(true);
        style.setYAxisMin(LEAST_NS);
        style.setXAxisLabelRotation(LABEL_ANGLE);
        style.setPlotGridVerticalLinesVisible(false);
        style.setLegendPosition(LegendPosition.InsideNW);
        style.setChartBackgroundColor(Color.WHITE);
        style.setSeriesColors(BARS);
    }

    private static void series(CategoryChart chart, WorkloadResults workload) {
        List<String> names = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        for (Peer peer : Peer.values()) {
            names.add(peer.label());
            // A peer that was not measured has no bar, which the chart's library takes a null for.
            times.add(workload.of(peer, 1).map(Result::ns).orElse(null));
        }
        chart.addSeries(workload.workload(), names, times);
    }
}
