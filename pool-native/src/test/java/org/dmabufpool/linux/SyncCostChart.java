// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.List;
import java.util.Locale;
import java.util.function.LongBinaryOperator;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.dmabufpool.linux.SyncCostBounceTest.Cost;

/** Draws the cost of a bracket over the size of the slice, both logarithmic, as SVG. */
final class SyncCostChart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 430;
    private static final int LEFT = 76;
    private static final int RIGHT = 40;
    private static final int TOP = 78;
    private static final int BOTTOM = 58;
    private static final String TEXT = "#24292f";
    private static final String FAINT_TEXT = "#57606a";
    private static final String GRID = "#d8dee4";
    private static final String PARTIAL_COLOR = "#0969da";
    private static final String WHOLE_COLOR = "#bc4c00";

    /** The row whose points carry the curves' names. */
    private static final int LABELLED = 3;

    private static final int NANOS_DECADE = 10;
    private static final String[] DECADES = {
        "1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s"
    };

    private final List<Cost> costs;
    private final int lowest;
    private final int highest;

    private SyncCostChart(List<Cost> costs) {
        this.costs = costs;
        this.lowest = (int) Math.floor(decade(extreme(Math::min)));
        this.highest = (int) Math.ceil(decade(extreme(Math::max)));
    }

    /** The chart of the table. */
    static String of(List<Cost> costs) {
        return new SyncCostChart(costs).svg();
    }

    private String svg() {
        String label = "Cost of a bracket over slice size, by partial sync and by whole-buffer sync";
        Cost labelled = costs.get(LABELLED);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                + "\" font-family=\"Helvetica, Arial, sans-serif\" role=\"img\" aria-label=\"" + label + "\">\n"
                + "<!-- SPDX-FileCopyrightText: The dmabuf-pool authors -->\n"
                + "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
                + "<rect width=\"" + WIDTH + "\" height=\"" + HEIGHT + "\" fill=\"#ffffff\"/>\n"
                + text(LEFT, 30, 17, TEXT, "start", "What START and END cost, by the size of the slice")
                + text(LEFT, 52, 13, FAINT_TEXT, "start", "64 MiB pool, one device, bounced DMA, emulated machine")
                + grid()
                + curve(Cost::wholeBufferNanos, WHOLE_COLOR)
                + curve(Cost::partialNanos, PARTIAL_COLOR)
                + text(x(LABELLED), y(labelled.wholeBufferNanos()) - 14, 13, WHOLE_COLOR, "middle", "whole buffer")
                + text(x(LABELLED) - 10, y(labelled.partialNanos()) - 10, 13, PARTIAL_COLOR, "end", "partial")
                + gain()
                + text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, 13, FAINT_TEXT, "middle", "size of the slice")
                + "</svg>\n";
    }

    private String grid() {
        String rows = IntStream.rangeClosed(lowest, highest)
                .mapToObj(decade -> {
                    double y = y(Math.round(Math.pow(NANOS_DECADE, decade)));
                    return line(LEFT, y, WIDTH - RIGHT, y, GRID)
                            + text(LEFT - 10, y + 4, 12, FAINT_TEXT, "end", DECADES[decade]);
                })
                .collect(Collectors.joining());
        String columns = IntStream.range(0, costs.size())
                .mapToObj(i -> text(
                        x(i),
                        HEIGHT - BOTTOM + 20,
                        12,
                        FAINT_TEXT,
                        "middle",
                        size(costs.get(i).sliceBytes())))
                .collect(Collectors.joining());
        return rows + columns;
    }

    private String curve(ToLongFunction<Cost> nanos, String color) {
        String points = IntStream.range(0, costs.size())
                .mapToObj(i -> number(x(i)) + "," + number(y(nanos.applyAsLong(costs.get(i)))))
                .collect(Collectors.joining(" "));
        String dots = IntStream.range(0, costs.size())
                .mapToObj(i -> "<circle cx=\"" + number(x(i)) + "\" cy=\"" + number(y(nanos.applyAsLong(costs.get(i))))
                        + "\" r=\"4\" fill=\"" + color + "\"/>\n")
                .collect(Collectors.joining());
        return "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + color + "\" stroke-width=\"2\"/>\n"
                + dots;
    }

    /** How much the smallest slice gains. */
    private String gain() {
        Cost smallest = costs.get(0);
        double top = y(smallest.wholeBufferNanos());
        double bottom = y(smallest.partialNanos());
        String text = String.format(Locale.ROOT, "%,d times", Math.round(smallest.gain() / 100) * 100);
        return line(x(0), top + 8, x(0), bottom - 8, FAINT_TEXT)
                + text(x(0) + 10, (top + bottom) / 2, 13, TEXT, "start", text);
    }

    private double x(int row) {
        double step = (WIDTH - RIGHT - LEFT - 40.0) / (costs.size() - 1);
        return LEFT + 20 + row * step;
    }

    private double y(long nanos) {
        double share = (decade(nanos) - lowest) / (highest - lowest);
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    }

    private static double decade(double nanos) {
        return Math.log10(nanos);
    }

    private long extreme(LongBinaryOperator choice) {
        return costs.stream()
                .flatMapToLong(cost -> LongStream.of(cost.partialNanos(), cost.wholeBufferNanos()))
                .reduce(choice)
                .orElseThrow();
    }

    private static String size(int bytes) {
        return bytes < 1 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }

    private static String line(double x1, double y1, double x2, double y2, String color) {
        return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2)
                + "\" stroke=\"" + color + "\"/>\n";
    }

    private static String text(double x, double y, int size, String color, String anchor, String text) {
        return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"" + size + "\" fill=\"" + color
                + "\" text-anchor=\"" + anchor + "\">" + text + "</text>\n";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
