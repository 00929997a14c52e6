// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.dmabufpool.bench.text.Words;
import org.jspecify.annotations.Nullable;

/** A pool's map for a terminal: figures, rows of cells, legend. With colours half a letter is a cell, else a letter. */
public final class TerminalMap {

    /** The least width that has room for a map. */
    public static final int LEAST_WIDTH = 40;

    /** The greatest width that makes sense. */
    public static final int MOST_WIDTH = 1000;

    private static final int MOST_ROWS = 16;
    private static final int ADDRESS = 10;
    private static final int LONGEST_TAG = 30;
    private static final String PLAIN = "\u001b[0m";
    /** What red, green and blue each may be. */
    private static final int[] CUBE = {0, 95, 135, 175, 215, 255};

    private static final char LENT = '*';
    private static final int CUBE_START = 16;
    private static final int FULL = 255;

    private final PoolMapFile map;
    private final TagLegend legend;
    private final int width;
    private final boolean colours;
    private final PrintWriter out;

    private TerminalMap(PoolMapFile map, int width, boolean colours, PrintWriter out) {
        this.map = map;
        this.legend = TagLegend.of(map);
        this.width = width;
        this.colours = colours;
        this.out = out;
    }

    /**
     * Prints.
     *
     * @param width columns that a row may take, {@link #LEAST_WIDTH} to {@link #MOST_WIDTH}
     * @param colours whether the terminal has colours and blocks; without, only letters of ASCII are drawn
     * @throws IllegalArgumentException if the width is out of range
     */
    public static void print(PoolMapFile map, int width, boolean colours, PrintWriter out) {
        if (width < LEAST_WIDTH || width > MOST_WIDTH) {
            throw new IllegalArgumentException(
                    "a map is " + LEAST_WIDTH + " to " + MOST_WIDTH + " columns wide: width=" + width);
        }
        TerminalMap terminal = new TerminalMap(map, width, colours, out);
        terminal.figures();
        terminal.cells();
        terminal.legend();
        out.flush();
    }

    private void figures() {
        row("pool", "'%s', synced by %s", Words.printable(map.pool()), Words.printable(map.syncWay()));
        row(
                "used",
                "%s of %s, %s; peak %s",
                Words.bytes(map.usedBytes()),
                Words.bytes(map.capacityBytes()),
                Words.percent(map.occupancy()),
                Words.bytes(map.peakUsedBytes()));
        row(
                "largest free",
                "%s of %s in %s",
                Words.bytes(map.largestFreeBytes()),
                Words.bytes(map.freeBytes()),
                Words.count(map.count(MapRegion::isHole), "hole"));
        row(
                "fragmentation",
                "%s; rounding %s",
                Words.percent(map.externalFragmentation()),
                Words.percent(map.internalFragmentation()));
        row(
                "slices",
                "%,d open, the oldest for %s; %,d handed out, %,d leaked",
                map.openSlices(),
                Words.age(map.oldestMillis()),
                map.allocations(),
                map.leaks());
        users();
        row("refused", "%,d as the pool was full, %,d as it was fragmented", map.exhausted(), map.fragmented());
        out.println();
    }

    /** Said where there is more than one owner a slice. */
    private void users() {
        if (map.openOwners() != map.openSlices()) {
            row("owners", "%,d of the open slices", map.openOwners());
        }
        if (map.openLoans() + map.loansFailed() > 0) {
            row("loans", "%,d open, %,d ended by a fence with an error", map.openLoans(), map.loansFailed());
        }
        if (map.retiringSlices() > 0) {
            row("retiring", "%s, %s", Words.count(map.retiringSlices(), "slice"), Words.bytes(map.retiringBytes()));
        }
    }

    private void row(String name, String format, @Nullable Object... values) {
        out.println(String.format(Locale.ROOT, "%-14s ", name) + String.format(Locale.ROOT, format, values));
    }

    private void cells() {
        MapLayout layout = new MapLayout(map.capacityBytes(), MOST_ROWS);
        int columns = width - ADDRESS - 2;
        List<List<CellStrip.Cell>> rows = CellStrip.rows(map, legend, layout, colours ? 2 * columns : columns);
        for (int row = 0; row < rows.size(); row++) {
            out.printf(Locale.ROOT, "%" + ADDRESS + "s  ", Words.bytes(row * layout.bytesPerRow()));
            out.println(colours ? coloured(rows.get(row)) : letters(rows.get(row)));
        }
        out.println();
    }

