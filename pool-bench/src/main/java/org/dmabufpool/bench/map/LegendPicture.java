// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.Locale;
import java.util.function.Predicate;
import org.dmabufpool.bench.map.MapCanvas.Anchor;
import org.dmabufpool.bench.map.MapCanvas.TextKind;
import org.dmabufpool.bench.text.Words;

/** What a map's colours mean, below it: tags to the left, all else to the right. */
final class LegendPicture {

    private static final int STEP = 23;
    private static final int ABOVE = 44;
    private static final int BELOW = 14;
    private static final int SWATCH = 14;
    private static final int STATES = 7;
    private static final int LONGEST_TAG = 34;
    /** Where the columns of the tags end, from the left. */
    private static final int BYTES_END = 370;

    private static final int SHARE_END = 440;
    private static final int SLICES_END = 510;
    private static final int OLDEST_END = 590;
    private static final int STATES_AT = 680;
    private static final int LENT = 3;

    private final PoolMapFile map;
    private final TagLegend legend;
    private final MapCanvas canvas;

    LegendPicture(PoolMapFile map, TagLegend legend, MapCanvas canvas) {
        this.map = map;
        this.legend = legend;
        this.canvas = canvas;
    }

    /** How many pixels it takes. */
    static int height(PoolMapFile map, TagLegend legend) {
        int states = STATES + LentTo.lines(map).size();
        return ABOVE + STEP * Math.max(legend.rows().size(), states) + BELOW;
    }

    void draw(double x, double y, double width) {
        double line = y + ABOVE - STEP + 6;
        tagHeads(x, line);
        for (TagRow row : legend.rows()) {
            line += STEP;
            tag(row, x, line);
        }
        states(x + STATES_AT, y + ABOVE - STEP + 6, x + width);
    }

    private void tagHeads(double x, double line) {
        canvas.text(TextKind.SMALL, Anchor.START, x, line, legend.rows().isEmpty() ? "no slices" : "tag");
        if (!legend.rows().isEmpty()) {
            cells(TextKind.SMALL, x, line, "bytes", "share", "slices", "oldest");
        }
    }

    private void tag(TagRow row, double x, double line) {
        swatch(row.fill(), x, line);
        canvas.text(TextKind.PLAIN, Anchor.START, x + SWATCH + 10, line, Words.clipped(row.name(), LONGEST_TAG));
        cells(
                TextKind.PLAIN,
                x,
                line,
                Words.bytes(row.bytes()),
                Words.percent((double) row.bytes() / map.capacityBytes()),
                grouped(row.slices()),
                Words.age(row.oldestMillis()));
    }

    private void cells(TextKind kind, double x, double line, String bytes, String share, String slices, String oldest) {
        canvas.text(kind, Anchor.END, x + BYTES_END, line, bytes);
        canvas.text(kind, Anchor.END, x + SHARE_END, line, share);
        canvas.text(kind, Anchor.END, x + SLICES_END, line, slices);
        canvas.text(kind, Anchor.END, x + OLDEST_END, line, oldest);
    }

    private void swatch(Fill fill, double x, double line) {
        canvas.fill(fill, x, line - SWATCH + 2, SWATCH, SWATCH, "");
    }

    private void states(double x, double head, double end) {
        canvas.text(TextKind.SMALL, Anchor.START, x, head, "what else");
        state(Fill.HOLE, "free", MapRegion::isHole, x, head + STEP, end);
        state(
                Fill.QUARANTINED,
                "quarantined: not cleaned",
                region -> region.state() == MapRegion.State.QUARANTINED,
                x,
                head + 2 * STEP,
                end);
        state(Fill.RETIRING, "retiring: no owner, still in use", MapRegion::isRetiring, x, head + 3 * STEP, end);
        state(
                Fill.PASSING,
                "just handed out or given back",
                region -> region.state() == MapRegion.State.PASSING,
                x,
                head + 4 * STEP,
                end);
        access(false, "the CPU writes", MapRegion.Access.WRITING, x, head + 5 * STEP, end);
        access(true, "the CPU reads", MapRegion.Access.READING, x, head + 6 * STEP, end);
        lent(x, head + STATES * STEP, end);
    }

    private void lent(double x, double line, double end) {
        state(Fill.OTHERS, "lent to devices", MapRegion::isLent, x, line, end);
        canvas.fill(Fill.LENT, x, line + 2 - LENT, SWATCH, LENT, "");
        double below = line;
        for (String loan : LentTo.lines(map)) {
            below += STEP;
            canvas.text(TextKind.SMALL, Anchor.START, x + SWATCH + 10, below, loan);
        }
    }

    private void access(boolean dashed, String name, MapRegion.Access access, double x, double line, double end) {
        state(Fill.OTHERS, name, region -> region.access() == access, x, line, end);
        canvas.frame(dashed, x, line - SWATCH + 2, SWATCH, SWATCH);
    }

    private void state(Fill fill, String name, Predicate<MapRegion> wanted, double x, double line, double end) {
        swatch(fill, x, line);
        canvas.text(TextKind.PLAIN, Anchor.START, x + SWATCH + 10, line, name);
        canvas.text(
                TextKind.PLAIN,
                Anchor.END,
                end,
                line,
                map.count(wanted) == 0 ? "none" : Words.bytes(map.bytes(wanted)) + " in " + grouped(map.count(wanted)));
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
