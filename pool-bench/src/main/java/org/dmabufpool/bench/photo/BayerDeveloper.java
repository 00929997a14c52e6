// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;

/**
 * Black level, white balance and demosaic of {@link BayerFormat}.
 *
 * <p>Every missing colour is the mean of its nearest neighbours plus a share of how much the colour that is there bends
 * (Malvar, He, Cutler: "High-quality linear interpolation for demosaicing of Bayer-patterned color images", 2004). The
 * names below are compass points around the sample {@code C}:
 *
 * <pre>
 *         NN
 *     NW  N  NE
 * WW  W   C  E  EE
 *     SW  S  SE
 *         SS
 * </pre>
 *
 * <p>A row holds green and one other colour, its <em>own</em>: red in even rows, blue in odd ones. What is missing in it
 * altogether is the <em>far</em> colour.
 */
final class BayerDeveloper implements Developer {

    /** How far the filter reaches. */
    private static final int REACH = 2;

    private static final int GAIN_BITS = Integer.numberOfTrailingZeros(BayerFormat.UNITY_GAIN);
    private static final int RANGE = RgbLayout.WHITE - RgbLayout.PEDESTAL;

    private final BayerFormat format;
    private final int redScale;
    private final int greenScale;
    private final int blueScale;

    BayerDeveloper(BayerFormat format) {
        this.format = format;
        this.redScale = scale(format.redGain());
        this.greenScale = scale(BayerFormat.UNITY_GAIN);
        this.blueScale = scale(format.blueGain());
    }

    /** Rounded up, so that white comes out as white. */
    private int scale(int gain) {
        int range = format.white() - format.black();
        return (int) (((long) RANGE * gain + range - 1) / range);
    }

    @Override
    public void develop(ByteBuffer frame, RgbLayout.Planes picture) {
        Plane16 mosaic = new Plane16(frame, format.plane());
        Rows.inBands(mosaic.height(), (from, to) -> new Band(mosaic, picture).develop(from, to));
    }

    /** Scratch memory of one band: the rows the filter sees, and the three rows it makes. */
    private final class Band {
        private final Plane16 mosaic;
        private final RgbLayout.Planes picture;
        private final int width;
        private final char[] raw;
        private final int[][] lines;
        private final char[] own;
        private final char[] green;
        private final char[] far;

        Band(Plane16 mosaic, RgbLayout.Planes picture) {
            this.mosaic = mosaic;
            this.picture = picture;
            this.width = mosaic.width();
            this.raw = new char[width];
            this.lines = new int[2 * REACH + 1][width + 2 * REACH];
            this.own = new char[width];
            this.green = new char[width];
            this.far = new char[width];
        }

        void develop(int from, int to) {
            for (int y = from - REACH; y < from + REACH; y++) {
                load(y);
            }
            for (int y = from; y < to; y++) {
                load(y + REACH);
                ownSites(y);
                greenSites(y);
                boolean redRow = y % 2 == 0;
                picture.red().write(y, redRow ? own : far);
                picture.green().write(y, green);
                picture.blue().write(y, redRow ? far : own);
            }
        }

        /** Loads row {@code y}, mirrored into the picture if it lies outside; that keeps the mosaic's pattern. */
        private void load(int y) {
            mosaic.read(mirror(y, mosaic.height()), raw);
            int[] line = line(y);
            boolean redRow = (y & 1) == 0;
            balance(line, 0, redRow ? redScale : greenScale);
            balance(line, 1, redRow ? greenScale : blueScale);
            for (int x = 1; x <= REACH; x++) {
                line[REACH - x] = line[REACH + x];
                line[REACH + width - 1 + x] = line[REACH + width - 1 - x];
            }
        }

        private void balance(int[] line, int first, int scale) {
            int black = format.black();
            for (int x = first; x < width; x += 2) {
                line[x + REACH] = Math.min(RANGE, ((raw[x] - black) * scale) >> GAIN_BITS);
            }
        }

        private int[] line(int y) {
            return lines[Math.floorMod(y, lines.length)];
        }

        /** Green and the far colour where the row's own colour was measured. */
        private void ownSites(int y) {
            int[] above2 = line(y - 2);
            int[] above = line(y - 1);
            int[] here = line(y);
            int[] below = line(y + 1);
            int[] below2 = line(y + 2);
            for (int x = y & 1; x < width; x += 2) {
                int i = x + REACH;
                int c = here[i];
                int cross = above[i] + below[i] + here[i - 1] + here[i + 1];
                int corners = above[i - 1] + above[i + 1] + below[i - 1] + below[i + 1];
                int ends = above2[i] + below2[i] + here[i - 2] + here[i + 2];
                own[x] = sample(c);
                green[x] = sample((4 * c + 2 * cross - ends + 4) >> 3);
                far[x] = sample((12 * c + 4 * corners - 3 * ends + 8) >> 4);
            }
        }

        /** The row's own colour and the far one where green was measured. */
        private void greenSites(int y) {
            int[] above2 = line(y - 2);
            int[] above = line(y - 1);
            int[] here = line(y);
            int[] below = line(y + 1);
            int[] below2 = line(y + 2);
            for (int x = 1 - (y & 1); x < width; x += 2) {
                int i = x + REACH;
                int c = 10 * here[i] - 2 * (above[i - 1] + above[i + 1] + below[i - 1] + below[i + 1]) + 8;
                int rowEnds = here[i - 2] + here[i + 2];
                int columnEnds = above2[i] + below2[i];
                green[x] = sample(here[i]);
                own[x] = sample((c + 8 * (here[i - 1] + here[i + 1]) - 2 * rowEnds + columnEnds) >> 4);
                far[x] = sample((c + 8 * (above[i] + below[i]) - 2 * columnEnds + rowEnds) >> 4);
            }
        }
    }

    /** The row that stands for {@code y}: the picture continues mirrored at its first and last row. */
    private static int mirror(int y, int height) {
        return y < 0 ? -y : y < height ? y : 2 * (height - 1) - y;
    }

    private static char sample(int light) {
        return RgbLayout.clamp(RgbLayout.PEDESTAL + light);
    }
}
