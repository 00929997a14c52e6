// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * One use case of a camera, with tags: streams and sizes are the same for every seed, and only times differ, and what depends
 * on the picture. A plan made from some seeds is judged by others.
 *
 * <p>Time is counted in microseconds. Every duration is drawn anew, about its mean, so that buffers come and go in another
 * order each time.
 */
final class UseCaseTrace {

    /** How far durations stray from their mean, in proportion to it, for one standard deviation. */
    private static final double JITTER = 0.15;

    private static final int[] SENSOR = {4000, 3000};
    private static final int[] SCREEN = {1920, 1080};
    private static final int[] ULTRA_HD = {3840, 2160};
    private static final long STATISTICS_BYTES = 96L << 10;
    private static final long LEAST_METADATA = 4096;

    private static final long FRAME = 33_333;
    private static final int FRAMES = 1500;

    private final SplittableRandom random;
    private final Trace.Builder trace;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::order));
    private long now;
    private long order;

    /** What is to be done at a time; of events at one time, the one that was planned first. */
    private record Event(long time, long order, Runnable action) {}

    private UseCaseTrace(String name, long seed) {
        this.random = new SplittableRandom(seed);
        this.trace = new Trace.Builder(name + ", seed " + seed);
    }

    /** A preview with faces, exposure and depth. */
    static Trace preview(long seed) {
        UseCaseTrace use = new UseCaseTrace("use-preview", seed);
        use.everyFrame(1, use::previewFrame);
        return use.play();
    }

    /** A preview, a ring of raws without shutter lag, and bursts of 8 raws that are merged. */
    static Trace stills(long seed) {
        UseCaseTrace use = new UseCaseTrace("use-stills", seed);
        use.everyFrame(1, use::previewFrame);
        use.new Bursts().begin();
        return use.play();
    }

    /** A preview and a stabilised video that is encoded; a snapshot now and then. */
    static Trace video(long seed) {
        UseCaseTrace use = new UseCaseTrace("use-video", seed);
        use.everyFrame(1, use::previewFrame);
        use.everyFrame(1, use::videoFrame);
        use.snapshotAfter(60 * FRAME);
        return use.play();
    }

    private Trace play() {
        while (!events.isEmpty()) {
            Event next = events.remove();
            now = next.time();
            next.action().run();
        }
        return trace.build();
    }

    private void at(long time, Runnable action) {
        events.add(new Event(Math.max(now, time), order++, action));
    }

    /** A duration about a mean: the sum of even distributions is near enough to a bell, cut off at three deviations. */
    private long about(double mean) {
        double bell = 0;
        for (int i = 0; i < 4; i++) {
            bell += random.nextDouble() - 0.5;
        }
        return Math.round(mean * Math.max(0.05, 1 + JITTER * bell * Math.sqrt(3)));
    }

    private int take(String tag, long bytes) {
        int part = trace.allocate(bytes);
        trace.tag(part, tag);
        return part;
    }

    private void take(String tag, long bytes, double frames) {
        int part = take(tag, bytes);
        at(now + about(frames * FRAME), () -> trace.release(part));
    }

    private void everyFrame(int frames, Runnable action) {
        for (int frame = 0; frame < FRAMES; frame += frames) {
            // A frame comes when the sensor has it, give or take what the driver needs.
            at(frame * FRAME + about(FRAME / 4.0), action);
        }
    }

    private void previewFrame() {
        take("preview", CameraTrace.yuv(SCREEN), 3.5);
        take("statistics", STATISTICS_BYTES, 1.5);
        take("metadata", LEAST_METADATA + 1024L * random.nextInt(13), 6);
        if (random.nextInt(2) == 0) {
            take("faces", CameraTrace.ANALYSIS_BYTES, 1.2);
        }
        if (random.nextInt(3) == 0) {
            take("depth", CameraTrace.DEPTH_BYTES, 2.5);
        }
    }

    private void videoFrame() {
        take("video", CameraTrace.yuv(ULTRA_HD), 3.2);
        at(now + about(FRAME), () -> take("stabilised", CameraTrace.yuv(ULTRA_HD), 2.4));
        at(now + about(2.2 * FRAME), () -> take("encoded", 60_000 + random.nextInt(340_000), 5));
    }

    private void snapshotAfter(long time) {
        long begin = now + about((double) time);
        if (begin < FRAMES * FRAME) {
            at(begin, () -> {
                take("snapshot", CameraTrace.yuv(SENSOR), 7);
                at(now + about(5 * FRAME), () -> take("jpeg", CameraTrace.jpeg(random), 20));
                snapshotAfter(70 * FRAME);
            });
        }
    }

    /** Raws that a burst may take lie in a ring; it takes 4 of the past and 4 that follow. */
    private final class Bursts {

        private static final int DEPTH = 6;
        private static final int RAWS = 8;

        private final Deque<Integer> ring = new ArrayDeque<>();
        private int missing;
        private long merged;

        void begin() {
            everyFrame(1, this::frame);
            burstAfter(40 * FRAME);
        }

        private void burstAfter(long time) {
            long begin = now + about((double) time);
            if (begin < (FRAMES - 2 * RAWS) * FRAME) {
                at(begin, this::burst);
            }
        }

        private void frame() {
            ring.addFirst(take("raw", CameraTrace.raw(SENSOR)));
            if (missing > 0) {
                hold();
            }
            if (ring.size() > DEPTH) {
                int oldest = ring.removeLast();
                at(now + about(FRAME / 2.0), () -> trace.release(oldest));
            }
        }

        private void burst() {
            missing = RAWS;
            merged = now + about(12 * FRAME);
            for (int i = 0; i < RAWS / 2 && !ring.isEmpty(); i++) {
                hold();
            }
            at(merged - about(6 * FRAME), this::merge);
            burstAfter(50 * FRAME);
        }

        private void hold() {
            int raw = ring.removeFirst();
            at(Math.max(merged, now) + about(FRAME), () -> trace.release(raw));
            missing--;
        }

        private void merge() {
            for (int level = 1; level <= CameraTrace.LEVELS; level++) {
                take("pyramid", CameraTrace.pyramidLevel(SENSOR, level), 6);
            }
            take("merged", CameraTrace.yuv(SENSOR), 9);
            at(now + about(7 * FRAME), () -> take("jpeg", CameraTrace.jpeg(random), 15));
        }
    }
}
