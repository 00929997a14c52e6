// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import org.dmabufpool.bench.memory.TimedPool;
import org.dmabufpool.bench.photo.FrameFormat;

/** A camera, real or synthetic. For use by one thread. */
public interface FrameSource extends AutoCloseable {

    /** What it is, for people. */
    String name();

    /** What it writes. */
    FrameFormat format();

    /** How many frames lie in slices at a time. */
    int ringDepth();

    /**
     * Begins to take frames into slices of a pool.
     *
     * @param pool gives the slices; it must stay open until this source is closed
     */
    void start(TimedPool pool);

    /** Waits for the next frame. It must be closed before the one after it is asked for. */
    Frame next();

    /** Stops the camera and gives back what it holds. A second call does nothing. */
    @Override
    void close();
}
