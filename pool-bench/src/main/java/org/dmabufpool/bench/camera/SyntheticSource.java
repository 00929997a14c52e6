// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import java.util.Objects;
import org.dmabufpool.bench.memory.TimedPool;
import org.dmabufpool.bench.memory.TimedSlice;
import org.dmabufpool.bench.photo.FrameFormat;
import org.jspecify.annotations.Nullable;

/** The synthetic sensor as a camera: a slice per frame, allocated when the frame is asked for. */
public final class SyntheticSource implements FrameSource {

    private final FrameFormat format;
    private final long seed;
    private final SensorPort port;
    private @Nullable SyntheticSensor sensor;
    private @Nullable TimedPool pool;
    private int frames;

    /**
     * A camera.
     *
     * @param width pixels in a row, even, at least 4
     * @param height rows, even, at least 4
     * @param seed which scene, which noise and which shake
     * @param port how frames get into slices
     */
    public SyntheticSource(int width, int height, long seed, SensorPort port) {
        this.format = SyntheticSensor.format(width, height);
        this.seed = seed;
        this.port = port;
    }

    @Override
    public String name() {
        return "synthetic sensor";
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public int ringDepth() {
        return 1;
    }

    @Override
    public void start(TimedPool framePool) {
        pool = framePool;
        sensor = new SyntheticSensor(format.width(), format.height(), seed);
    }

    @Override
    public Frame next() {
        TimedPool slices = Objects.requireNonNull(pool, "start the camera before asking for frames");
        SyntheticSensor started = Objects.requireNonNull(sensor);
        int frame = frames++;
        TimedSlice slice = slices.allocate("raw", format.bytes());
        try {
            port.fill(slice, buffer -> started.expose(frame, buffer));
            return new Frame(slice, slice::close);
        } catch (RuntimeException | Error failure) {
            slice.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        pool = null;
        sensor = null;
    }
}
