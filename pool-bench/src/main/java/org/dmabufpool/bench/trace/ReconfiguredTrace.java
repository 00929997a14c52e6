// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Streams that are reconfigured one at a time, while the others go on.
 *
 * <p>Each of 2 to 4 streams has a ring of buffers of one size. Now and then one of them gets another size: its old ring is
 * given back buffer by buffer, in nearly but not quite the order of allocation, as consumers are done, while the buffers of
 * the new ring are asked for already. In between a still burst takes raws for some frames.
 */
final class ReconfiguredTrace {

    private static final int RECONFIGURATIONS = 240;
    private static final int LEAST_STREAMS = 2;
    private static final int MORE_STREAMS = 3;
    private static final int LEAST_RING = 3;
    private static final int MORE_RING = 6;
    /** Of the old ring so many buffers at most are given back before the new one is asked for. */
    private static final int MOST_BEFORE = 3;
    /** One buffer in so many is given back after its successor. */
    private static final int ONE_SWAPPED_IN = 4;

    private static final int ONE_BURST_IN = 3;
    private static final int LEAST_BURST = 3;
    private static final int MORE_BURST = 6;

    private final SplittableRandom random;
    private final FrameTrace trace;
    private final List<Ring> streams = new ArrayList<>();
    private final int[] sensor;
    private final long[] sizes;

    private ReconfiguredTrace(long seed) {
        random = new SplittableRandom(seed);
        trace = new FrameTrace("reconfigured, seed " + seed);
        sensor = CameraTrace.SENSORS[random.nextInt(CameraTrace.SENSORS.length)];
        sizes = sizes();
    }

    /** Buffers of one size, in the order of their allocation. */
    private record Ring(long bytes, List<Integer> buffers) {}

    static Trace generate(long seed) {
        ReconfiguredTrace camera = new ReconfiguredTrace(seed);
        int streams = LEAST_STREAMS + camera.random.nextInt(MORE_STREAMS);
        for (int i = 0; i < streams; i++) {
            camera.streams.add(camera.start());
        }
        for (int i = 0; i < RECONFIGURATIONS; i++) {
            camera.reconfigure(camera.random.nextInt(streams));
            if (camera.random.nextInt(ONE_BURST_IN) == 0) {
                camera.burst();
            }
        }
        for (Ring ring : camera.streams) {
            ring.buffers().forEach(buffer -> camera.trace.giveBack(buffer, 0));
        }
        return camera.trace.end();
    }

    /** What a stream's buffers may have: a raw, or any preview or video. */
    private long[] sizes() {
        List<Long> all = new ArrayList<>(List.of(CameraTrace.raw(sensor)));
        for (int[] size : CameraTrace.PREVIEWS) {
            all.add(CameraTrace.yuv(size));
        }
        for (int[] size : CameraTrace.VIDEOS) {
            all.add(CameraTrace.yuv(size));
        }
        return all.stream().mapToLong(Long::longValue).distinct().toArray();
    }

    private Ring start() {
        Ring ring = new Ring(sizes[random.nextInt(sizes.length)], new ArrayList<>());
        int depth = LEAST_RING + random.nextInt(MORE_RING);
        for (int i = 0; i < depth; i++) {
            ring.buffers().add(trace.keep(ring.bytes()));
        }
        return ring;
    }

    private void reconfigure(int stream) {
        Ring old = streams.get(stream);
        List<Integer> leaving = nearlyInOrder(old.buffers());
        Ring next = new Ring(otherThan(old.bytes()), new ArrayList<>());
        int depth = LEAST_RING + random.nextInt(MORE_RING);
        int before = random.nextInt(MOST_BEFORE);
        for (int i = 0; i < Math.max(leaving.size(), before + depth); i++) {
            if (i < leaving.size()) {
                trace.giveBack(leaving.get(i), 0);
            }
            if (i >= before && i < before + depth) {
                next.buffers().add(trace.keep(next.bytes()));
            }
            trace.next();
        }
        streams.set(stream, next);
    }

    private List<Integer> nearlyInOrder(List<Integer> buffers) {
        List<Integer> order = new ArrayList<>(buffers);
        for (int i = 1; i < order.size(); i++) {
            if (random.nextInt(ONE_SWAPPED_IN) == 0) {
                Collections.swap(order, i - 1, i);
            }
        }
        return order;
    }

    private long otherThan(long bytes) {
        long other = bytes;
        while (other == bytes) {
            other = sizes[random.nextInt(sizes.length)];
        }
        return other;
    }

    private void burst() {
        int frames = LEAST_BURST + random.nextInt(MORE_BURST);
        for (int i = 0; i < frames; i++) {
            trace.take(CameraTrace.raw(sensor), frames + random.nextInt(frames));
            trace.next();
        }
        trace.take(CameraTrace.yuv(sensor), frames);
        trace.take(CameraTrace.jpeg(random), 2 * frames + random.nextInt(10 * frames));
    }
}
