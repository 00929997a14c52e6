// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

/**
 * Random numbers by counter: which thread draws which number when does not matter.
 *
 * <p>The mixing function is the finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", 2014).
 */
final class SensorNoise {

    /** The standard deviation of {@link #bell}: that of the sum of four uniform 16-bit numbers. */
    static final double BELL_DEVIATION = 65536 / 1.7320508075688772;

    private static final long STEP = 0x9e3779b97f4a7c15L;
    private static final int HALFWORD = 0xffff;
    private static final int BELL_MEAN = 2 * HALFWORD;

    private SensorNoise() {}

    /** A random number for a counter. */
    static long mix(long counter) {
        long z = counter * STEP;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** A bell-shaped number around 0 out of a random one. */
    static int bell(long random) {
        int sum = (int) (random & HALFWORD)
                + (int) ((random >>> 16) & HALFWORD)
                + (int) ((random >>> 32) & HALFWORD)
                + (int) (random >>> 48);
        return sum - BELL_MEAN;
    }
}
