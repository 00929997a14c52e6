// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A camera at work: streams reconfigured at random, with stills, bursts, pyramids, metadata and JPEGs in between.
 *
 * <p>Time is counted in frames. A stream either keeps a ring of buffers for as long as it is configured, or takes a buffer
 * for each frame and gives it back when the consumer is done: out of order, at most as many frames later as the ring is
 * deep. Old rings drain, out of order, while new streams begin.
 */
final class CameraTrace {

    static final int[][] PREVIEWS = {{1280, 720}, {1440, 1080}, {1920, 1080}, {640, 480}, {1600, 1200}};
    static final int[][] VIDEOS = {{1920, 1080}, {3840, 2160}, {1280, 720}, {2560, 1440}};
    static final int[][] SENSORS = {{4000, 3000}, {4080, 3072}, {3264, 2448}, {4624, 3472}};
    /** Rows begin on a multiple of so many bytes. */
    private static final int STRIDE = 64;

    private static final int CONFIGURATIONS = 60;
    private static final int LEAST_FRAMES = 20;
    private static final int MORE_FRAMES = 180;
    /** All streams but one in so many keep a ring. */
    private static final int ONE_WITHOUT_RING_IN = 3;
    /** Something out of the ordinary happens about every fifteenth frame. */
    private static final int EVENTS = 60;

    private static final int LEAST_METADATA = 2048;
    static final int LEAST_JPEG = 500_000;
    private static final int MORE_JPEG = 5_500_000;
    static final int LEVELS = 5;

    /** A small picture of luma alone, for faces and exposure. */
    static final long ANALYSIS_BYTES = 640L * 480;
    /** Two bytes for each pixel of a small sensor. */
    static final long DEPTH_BYTES = 2L * 320 * 240;

    private final SplittableRandom random;
    private final FrameTrace trace;
    private final List<Stream> streams = new ArrayList<>();
    private int[] sensor = SENSORS[0];

    private CameraTrace(long seed) {
        random = new SplittableRandom(seed);
        trace = new FrameTrace("camera, seed " + seed);
    }

    /**
     * Buffers of one size, at most {@code depth} of them live, a new frame at every so many frames of the sensor.
     *
     * @param ring the buffers where they are kept; empty where each frame takes its own
     */
    private record Stream(long bytes, int depth, int every, List<Integer> ring) {}

    static Trace generate(long seed) {
        CameraTrace camera = new CameraTrace(seed);
        for (int i = 0; i < CONFIGURATIONS; i++) {
            camera.configure();
            int frames = LEAST_FRAMES + camera.random.nextInt(MORE_FRAMES);
            for (int frame = 0; frame < frames; frame++) {
                camera.frame();
            }
        }
        camera.drainRings();
        return camera.trace.end();
    }

    private void configure() {
        drainRings();
        streams.clear();
        sensor = oneOf(SENSORS);
        stream(yuv(oneOf(PREVIEWS)), 4 + random.nextInt(5), 1);
        if (random.nextInt(2) == 0) {
            stream(yuv(oneOf(VIDEOS)), 4 + random.nextInt(4), 1);
        }
        if (random.nextInt(3) == 0) {
            stream(raw(sensor), 3 + random.nextInt(3), 1);
        }
        if (random.nextInt(3) == 0) {
            stream(ANALYSIS_BYTES, 2 + random.nextInt(3), 2);
        }
        if (random.nextInt(4) == 0) {
            stream(DEPTH_BYTES, 3, 3);
        }
    }

    private void stream(long bytes, int depth, int every) {
        Stream stream = new Stream(bytes, depth, every, new ArrayList<>());
        if (random.nextInt(ONE_WITHOUT_RING_IN) > 0) {
            for (int i = 0; i < depth; i++) {
                stream.ring().add(trace.keep(bytes));
            }
        }
        streams.add(stream);
    }

    private void drainRings() {
        for (Stream stream : streams) {
            for (int part : stream.ring()) {
                trace.giveBack(part, random.nextInt(2 * stream.depth()));
            }
        }
        trace.releaseDue();
    }

    private void frame() {
        trace.next();
        for (Stream stream : streams) {
            if (stream.ring().isEmpty() && trace.now() % stream.every() == 0) {
                trace.take(stream.bytes(), 1 + random.nextInt(stream.depth() * stream.every()));
            }
        }
        trace.take(LEAST_METADATA + 1024L * random.nextInt(14), 1 + random.nextInt(8));
        switch (random.nextInt(EVENTS)) {
            case 0 -> still();
            case 1 -> burst();
            case 2, 3 -> pyramid();
            default -> {}
        }
    }

    private void still() {
        trace.take(raw(sensor), 2 + random.nextInt(6));
        trace.take(yuv(sensor), 3 + random.nextInt(8));
        trace.take(jpeg(random), 10 + random.nextInt(60));
    }

    private void burst() {
        int frames = 3 + random.nextInt(6);
        int merged = frames + 4 + random.nextInt(10);
        for (int i = 0; i < frames; i++) {
            trace.take(raw(sensor), merged + random.nextInt(3));
        }
        trace.take(yuv(sensor), merged + 6);
        trace.take(jpeg(random), merged + 30);
    }

    private void pyramid() {
        int frames = 2 + random.nextInt(10);
        for (int level = 1; level <= LEVELS; level++) {
            trace.take(pyramidLevel(sensor, level), frames);
        }
    }

    /** A size that depends on the picture. */
    static long jpeg(SplittableRandom random) {
        return LEAST_JPEG + (long) random.nextInt(MORE_JPEG);
    }

    /** Ten bits a pixel, packed. */
    static long raw(int[] size) {
        return alignToStride(size[0] * 10L / 8) * size[1];
    }

    /** A plane of luma and half as much chroma. */
    static long yuv(int[] size) {
        return alignToStride(size[0]) * size[1] * 3L / 2;
    }

    /** One plane, each level half as wide and high as the one before. */
    static long pyramidLevel(int[] size, int level) {
        return alignToStride(size[0] >> level) * ((size[1] >> level) + 1L);
    }

    private static long alignToStride(long bytes) {
        return (bytes + STRIDE - 1) & -STRIDE;
    }

    private int[] oneOf(int[][] sizes) {
        return sizes[random.nextInt(sizes.length)];
    }
}