    /** Capitals where the CPU has something open, every second letter a star where a device uses it. */
    private static String letters(List<CellStrip.Cell> cells) {
        StringBuilder line = new StringBuilder();
        for (CellStrip.Cell cell : cells) {
            boolean open = cell.access() != MapRegion.Access.NONE;
            char letter = open ? Character.toUpperCase(cell.letter()) : cell.letter();
            line.append(cell.lent() && line.length() % 2 != 0 ? LENT : letter);
        }
        return line.toString();
    }

    private static String coloured(List<CellStrip.Cell> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i += 2) {
            CellStrip.Cell left = cells.get(i);
            CellStrip.Cell right = i + 1 < cells.size() ? cells.get(i + 1) : left;
            line.append(block(left, right));
        }
        return line.append(PLAIN).toString();
    }

    private static String block(CellStrip.Cell left, CellStrip.Cell right) {
        if (left.fill().equals(right.fill())) {
            String mark = mark(left);
            return mark.equals(" ") ? ground(left) + mark : ground(left) + ink(mark) + mark;
        }
        // A hole has the terminal's own colour, which can be the ground only.
        return left.fill().equals(Fill.HOLE)
                ? ground(left) + foreground(right) + "▐"
                : ground(right) + foreground(left) + "▌";
    }

    /** What is drawn on a cell's colour. */
    private static String mark(CellStrip.Cell cell) {
        if (cell.fill().equals(Fill.HOLE)) {
            return "·";
        }
        if (cell.lent()) {
            return String.valueOf(LENT);
        }
        if (cell.fill().striped()) {
            return "╱";
        }
        return switch (cell.access()) {
            case NONE -> " ";
            case READING -> "r";
            case WRITING -> "w";
        };
    }

    /** Letters and stars on a colour are black, all else is grey. */
    private static String ink(String mark) {
        return Character.isLetter(mark.charAt(0)) || mark.charAt(0) == LENT ? "\u001b[38;5;16m" : "\u001b[38;5;244m";
    }

    private static String foreground(CellStrip.Cell cell) {
        return "\u001b[38;5;" + colour(cell.fill()) + "m";
    }

    private static String ground(CellStrip.Cell cell) {
        return cell.fill().equals(Fill.HOLE) ? "\u001b[49m" : "\u001b[48;5;" + colour(cell.fill()) + "m";
    }

    /** The nearest of the 216 colours that all such terminals have. */
    private static int colour(Fill fill) {
        int rgb = fill.striped() ? fill.stripes() : fill.light();
        int number = 0;
        for (int shift = 2 * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            number = CUBE.length * number + nearest(rgb >> shift & FULL);
        }
        return CUBE_START + number;
    }

    private static int nearest(int channel) {
        int best = 0;
        for (int level = 1; level < CUBE.length; level++) {
            if (Math.abs(CUBE[level] - channel) < Math.abs(CUBE[best] - channel)) {
                best = level;
            }
        }
        return best;
    }

    private void legend() {
        for (TagRow row : legend.rows()) {
            entry(
                    colours ? ground(CellStrip.Cell.plain(row.fill(), ' ')) + "  " + PLAIN : row.letter() + " ",
                    row.name(),
                    row.bytes(),
                    row.slices(),
                    ", oldest " + Words.age(row.oldestMillis()));
        }
        state(Fill.HOLE, '.', "free", MapRegion.State.HOLE);
        state(Fill.RETIRING, '~', "retiring", MapRegion.State.RETIRING);
        state(Fill.QUARANTINED, '#', "quarantined", MapRegion.State.QUARANTINED);
        state(Fill.PASSING, '?', "passing", MapRegion.State.PASSING);
        long reading = map.count(region -> region.access() == MapRegion.Access.READING);
        long writing = map.count(region -> region.access() == MapRegion.Access.WRITING);
        if (reading + writing > 0) {
            out.printf(
                    Locale.ROOT,
                    "%s: the CPU reads %,d, writes %,d%n",
                    colours ? "r, w" : "capitals",
                    reading,
                    writing);
        }
        LentTo.lines(map).forEach(loan -> out.println("* lent: " + loan));
    }

    private void state(Fill fill, char letter, String name, MapRegion.State state) {
        long count = map.count(region -> region.state() == state);
        if (count > 0) {
            CellStrip.Cell cell = CellStrip.Cell.plain(fill, letter);
            entry(
                    colours ? block(cell, cell) + block(cell, cell) + PLAIN : letter + " ",
                    name,
                    map.bytes(region -> region.state() == state),
                    count,
                    "");
        }
    }

    private void entry(String mark, String name, long bytes, long count, String more) {
        out.printf(
                Locale.ROOT,
                "%s %s %10s in %,d%s%n",
                mark,
                Words.padded(Words.clipped(name, LONGEST_TAG), LONGEST_TAG),
                Words.bytes(bytes),
                count,
                more);
    }
}
