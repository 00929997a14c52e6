// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.util.Arrays;

/**
 * Decides, tile by tile, how much of a picture may be merged: all where it differs from the reference no more than noise
 * explains, nothing where something moved.
 *
 * <p>Differences of brightness are summed over cells of {@link #CELL} x {@link #CELL} pixels first: noise cancels there,
 * things do not. The mean over a tile's cells is compared with what noise alone would give; a tile trusts no more than
 * the least trusting of its neighbours, as things have edges.
 */
public final class GhostGuard {

    private static final int CELL = 4;
    private static final int CELLS = TileGrid.TILE / CELL;
    /** Brightness is red + 2 green + blue. */
    private static final int LUMA_WEIGHT = 4;
    /**
     * The mean absolute difference of two cells' mean brightness, for a standard deviation of 1 in green:
     * 0.8 (mean of a folded normal) x 1.41 (two pictures) x 0.30 (mean of 16 mosaic samples, white balanced).
     */
    private static final double CELL_DIFFERENCE = 0.34;

    /** Differences up to this many times the expected one are noise. */
    private static final double ALL = 1.8;
    /** Differences from this many times the expected one on are motion. */
    private static final double NOTHING = 3.6;

    private static final int LEVEL_BITS = 8;
    /** Rows of tiles in a band. */
    private static final int TILE_ROWS = 4;

    /** Expected sum of differences in a cell, by brightness in 256 steps. */
    private final float[] expected = new float[1 << LEVEL_BITS];

    /** A guard that knows the camera's noise. */
    public GhostGuard(NoiseProfile noise) {
        for (int level = 0; level < expected.length; level++) {
            double deviation = noise.deviation(level << LEVEL_BITS);
            expected[level] = (float) (deviation * CELL_DIFFERENCE * CELL * CELL * LUMA_WEIGHT);
        }
    }

    /**
     * Fills the grid's trust and share and adds to what is merged.
     *
     * @param reference the reference, or what was merged into it so far
     * @param picture a picture
     * @param shift how it lies; the two overlap
     * @param grid the burst's grid
     */
    public void judge(RgbLayout.Planes reference, RgbLayout.Planes picture, Shift shift, TileGrid.Planes grid) {
        int tileRows = grid.trust().height();
        Rows.inBands(
                tileRows, TILE_ROWS, (from, to) -> new Band(reference, picture, shift, grid.trust()).judge(from, to));
        Rows.inBands(tileRows, (from, to) -> share(grid, from, to));
    }

    /** Scratch memory of one band of tiles. */
    private final class Band {
        private final RgbLayout.Planes reference;
        private final RgbLayout.Planes picture;
        private final Shift shift;
        private final Plane16 trust;
        private final Overlap columns;
        private final Overlap rows;
        private final char[] left;
        private final char[] right;
        private final int[] cells;
        private final float[] differences;
        private final int[] brightness;
        private final int[] counts;
        private final char[] row;

        Band(RgbLayout.Planes reference, RgbLayout.Planes picture, Shift shift, Plane16 trust) {
            this.reference = reference;
            this.picture = picture;
            this.shift = shift;
            this.trust = trust;
            this.columns = wholeCells(Overlap.of(reference.width(), shift.dx()));
            this.rows = wholeCells(Overlap.of(reference.height(), shift.dy()));
            this.left = new char[columns.count()];
            this.right = new char[columns.count()];
            this.cells = new int[reference.width() / CELL + 1];
            this.differences = new float[trust.width()];
            this.brightness = new int[trust.width()];
            this.counts = new int[trust.width()];
            this.row = new char[trust.width()];
        }

