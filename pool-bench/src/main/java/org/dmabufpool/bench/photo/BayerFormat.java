// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/**
 * A mosaic of red, green and blue samples, 16 bits each, that begins {@code RG} above {@code GB}.
 *
 * @param plane where the samples lie; width and height are even and at least 4
 * @param black the sample value of black
 * @param white the sample value at which the sensor saturates, above {@code black}
 * @param redGain what red is multiplied with for grey to come out grey, in 4096ths, at most 8
 * @param blueGain what blue is multiplied with for grey to come out grey, in 4096ths, at most 8
 * @param noise expected noise of developed green
 */
public record BayerFormat(PlaneLayout plane, int black, int white, int redGain, int blueGain, NoiseProfile noise)
        implements FrameFormat {

    /** A gain of 1. */
    public static final int UNITY_GAIN = 4096;

    private static final int MAX_GAIN = 8 * UNITY_GAIN;
    private static final int MIN_SIDE = 4;

    /** Checks the ranges. */
    public BayerFormat {
        if (plane.samples() % 2 != 0 || plane.rows() % 2 != 0 || Math.min(plane.samples(), plane.rows()) < MIN_SIDE) {
            throw new IllegalArgumentException("a mosaic has an even width and height of at least " + MIN_SIDE
                    + ", not " + plane.samples() + "x" + plane.rows());
        }
        if (black < 0 || white <= black || white > Character.MAX_VALUE) {
            throw new IllegalArgumentException("no such range: black " + black + ", white " + white);
        }
        if (Math.min(redGain, blueGain) < 1 || Math.max(redGain, blueGain) > MAX_GAIN) {
            throw new IllegalArgumentException(
                    "gains are 1 to " + MAX_GAIN + ": red " + redGain + ", blue " + blueGain);
        }
    }

    @Override
    public String name() {
        return "RGGB, black " + black + ", white " + white;
    }

    @Override
    public int width() {
        return plane.samples();
    }

    @Override
    public int height() {
        return plane.rows();
    }

    @Override
    public int bytes() {
        return plane.end();
    }

    @Override
    public Developer developer() {
        return new BayerDeveloper(this);
    }

    @Override
    public ToneCurve tone() {
        return ToneCurve.film();
    }
}
