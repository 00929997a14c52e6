// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Streams that have nothing in common: 3 to 7 of unlike size, period and lifetime.
 *
 * <p>Each takes a buffer at every so many frames, and gives it back so many frames later, or one or two after that. Some of
 * the sizes are small, from 1 KiB on. Now and then a stream ends, and one of another size, period and lifetime takes its place.
 */
final class RingsTrace {

    private static final int FRAMES = 1500;
    private static final int LEAST_STREAMS = 3;
    private static final int MORE_STREAMS = 5;
    private static final int ONE_SMALL_IN = 3;
    private static final long LEAST_SMALL = 1024;
    /** Small sizes are up to 2^6 times the least, large ones up to 2^7 times. */
    private static final int SMALL_POWERS = 6;

    private static final long LEAST_LARGE = 128 << 10;
    private static final int LARGE_POWERS = 7;
    private static final long STRIDE = 64;
    private static final int MOST_FRAMES_BETWEEN = 6;
    private static final int MOST_LIFETIME = 24;
    private static final int MOST_LATE = 3;
    private static final int ONE_CHANGE_IN = 40;

    private final SplittableRandom random;
    private final FrameTrace trace;
    private final List<Stream> streams = new ArrayList<>();

    private RingsTrace(long seed) {
        random = new SplittableRandom(seed);
        trace = new FrameTrace("rings, seed " + seed);
    }

    /** A buffer of so many bytes at every {@code period}th frame, for {@code lifetime} frames. */
    private record Stream(long bytes, int period, int lifetime) {}

    static Trace generate(long seed) {
        RingsTrace camera = new RingsTrace(seed);
        int streams = LEAST_STREAMS + camera.random.nextInt(MORE_STREAMS);
        for (int i = 0; i < streams; i++) {
            camera.streams.add(camera.stream());
        }
        for (int frame = 0; frame < FRAMES; frame++) {
            camera.frame();
        }
        return camera.trace.end();
    }

    private void frame() {
        trace.next();
        if (random.nextInt(ONE_CHANGE_IN) == 0) {
            streams.set(random.nextInt(streams.size()), stream());
        }
        for (Stream stream : streams) {
            if (trace.now() % stream.period() == 0) {
                trace.take(stream.bytes(), stream.lifetime() + random.nextInt(MOST_LATE));
            }
        }
    }

    private Stream stream() {
        boolean small = random.nextInt(ONE_SMALL_IN) == 0;
        long bytes = small ? size(LEAST_SMALL, SMALL_POWERS) : size(LEAST_LARGE, LARGE_POWERS);
        return new Stream(bytes, 1 + random.nextInt(MOST_FRAMES_BETWEEN), 1 + random.nextInt(MOST_LIFETIME));
    }

    /** A multiple of the stride whose logarithm is uniform, from {@code least} to 2^{@code powers} times as much. */
    private long size(long least, int powers) {
        double strides = least * StrictMath.pow(2, powers * random.nextDouble()) / STRIDE;
        return STRIDE * (long) strides;
    }
}
