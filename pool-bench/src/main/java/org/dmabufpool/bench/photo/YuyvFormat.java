// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/**
 * Two pixels in four bytes, {@code Y0 U Y1 V}, in the limited range of television (16 to 235, 16 to 240), encoded
 * after ITU-R BT.601 as webcams do at every size. The camera has applied a tone curve already.
 *
 * @param plane where the bytes lie; a row has two samples for every pixel
 */
public record YuyvFormat(PlaneLayout plane) implements FrameFormat {

    /** A guess that fits webcams: a standard deviation of about 2 in 255 at every brightness. */
    private static final NoiseProfile NOISE = new NoiseProfile(500.0 * 500.0, 0);

    private static final int BYTES_FOR_TWO_PIXELS = 4;

    /** Checks that a row holds whole pairs of pixels. */
    public YuyvFormat {
        if (plane.sampleBytes() != 1 || plane.samples() % BYTES_FOR_TWO_PIXELS != 0) {
            throw new IllegalArgumentException("a YUYV row is pairs of pixels, 4 bytes each: " + plane);
        }
    }

    /** A frame whose rows lie {@code stride} bytes apart. */
    public static YuyvFormat of(int width, int height, int stride) {
        return new YuyvFormat(new PlaneLayout(0, 2 * width, height, 1, stride));
    }

    @Override
    public String name() {
        return "YUYV, BT.601";
    }

    @Override
    public int width() {
        return plane.samples() / 2;
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
        return new YuyvDeveloper(this);
    }

    @Override
    public NoiseProfile noise() {
        return NOISE;
    }

    @Override
    public ToneCurve tone() {
        return ToneCurve.straight();
    }
}
