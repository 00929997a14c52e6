// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pyramids of unlike lifetime beside a preview.
 *
 * <p>About every other frame is scaled down to 4 to 7 levels, each half as wide and high as the one before, which are used
 * for 2 to 27 frames and given back together. The preview keeps a ring; each frame has small metadata. Now and then another
 * sensor is taken: the preview's ring drains, out of order, while pyramids of the one before are still there.
 */
final class PyramidTrace {

    private static final int FRAMES = 1200;
    private static final int ONE_PYRAMID_IN = 2;
    private static final int LEAST_LEVELS = 4;
    private static final int MORE_LEVELS = 4;
    private static final int LEAST_LIFETIME = 2;
    private static final int MORE_LIFETIME = 26;
    private static final int LEAST_PREVIEWS = 4;
    private static final int MORE_PREVIEWS = 5;
    private static final long METADATA_STEP = 1024;
    private static final int MOST_METADATA_STEPS = 16;
    private static final int MOST_METADATA_FRAMES = 8;
    private static final int ONE_CHANGE_IN = 100;

    private final SplittableRandom random;
    private final FrameTrace trace;
    private final List<Integer> preview = new ArrayList<>();
    private int[] sensor = CameraTrace.SENSORS[0];

    private PyramidTrace(long seed) {
        random = new SplittableRandom(seed);
        trace = new FrameTrace("pyramids, seed " + seed);
    }

    static Trace generate(long seed) {
        PyramidTrace camera = new PyramidTrace(seed);
        camera.changeSensor();
        for (int frame = 0; frame < FRAMES; frame++) {
            camera.frame();
        }
        camera.drainPreview();
        return camera.trace.end();
    }

    private void frame() {
        trace.next();
        if (random.nextInt(ONE_CHANGE_IN) == 0) {
            drainPreview();
            changeSensor();
        }
        trace.take(METADATA_STEP * (1 + random.nextInt(MOST_METADATA_STEPS)), 1 + random.nextInt(MOST_METADATA_FRAMES));
        if (random.nextInt(ONE_PYRAMID_IN) == 0) {
            pyramid();
        }
    }

    private void changeSensor() {
        sensor = CameraTrace.SENSORS[random.nextInt(CameraTrace.SENSORS.length)];
        long bytes = CameraTrace.yuv(CameraTrace.PREVIEWS[random.nextInt(CameraTrace.PREVIEWS.length)]);
        int buffers = LEAST_PREVIEWS + random.nextInt(MORE_PREVIEWS);
        for (int i = 0; i < buffers; i++) {
            preview.add(trace.keep(bytes));
        }
    }

    private void drainPreview() {
        for (int buffer : preview) {
            trace.giveBack(buffer, random.nextInt(2 * preview.size()));
        }
        preview.clear();
    }

    private void pyramid() {
        int levels = LEAST_LEVELS + random.nextInt(MORE_LEVELS);
        int frames = LEAST_LIFETIME + random.nextInt(MORE_LIFETIME);
        for (int level = 1; level <= levels; level++) {
            trace.take(CameraTrace.pyramidLevel(sensor, level), frames);
        }
    }
}
