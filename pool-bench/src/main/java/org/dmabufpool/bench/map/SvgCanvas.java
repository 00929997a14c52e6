// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * SVG, on light or dark paper. Whoever points at a rectangle is told what it is. Rectangles too narrow to point at are one
 * path for each colour, so that a map of many slices stays small.
 */
final class SvgCanvas implements MapCanvas {

    private static final double LEAST_TO_POINT_AT = 1.5;

    private static final String STYLE = """
              text { font: 13px system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1f2328 }
              .head { font-size: 18px; font-weight: 600 }
              .small { font-size: 12px; fill: #59636e }
              .label { font-size: 12px }
              .pale { font-size: 12px; fill: #6e7781 }
              .middle { text-anchor: middle }
              .end { text-anchor: end }
              .label, .pale { pointer-events: none }
              .page { fill: #ffffff; stroke: #d1d9e0 }
              .tick { stroke: #59636e }
              .frame { fill: none; stroke: #1f2328; stroke-width: 2.2; pointer-events: none }
              .dashed { stroke-dasharray: 4 3 }
            """;
    private static final String DARK = """
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 }
                .small { fill: #9aa4af }
                .label { fill: #1f2328 }
                .pale { fill: #8c959f }
                .page { fill: #0d1117; stroke: #3d444d }
                .tick { stroke: #9aa4af }
                .frame { stroke: #ffffff; stroke-width: 3 }
            """;

    private final int width;
    private final int height;
    private final String title;
    private final Map<String, Fill> fills = new LinkedHashMap<>();
    private final Map<String, StringBuilder> narrow = new LinkedHashMap<>();
    private final StringBuilder body = new StringBuilder();
    private final StringBuilder above = new StringBuilder();

    SvgCanvas(int width, int height, String title) {
        this.width = width;
        this.height = height;
        this.title = title;
    }

    String svg() {
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                        + " aria-label=\"%s\">",
                width,
                height,
                width,
                height,
                escaped(title));
        svg.append("<style>\n").append(STYLE);
        fills.values().forEach(fill -> add(svg, "  .%s { fill: %s }", fill.name(), paint(fill, fill.light())));
        svg.append(DARK);
        fills.values().forEach(fill -> add(svg, "    .%s { fill: %s }", fill.name(), paint(fill, fill.dark())));
        svg.append("  }\n</style>\n");
        fills.values().stream().filter(Fill::striped).forEach(fill -> stripes(svg, fill));
        add(
                svg,
                "<rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\"/>",
                width - 1,
                height - 1);
        narrow.forEach((name, path) -> add(svg, "<path class=\"%s\" d=\"%s\"/>", name, path));
        return svg.append(body).append(above).append("</svg>\n").toString();
    }

    private static String paint(Fill fill, int colour) {
        return fill.striped() ? "url(#" + fill.name() + ")" : hex(colour);
    }

    private static String hex(int colour) {
        return String.format(Locale.ROOT, "#%06x", colour);
    }

    /** The stripes' ground is half clear, so that it suits both papers. */
    private static void stripes(StringBuilder svg, Fill fill) {
        add(
                svg,
                "<defs><pattern id=\"%s\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\""
                        + " patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"%s\""
                        + " fill-opacity=\"0.15\"/><rect width=\"1.8\" height=\"6\" fill=\"%s\"/></pattern></defs>",
                fill.name(),
                hex(fill.stripes()),
                hex(fill.stripes()));
    }

    @Override
    public void fill(Fill fill, double x, double y, double width, double height, String hint) {
        fills.put(fill.name(), fill);
        if (width < LEAST_TO_POINT_AT) {
            narrow.computeIfAbsent(fill.name(), name -> new StringBuilder())
                    .append(String.format(Locale.ROOT, "M%.2f %.0fh%.2fv%.0fh-%.2fz", x, y, width, height, width));
        } else {
            String end = hint.isEmpty() ? "/>" : "><title>" + escaped(hint) + "</title></rect>";
            add(
                    body,
                    "<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\"%s",
                    fill.name(),
                    x,
                    y,
                    width,
                    height,
                    end);
        }
    }

    @Override
    public void frame(boolean dashed, double x, double y, double width, double height) {
        add(
                above,
                "<rect class=\"frame%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\"/>",
                dashed ? " dashed" : "",
                x + 1,
                y + 1,
                Math.max(0, width - 2),
                height - 2);
    }

    @Override
    public void tick(double x, double y, double height) {
        add(above, "<path class=\"tick\" d=\"M%.1f %.1fv%.1f\"/>", x, y, height);
    }

    @Override
    public void text(TextKind kind, Anchor anchor, double x, double y, String text) {
        add(
                above,
                "<text class=\"%s %s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                kind.name().toLowerCase(Locale.ROOT),
                anchor.name().toLowerCase(Locale.ROOT),
                x,
                y,
                escaped(text));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static void add(StringBuilder to, String format, Object... values) {
        to.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
