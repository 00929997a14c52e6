// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * A camera that takes bursts without shutter lag.
 *
 * <p>The sensor writes a raw for each frame; a ring keeps the newest, and gives the oldest back. A preview has a ring of its
 * own. A burst takes raws out of the ring, those of the past first, and then those that follow, until it has 3 to 11. They
 * are merged into one picture with the help of a pyramid, and given back one after the other; then a JPEG is written.
 */
final class BurstTrace {

    private static final int FRAMES = 2400;
    private static final int LEAST_RING = 4;
    private static final int MORE_RING = 6;
    private static final int LEAST_BURST = 3;
    private static final int MORE_BURST = 9;
    /** A burst begins about so many frames after the one before has all its raws. */
    private static final int ONE_BURST_IN = 24;

    private static final int LEAST_MERGE = 6;
    private static final int MORE_MERGE = 12;
    private static final int LEAST_PREVIEWS = 4;
    private static final int MORE_PREVIEWS = 4;

    private final SplittableRandom random;
    private final FrameTrace trace;
    private final int[] sensor;
    /** The raws that a burst may take, the newest first. */
    private final Deque<Integer> ring = new ArrayDeque<>();

    private final int depth;
    /** How many raws the burst still waits for. */
    private int missing;
    /** When the burst gives back the raw that it takes next, in frames from now. */
    private int merged;

    private BurstTrace(long seed) {
        random = new SplittableRandom(seed);
        trace = new FrameTrace("bursts, seed " + seed);
        sensor = CameraTrace.SENSORS[random.nextInt(CameraTrace.SENSORS.length)];
        depth = LEAST_RING + random.nextInt(MORE_RING);
    }

    static Trace generate(long seed) {
        BurstTrace camera = new BurstTrace(seed);
        camera.preview();
        for (int frame = 0; frame < FRAMES; frame++) {
            camera.frame();
        }
        camera.ring.forEach(raw -> camera.trace.giveBack(raw, 0));
        return camera.trace.end();
    }

    private void preview() {
        long bytes = CameraTrace.yuv(CameraTrace.PREVIEWS[random.nextInt(CameraTrace.PREVIEWS.length)]);
        int buffers = LEAST_PREVIEWS + random.nextInt(MORE_PREVIEWS);
        for (int i = 0; i < buffers; i++) {
            trace.take(bytes, FRAMES + i);
        }
    }

    private void frame() {
        trace.next();
        ring.addFirst(trace.keep(CameraTrace.raw(sensor)));
        if (missing > 0) {
            hold();
        } else if (random.nextInt(ONE_BURST_IN) == 0) {
            burst();
        }
        if (ring.size() > depth) {
            trace.giveBack(ring.removeLast(), 1);
        }
    }

    private void burst() {
        missing = LEAST_BURST + random.nextInt(MORE_BURST);
        merged = missing + LEAST_MERGE + random.nextInt(MORE_MERGE);
        int end = merged + missing;
        trace.take(CameraTrace.yuv(sensor), end + 2);
        for (int level = 1; level <= CameraTrace.LEVELS; level++) {
            trace.take(CameraTrace.pyramidLevel(sensor, level), end);
        }
        trace.take(CameraTrace.jpeg(random), end + 4 + random.nextInt(20));
        while (missing > 0 && !ring.isEmpty()) {
            hold();
            merged++;
        }
    }

    /** The burst takes the newest raw. */
    private void hold() {
        trace.giveBack(ring.removeFirst(), merged + random.nextInt(3));
        missing--;
    }
}
