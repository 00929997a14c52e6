// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/**
 * How noise grows with light: {@code variance = read + shot * signal}, in squared 16-bit sample values. It is what
 * Android calls a sensor's noise profile.
 *
 * @param read variance at black, above 0
 * @param shot variance for every unit of signal above black, 0 or more
 */
public record NoiseProfile(double read, double shot) {

    /** Checks the ranges. */
    public NoiseProfile {
        if (!(read > 0) || !(shot >= 0)) {
            throw new IllegalArgumentException("no such noise: read " + read + ", shot " + shot);
        }
    }

    /** The standard deviation of a sample that would be {@code value} without noise. */
    public double deviation(int value) {
        return Math.sqrt(read + shot * Math.max(0, value - RgbLayout.PEDESTAL));
    }
}