        void judge(int from, int to) {
            for (int tileRow = from; tileRow < to; tileRow++) {
                Arrays.fill(differences, 0);
                Arrays.fill(brightness, 0);
                Arrays.fill(counts, 0);
                int top = Math.max(rows.from(), tileRow * TileGrid.TILE);
                int bottom = Math.min(rows.to(), (tileRow + 1) * TileGrid.TILE);
                for (int y = top; y < bottom; y += CELL) {
                    cellRow(y);
                }
                for (int tile = 0; tile < row.length; tile++) {
                    row[tile] = (char) trustIn(tile);
                }
                trust.write(tileRow, row);
            }
        }

        private void cellRow(int top) {
            Arrays.fill(cells, 0);
            for (int y = top; y < top + CELL; y++) {
                add(reference.red(), picture.red(), y, 1);
                add(reference.green(), picture.green(), y, 2);
                addBrightness();
                add(reference.blue(), picture.blue(), y, 1);
            }
            for (int cell = columns.from() / CELL; cell < columns.to() / CELL; cell++) {
                int tile = cell / CELLS;
                differences[tile] += Math.abs(cells[cell]);
                counts[tile]++;
            }
        }

        private void add(Plane16 referencePlane, Plane16 picturePlane, int y, int weight) {
            referencePlane.read(y, columns.from(), left, 0, left.length);
            picturePlane.read(y + shift.dy(), columns.from() + shift.dx(), right, 0, right.length);
            int first = columns.from() / CELL;
            for (int x = 0; x < left.length; x += CELL) {
                int sum = (left[x] - right[x])
                        + (left[x + 1] - right[x + 1])
                        + (left[x + 2] - right[x + 2])
                        + (left[x + 3] - right[x + 3]);
                cells[first + x / CELL] += weight * sum;
            }
        }

        /** One sample of green stands for its cell's row. */
        private void addBrightness() {
            int first = columns.from() / CELL;
            for (int x = 0; x < left.length; x += CELL) {
                brightness[(first + x / CELL) / CELLS] += left[x];
            }
        }

        private int trustIn(int tile) {
            int count = counts[tile];
            if (count == 0) {
                return 0;
            }
            int level = (brightness[tile] / (CELL * count)) >> LEVEL_BITS;
            double ratio = differences[tile] / (count * expected[level]);
            double trusted = (NOTHING - ratio) / (NOTHING - ALL);
            return (int) (TileGrid.FULL_TRUST * Math.max(0, Math.min(1, trusted)));
        }
    }

    /** The part of an overlap that holds whole cells only. */
    private static Overlap wholeCells(Overlap overlap) {
        int from = (overlap.from() + CELL - 1) / CELL * CELL;
        return new Overlap(from, Math.max(from, overlap.to() / CELL * CELL));
    }

    private static void share(TileGrid.Planes grid, int from, int to) {
        int width = grid.trust().width();
        char[] least = new char[width];
        char[] merged = new char[width];
        char[] share = new char[width];
        for (int y = from; y < to; y++) {
            leastAround(grid.trust(), y, least);
            grid.merged().read(y, merged);
            for (int x = 0; x < width; x++) {
                int sum = merged[x] + least[x];
                share[x] = (char) (TileGrid.FULL_SHARE * least[x] / sum);
                merged[x] = (char) sum;
            }
            grid.merged().write(y, merged);
            grid.share().write(y, share);
        }
    }

    /** The least trust in a tile and its up to eight neighbours. */
    private static void leastAround(Plane16 trust, int y, char[] least) {
        char[] row = new char[least.length];
        char[] column = new char[least.length];
        Arrays.fill(column, Character.MAX_VALUE);
        for (int near = Math.max(0, y - 1); near <= Math.min(trust.height() - 1, y + 1); near++) {
            trust.read(near, row);
            for (int x = 0; x < row.length; x++) {
                column[x] = (char) Math.min(column[x], row[x]);
            }
        }
        for (int x = 0; x < least.length; x++) {
            int left = column[Math.max(0, x - 1)];
            int right = column[Math.min(least.length - 1, x + 1)];
            least[x] = (char) Math.min(column[x], Math.min(left, right));
        }
    }
}
