// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import org.dmabufpool.bench.policy.Placer;
import org.dmabufpool.bench.text.Words;

/**
 * A picture of a pool over a trace.
 *
 * <pre>
 *   title
 *   +--------------------------------+
 *   | address, 0 below               |  legend: a colour for each power of two
 *   |            time, in operations |
 *   +--------------------------------+
 *   | fragmentation, 0 to 1          |
 *   +--------------------------------+
 * </pre>
 *
 * <p>A pixel shows the mean of what lies in its stretch of addresses at its moment, so that what looks half empty is.
 * Parts that found no space are white marks on the upper edge.
 */
public final class TraceMap {

    private static final int COLUMNS = 1400;
    private static final int ROWS = 760;
    private static final int CURVE_ROWS = 120;
    private static final int LEFT = 90;
    private static final int TOP = 50;
    private static final int GAP = 30;
    private static final int LEGEND = 130;
    private static final int BOTTOM = 40;
    private static final int LEGEND_STEP = 20;
    private static final int TICKS = 4;
    private static final int FAILURE_MARK = 8;

    private static final Color PAPER = new Color(0x202124);
    private static final Color EMPTY = new Color(0x101113);
    private static final Color INK = new Color(0xe8eaed);
    private static final Color CURVE = new Color(0xfbbc04);

    private final Replay replay;
    private final long capacity;
    private final SizeColours colours;
    private final BufferedImage image = new BufferedImage(
            LEFT + COLUMNS + LEGEND, TOP + ROWS + GAP + CURVE_ROWS + BOTTOM, BufferedImage.TYPE_INT_RGB);
    private final Graphics2D pen = image.createGraphics();

    private TraceMap(Replay replay, long capacity) {
        this.replay = replay;
        this.capacity = capacity;
        this.colours = SizeColours.of(replay.trace());
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    }

    /**
     * Paints.
     *
     * @param replay what was played in a pool of so many bytes
     * @param title a line above the picture
     */
    public static BufferedImage paint(Replay replay, long capacity, String title) {
        TraceMap map = new TraceMap(replay, capacity);
        map.paper(title);
        Timeline.walk(replay, COLUMNS, map::column);
        map.failures();
        map.curve(Timeline.moments(replay, capacity, COLUMNS, capacity));
        map.legend();
        map.pen.dispose();
        return map.image;
    }

    private void paper(String title) {
        pen.setColor(PAPER);
        pen.fillRect(0, 0, image.getWidth(), image.getHeight());
        pen.setColor(EMPTY);
        pen.fillRect(LEFT, TOP + ROWS + GAP, COLUMNS, CURVE_ROWS);
        pen.setColor(INK);
        pen.drawString(title, LEFT, TOP - 20);
        for (int tick = 0; tick <= TICKS; tick++) {
            rightAligned(Words.bytes(capacity / TICKS * tick), TOP + ROWS - ROWS * tick / TICKS);
            String operations =
                    String.format(Locale.ROOT, "%,d", (long) replay.trace().length() * tick / TICKS);
            int width = pen.getFontMetrics().stringWidth(operations);
            pen.drawString(operations, LEFT + COLUMNS * tick / TICKS - width / 2, image.getHeight() - BOTTOM + 16);
        }
        pen.drawString("operations", LEFT + COLUMNS + 10 + 40, image.getHeight() - BOTTOM + 16);
    }

    private void rightAligned(String text, int y) {
        pen.drawString(text, LEFT - 8 - pen.getFontMetrics().stringWidth(text), y + 5);
    }

    private void column(int index, int operation, NavigableMap<Long, Integer> live) {
        Column column = new Column(ROWS, capacity, EMPTY);
        for (Map.Entry<Long, Integer> part : live.entrySet()) {
            long size = replay.trace().size(part.getValue());
            column.add(part.getKey(), size, colours.of(size, part.getValue()));
        }
        for (int row = 0; row < ROWS; row++) {
            image.setRGB(LEFT + index, TOP + ROWS - 1 - row, column.rgb(row));
        }
    }

    private void failures() {
        Trace trace = replay.trace();
        pen.setColor(Color.WHITE);
        for (int i = 0; i < trace.length(); i++) {
            if (trace.allocates(i) && replay.offset(trace.part(i)) == Placer.NO_SPACE) {
                pen.fillRect(LEFT + (int) ((long) i * COLUMNS / trace.length()), TOP, 1, FAILURE_MARK);
            }
        }
    }

    private void curve(List<Timeline.Moment> moments) {
        int bottom = TOP + ROWS + GAP + CURVE_ROWS;
        pen.setColor(CURVE);
        for (int i = 1; i < moments.size(); i++) {
            int before = (int) (CURVE_ROWS * moments.get(i - 1).fragmentation());
            int now = (int) (CURVE_ROWS * moments.get(i).fragmentation());
            pen.drawLine(LEFT + i - 1, bottom - before, LEFT + i, bottom - now);
        }
        pen.drawString("fragmentation: 1 - largest free / free", LEFT, bottom - CURVE_ROWS - 8);
        rightAligned("1", bottom - CURVE_ROWS);
        rightAligned("0", bottom);
    }

    private void legend() {
        int x = LEFT + COLUMNS + 14;
        for (int power = colours.smallest(); power <= colours.largest(); power++) {
            int y = TOP + ROWS - LEGEND_STEP * (power - colours.smallest() + 1);
            pen.setColor(colours.ofPower(power));
            pen.fillRect(x, y, LEGEND_STEP - 4, LEGEND_STEP - 4);
            pen.setColor(INK);
            pen.drawString("from " + Words.bytes(1L << power), x + LEGEND_STEP, y + 13);
        }
    }
}
