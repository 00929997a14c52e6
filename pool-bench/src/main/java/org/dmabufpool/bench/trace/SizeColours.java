// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.awt.Color;

/** A colour for each power of two, so that parts of like size look alike. */
final class SizeColours {

    /** Hues run from violet, the smallest, to red, the largest, by way of green. */
    private static final float SMALLEST_HUE = 0.78f;

    private static final float SATURATION = 0.62f;
    private static final float BRIGHTNESS = 0.95f;
    /** Neighbours of one size differ by this much of brightness. */
    private static final float SHADE = 0.13f;

    private static final int SHADES = 3;

    private final int smallest;
    private final int largest;

    private SizeColours(int smallest, int largest) {
        this.smallest = smallest;
        this.largest = largest;
    }

    static SizeColours of(Trace trace) {
        int smallest = Long.SIZE;
        int largest = 0;
        for (int part = 0; part < trace.parts(); part++) {
            smallest = Math.min(smallest, power(trace.size(part)));
            largest = Math.max(largest, power(trace.size(part)));
        }
        return new SizeColours(smallest, largest);
    }

    /** The power of two, at most the size, that gives a part its colour. */
    static int power(long size) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(size);
    }

    int smallest() {
        return smallest;
    }

    int largest() {
        return largest;
    }

    /** Red, green and blue of a part of the trace. */
    Color of(long size, int part) {
        return shaded(power(size), part % SHADES * SHADE);
    }

    /** Red, green and blue of a power of two. */
    Color ofPower(int power) {
        return shaded(power, 0);
    }

    private Color shaded(int power, float darker) {
        float place = largest == smallest ? 1 : (power - smallest) / (float) (largest - smallest);
        return Color.getHSBColor(SMALLEST_HUE * (1 - place), SATURATION, BRIGHTNESS - darker);
    }
}
