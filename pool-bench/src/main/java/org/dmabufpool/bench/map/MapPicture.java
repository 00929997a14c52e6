// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.dmabufpool.bench.map.MapCanvas.Anchor;
import org.dmabufpool.bench.map.MapCanvas.TextKind;
import org.dmabufpool.bench.text.Words;

/**
 * A pool's map as a picture.
 *
 * <pre>
 *   title, figures
 *            +0         +4 MiB      +8 MiB
 *   0        |frame |preview|   hole     |
 *   16 MiB   |      |//quarantined//|    |
 *   legend: tags              what else there is
 * </pre>
 *
 * <p>Colours are the tags' and lie as the slices do, so that two slices side by side are two rectangles. A frame is an
 * access that the CPU has open: dashed for reading. A bar along the lower edge is a device's use.
 */
public final class MapPicture {

    private static final int LEFT = 96;
    private static final int MAP_WIDTH = 1064;
    private static final int WIDTH = LEFT + MAP_WIDTH + 24;
    private static final int TOP = 116;
    private static final int MOST_ROWS = 24;
    private static final int ROW = 30;
    private static final int BAR = 25;
    private static final int LENT = 4;
    private static final int TICKS = 4;
    /** Narrower rectangles have no gap between them: there would be nothing left. */
    private static final double LEAST_FOR_GAP = 3;

    private static final double LETTER = 7;
    private static final double LABEL_MARGIN = 8;
    /** Of fewer letters a tag's beginning says nothing. */
    private static final int LEAST_CLIPPED = 8;

    private static final int LONGEST_HEAD = 44;

    private final PoolMapFile map;
    private final TagLegend legend;
    private final MapLayout layout;
    private final MapCanvas canvas;

    private MapPicture(PoolMapFile map, TagLegend legend, MapLayout layout, MapCanvas canvas) {
        this.map = map;
        this.legend = legend;
        this.layout = layout;
        this.canvas = canvas;
    }

    /** Draws for the screen and for print; light. */
    public static BufferedImage png(PoolMapFile map) {
        TagLegend legend = TagLegend.of(map);
        MapLayout layout = new MapLayout(map.capacityBytes(), MOST_ROWS);
        PngCanvas canvas = new PngCanvas(WIDTH, height(map, layout, legend));
        new MapPicture(map, legend, layout, canvas).draw();
        return canvas.image();
    }

    /** Draws for pages, light or dark as the reader likes. */
    public static String svg(PoolMapFile map) {
        TagLegend legend = TagLegend.of(map);
        MapLayout layout = new MapLayout(map.capacityBytes(), MOST_ROWS);
        SvgCanvas canvas = new SvgCanvas(WIDTH, height(map, layout, legend), title(map));
        new MapPicture(map, legend, layout, canvas).draw();
        return canvas.svg();
    }

    private static int height(PoolMapFile map, MapLayout layout, TagLegend legend) {
        return TOP + layout.rows() * ROW + LegendPicture.height(map, legend);
    }

    private void draw() {
        head();
        scale();
        for (MapRegion region : map.regions()) {
            region(region, layout.pieces(region));
        }
        // Frames last: what lies beside must not hide them.
        map.regions().stream()
                .filter(region -> region.access() != MapRegion.Access.NONE)
                .forEach(region -> frames(region, layout.pieces(region)));
        new LegendPicture(map, legend, canvas).draw(LEFT, TOP + layout.rows() * ROW, MAP_WIDTH);
    }

    private static String title(PoolMapFile map) {
        String name = Words.clipped(Words.printable(map.pool()), LONGEST_HEAD);
        return "Pool '" + name + "': " + Words.bytes(map.usedBytes()) + " of " + Words.bytes(map.capacityBytes())
                + " in use, " + Words.percent(map.occupancy());
    }

    private void head() {
        canvas.text(TextKind.HEAD, Anchor.START, 24, 38, title(map));
        canvas.text(
                TextKind.SMALL,
                Anchor.START,
                24,
                60,
                String.join(
                        "  ·  ",
                        "peak " + Words.bytes(map.peakUsedBytes()),
                        "largest slice that can be allocated " + Words.bytes(map.largestFreeBytes()),
                        "fragmentation " + Words.percent(map.externalFragmentation()),
                        "rounding " + Words.percent(map.internalFragmentation()),
                        Words.count(map.exhausted() + map.fragmented(), "request") + " refused"));
    }

