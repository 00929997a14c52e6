// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

/** Smooth random functions, fixed by a seed. Values lie in 0 to 1. */
final class Noise {

    private static final float OCTAVE = 2.03f;
    private static final float HALF = 0.5f;
    /** Values repeat after this many integers: farther than anything repetitive can be seen in a picture. */
    private static final int PERIOD = 4096;

    private static final int MASK = PERIOD - 1;
    private static final int FRACTION_BITS = 24;
    private static final float FRACTION = 1f / (1 << FRACTION_BITS);

    private final float[] values = new float[PERIOD];
    private final short[] starts = new short[PERIOD];

    Noise(long seed) {
        int state = (int) (seed ^ (seed >>> 32));
        for (int i = 0; i < PERIOD; i++) {
            values[i] = (scramble(state ^ i) >>> (Integer.SIZE - FRACTION_BITS)) * FRACTION;
            starts[i] = (short) (scramble(state ^ (i + PERIOD)) & MASK);
        }
    }

    private static int scramble(int number) {
        int h = number * 0x27d4eb2d;
        h = (h ^ (h >>> 15)) * 0x2c1b3c6d;
        h = (h ^ (h >>> 12)) * 0x297a2d39;
        return h ^ (h >>> 15);
    }

    /** Random, uniform: every column of integers is the same sequence, begun at another place. */
    float at(int x, int y) {
        return values[(starts[x & MASK] + y) & MASK];
    }

    /** Smooth between the random values at integers. */
    float smooth(float x, float y) {
        int column = floor(x);
        int row = floor(y);
        float u = ease(x - column);
        float v = ease(y - row);
        float upper = between(at(column, row), at(column + 1, row), u);
        float lower = between(at(column, row + 1), at(column + 1, row + 1), u);
        return between(upper, lower, v);
    }

    /** A sum of ever finer and fainter noises. */
    float cloudy(float x, float y, int octaves) {
        float sum = 0;
        float weight = HALF;
        float total = 0;
        float px = x;
        float py = y;
        for (int octave = 0; octave < octaves; octave++) {
            sum += weight * smooth(px, py);
            total += weight;
            weight *= HALF;
            px = px * OCTAVE + 17.3f;
            py = py * OCTAVE + 5.7f;
        }
        return sum / total;
    }

    /** Like {@link #cloudy}, but with sharp crests where it is high. */
    float ridged(float x, float y, int octaves) {
        float sum = 0;
        float weight = HALF;
        float total = 0;
        float px = x;
        float py = y;
        float carry = 1;
        for (int octave = 0; octave < octaves; octave++) {
            float crest = 1 - Math.abs(2 * smooth(px, py) - 1);
            crest *= crest;
            sum += weight * crest * carry;
            total += weight;
            carry = Math.min(1, crest * 1.6f);
            weight *= HALF;
            px = px * OCTAVE + 11.9f;
            py = py * OCTAVE + 3.1f;
        }
        return sum / total;
    }

    static int floor(float value) {
        int whole = (int) value;
        return value < whole ? whole - 1 : whole;
    }

    static float between(float from, float to, float share) {
        return from + (to - from) * share;
    }

    /** 0 below {@code from}, 1 above {@code to}, smooth between. */
    static float step(float from, float to, float value) {
        return ease(clamp((value - from) / (to - from)));
    }

    static float clamp(float value) {
        return Math.max(0, Math.min(1, value));
    }

    private static float ease(float t) {
        return t * t * (3 - 2 * t);
    }
}
