// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/**
 * Merges a picture into the mean of a burst: {@code mean += share * (picture - mean)}, for every pixel that both have.
 *
 * <p>A tile's share holds at its middle; between the middles of tiles it changes evenly, so that no tile shows.
 */
public final class Merger {

    private static final int SHARE_BITS = Integer.numberOfTrailingZeros(TileGrid.FULL_SHARE);
    private static final int ROUND = TileGrid.FULL_SHARE / 2;
    private static final int TILE = TileGrid.TILE;

    private Merger() {}

    /**
     * Merges one picture.
     *
     * @param mean the mean so far, which changes
     * @param picture a picture
     * @param shift how it lies against {@code mean}; the two overlap
     * @param share the picture's share per tile, see {@link TileGrid}
     */
    public static void merge(RgbLayout.Planes mean, RgbLayout.Planes picture, Shift shift, Plane16 share) {
        Overlap rows = Overlap.of(mean.height(), shift.dy());
        Rows.inBands(
                rows.count(),
                (from, to) -> new Band(mean, picture, shift, share).merge(rows.from() + from, rows.from() + to));
    }

    /** Scratch memory of one band. */
    private static final class Band {
        private final RgbLayout.Planes mean;
        private final RgbLayout.Planes picture;
        private final Shift shift;
        private final Plane16 share;
        private final Overlap columns;
        private final char[] upper;
        private final char[] lower;
        private final int[] tileShares;
        private final int[] shares;
        private final char[] left;
        private final char[] right;

        Band(RgbLayout.Planes mean, RgbLayout.Planes picture, Shift shift, Plane16 share) {
            this.mean = mean;
            this.picture = picture;
            this.shift = shift;
            this.share = share;
            this.columns = Overlap.of(mean.width(), shift.dx());
            this.upper = new char[share.width()];
            this.lower = new char[share.width()];
            this.tileShares = new int[share.width()];
            this.shares = new int[columns.count()];
            this.left = new char[columns.count()];
            this.right = new char[columns.count()];
        }

        void merge(int from, int to) {
            for (int y = from; y < to; y++) {
                sharesOfRow(y);
                mergeRow(mean.red(), picture.red(), y);
                mergeRow(mean.green(), picture.green(), y);
                mergeRow(mean.blue(), picture.blue(), y);
            }
        }

        private void sharesOfRow(int y) {
            int position = y + TILE / 2;
            share.read(Math.max(0, position / TILE - 1), upper);
            share.read(Math.min(share.height() - 1, position / TILE), lower);
            int below = position % TILE;
            for (int tile = 0; tile < tileShares.length; tile++) {
                tileShares[tile] = (upper[tile] * (TILE - below) + lower[tile] * below) / TILE;
            }
            for (int i = 0; i < shares.length; i++) {
                shares[i] = between(columns.from() + i + TILE / 2);
            }
        }

        private int between(int position) {
            int left = tileShares[Math.max(0, position / TILE - 1)];
            int right = tileShares[Math.min(tileShares.length - 1, position / TILE)];
            return left + (right - left) * (position % TILE) / TILE;
        }

        private void mergeRow(Plane16 meanPlane, Plane16 picturePlane, int y) {
            meanPlane.read(y, columns.from(), left, 0, left.length);
            picturePlane.read(y + shift.dy(), columns.from() + shift.dx(), right, 0, right.length);
            for (int i = 0; i < left.length; i++) {
                left[i] += (char) (((right[i] - left[i]) * shares[i] + ROUND) >> SHARE_BITS);
            }
            meanPlane.write(y, columns.from(), left, 0, left.length);
        }
    }
}