    private void scale() {
        canvas.text(TextKind.SMALL, Anchor.END, LEFT - 10, TOP - 12, "address");
        for (int tick = 0; tick <= TICKS && layout.bytesPerRow() >= TICKS; tick++) {
            double x = LEFT + MAP_WIDTH * (double) tick / TICKS;
            Anchor anchor = tick == 0 ? Anchor.START : tick == TICKS ? Anchor.END : Anchor.MIDDLE;
            canvas.tick(x, TOP - 7, 5);
            canvas.text(TextKind.SMALL, anchor, x, TOP - 12, "+" + Words.bytes(layout.bytesPerRow() / TICKS * tick));
        }
        for (int row = 0; row < layout.rows(); row++) {
            canvas.text(
                    TextKind.SMALL, Anchor.END, LEFT - 10, y(row) + BAR - 8, Words.bytes(row * layout.bytesPerRow()));
        }
    }

    private static double y(int row) {
        return TOP + ROW * (double) row;
    }

    private void region(MapRegion region, List<MapLayout.Piece> pieces) {
        for (MapLayout.Piece piece : pieces) {
            double from = left(region, piece);
            double width = right(region, piece) - from;
            canvas.fill(legend.fill(region), from, y(piece.row()), width, BAR, hint(region));
            if (region.isLent()) {
                canvas.fill(Fill.LENT, from, y(piece.row()) + BAR - LENT, width, LENT, hint(region));
            }
        }
        pieces.stream()
                .max(Comparator.comparingDouble(MapLayout.Piece::width))
                .ifPresent(widest -> label(region, widest));
    }

    private static double left(MapRegion region, MapLayout.Piece piece) {
        return LEFT + MAP_WIDTH * piece.from() + (piece.begins() ? gap(region, piece) : 0);
    }

    private static double right(MapRegion region, MapLayout.Piece piece) {
        return LEFT + MAP_WIDTH * piece.to() - (piece.ends() ? gap(region, piece) : 0);
    }

    private static double gap(MapRegion region, MapLayout.Piece piece) {
        return region.isHole() || piece.width() * MAP_WIDTH < LEAST_FOR_GAP ? 0 : 0.5;
    }

    private void label(MapRegion region, MapLayout.Piece piece) {
        String text = label(region, (int) ((piece.width() * MAP_WIDTH - LABEL_MARGIN) / LETTER));
        if (!text.isEmpty()) {
            canvas.text(
                    region.isHole() ? TextKind.PALE : TextKind.LABEL,
                    Anchor.MIDDLE,
                    LEFT + MAP_WIDTH * (piece.from() + piece.to()) / 2,
                    y(piece.row()) + BAR - 8,
                    text);
        }
    }

    /** Tag and bytes, or the tag, or its beginning; empty where too few letters fit, and on stripes. */
    private static String label(MapRegion region, int letters) {
        String bytes = Words.bytes(region.length());
        String tag = Words.printable(region.tag());
        String both = tag.isEmpty() ? bytes : tag + "  " + bytes;
        if (!region.isSlice() && !region.isHole()) {
            return "";
        }
        if (Words.width(both) <= letters) {
            return both;
        }
        return Words.width(tag) <= letters || letters >= LEAST_CLIPPED ? Words.clipped(tag, letters) : "";
    }

    private void frames(MapRegion region, List<MapLayout.Piece> pieces) {
        for (MapLayout.Piece piece : pieces) {
            double from = left(region, piece);
            canvas.frame(
                    region.access() == MapRegion.Access.READING,
                    from,
                    y(piece.row()),
                    Math.max(1, right(region, piece) - from),
                    BAR);
        }
    }

    private static String hint(MapRegion region) {
        String place = Words.bytes(region.length()) + " at " + region.offset();
        if (!region.isSlice() && !region.isRetiring()) {
            return region.stateName() + ", " + place;
        }
        String access = region.access() == MapRegion.Access.NONE
                ? ""
                : ", " + region.access().name().toLowerCase(Locale.ROOT);
        return retiring(region) + "'" + Words.printable(region.tag()) + "', " + place + ", " + region.requested()
                + " bytes asked for, " + Words.age(region.ageMillis()) + " old" + access + owners(region)
                + LentTo.hint(region);
    }

    private static String retiring(MapRegion region) {
        return region.waitsFor() == null
                ? ""
                : "retiring, waits for " + region.waitsFor().name().toLowerCase(Locale.ROOT) + ": ";
    }

    private static String owners(MapRegion region) {
        return region.owners() > 1 ? ", " + region.owners() + " owners" : "";
    }
}
