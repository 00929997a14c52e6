// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.bench.memory.TimedPool;
import org.dmabufpool.bench.memory.TimedSlice;
import org.dmabufpool.bench.photo.FrameFormat;
import org.dmabufpool.bench.photo.YuyvFormat;
import org.dmabufpool.linux.CameraException;
import org.dmabufpool.linux.CameraFormat;
import org.dmabufpool.linux.CameraFrame;
import org.dmabufpool.linux.V4l2Camera;

/**
 * A V4L2 camera that writes into a ring of slices, each lent to the driver by its window (V4L2_MEMORY_DMABUF).
 *
 * <p>A damaged frame is given back to the driver for another try, up to {@link #MAX_DAMAGED} times in a row.
 */
public final class V4l2Source implements FrameSource {

    /** Frames in a row that may be damaged or short before the camera is given up. */
    static final int MAX_DAMAGED = 3;

    private static final int RING = 4;
    private static final Duration FRAME_WAIT = Duration.ofSeconds(10);
    private static final String FOURCC = "YUYV";

    private final String name;
    private final V4l2Camera camera;
    private final CameraFormat taken;
    private final YuyvFormat format;
    private final List<TimedSlice> ring = new ArrayList<>();

    private V4l2Source(String path, V4l2Camera camera, CameraFormat taken) {
        this.name = path + " (" + camera.describe().card() + ")";
        this.camera = camera;
        this.taken = taken;
        this.format = YuyvFormat.of(taken.width(), taken.height(), taken.bytesPerLine());
    }

    /**
     * Opens a camera and sets its format; the driver may take another size than asked for.
     *
     * @throws CameraException if the camera is missing, busy or refuses; nothing is left open then
     * @throws IllegalArgumentException if the camera has no YUYV frames
     */
    public static V4l2Source open(String path, int width, int height) {
        V4l2Camera camera = V4l2Camera.open(path);
        try {
            CameraFormat taken = camera.configure(width, height, FOURCC);
            if (!taken.fourcc().equals(FOURCC)) {
                throw new IllegalArgumentException(
                        path + " has no " + FOURCC + " frames; the nearest that it has is " + taken.fourcc());
            }
            return new V4l2Source(path, camera, taken);
        } catch (RuntimeException refused) {
            camera.close();
            throw refused;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public int ringDepth() {
        return RING;
    }

    @Override
    public void start(TimedPool pool) {
        int granted = camera.requestBuffers(RING);
        for (int index = 0; index < Math.min(RING, granted); index++) {
            ring.add(pool.allocate("raw " + index, Math.max(taken.imageBytes(), format.bytes())));
            queue(index);
        }
        camera.start();
    }

    private void queue(int index) {
        camera.queue(index, ring.get(index).slice());
    }

    @Override
    public Frame next() {
        for (int damaged = 1; ; damaged++) {
            try {
                CameraFrame frame = camera.dequeue(FRAME_WAIT);
                return new Frame(ring.get(frame.index()), () -> queue(frame.index()));
            } catch (CameraException refused) {
                CameraFrame frame = refused.frame().orElseThrow(() -> refused);
                if (damaged == MAX_DAMAGED) {
                    throw refused;
                }
                queue(frame.index());
            }
        }
    }

    @Override
    public void close() {
        try {
            camera.close();
        } finally {
            ring.forEach(TimedSlice::close);
            ring.clear();
        }
    }
}
