// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.awt.Color;

/** One column of pixels, each the mean colour of the addresses that it stands for. */
final class Column {

    private static final int CHANNELS = 3;
    private static final int FULL = 255;

    private final double bytesPerRow;
    private final float[] covered;
    private final float[] sums;
    private final float[] empty;

    Column(int rows, long capacity, Color empty) {
        this.bytesPerRow = (double) capacity / rows;
        this.covered = new float[rows];
        this.sums = new float[CHANNELS * rows];
        this.empty = empty.getRGBColorComponents(null);
    }

    /** Paints a part. Parts do not overlap. */
    void add(long offset, long size, Color colour) {
        double begin = offset / bytesPerRow;
        double end = (offset + size) / bytesPerRow;
        float[] channels = colour.getRGBColorComponents(null);
        for (int row = (int) begin; row < Math.min(end, covered.length); row++) {
            float share = (float) (Math.min(end, row + 1) - Math.max(begin, row));
            covered[row] += share;
            for (int channel = 0; channel < CHANNELS; channel++) {
                sums[CHANNELS * row + channel] += share * channels[channel];
            }
        }
    }

    /** The colour of a row, counted from address 0. */
    int rgb(int row) {
        int rgb = 0;
        for (int channel = 0; channel < CHANNELS; channel++) {
            float mean = sums[CHANNELS * row + channel] + Math.max(0, 1 - covered[row]) * empty[channel];
            rgb = rgb << Byte.SIZE | Math.min(FULL, Math.round(mean * FULL));
        }
        return rgb;
    }
}
