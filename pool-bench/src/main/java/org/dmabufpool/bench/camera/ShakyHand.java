// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import org.dmabufpool.bench.photo.Shift;

/**
 * How a hand's shake moves the camera from frame to frame, in whole pixels, fixed by a seed.
 *
 * @param seed which hand
 * @param reach the farthest it moves in either direction, in pixels
 */
record ShakyHand(long seed, int reach) {

    private static final int REACH_PER_WIDTH = 200;

    /** A hand that moves up to a two-hundredth of the picture's width. */
    static ShakyHand of(int width, long seed) {
        return new ShakyHand(seed, Math.max(2, width / REACH_PER_WIDTH));
    }

    /** Where the camera looks in a frame, against frame 0. */
    Shift at(int frame) {
        return frame == 0 ? Shift.NONE : new Shift(step(2 * frame), step(2 * frame + 1));
    }

    private int step(int index) {
        long random = SensorNoise.mix(seed + index);
        return (int) Math.floorMod(random, 2L * reach + 1) - reach;
    }
}
