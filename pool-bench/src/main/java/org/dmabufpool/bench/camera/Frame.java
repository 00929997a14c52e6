// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import org.dmabufpool.bench.memory.TimedSlice;

/**
 * One frame in a slice.
 *
 * @param slice holds the frame, for reading
 * @param giveBack what lets the camera have the slice again
 */
public record Frame(TimedSlice slice, Runnable giveBack) implements AutoCloseable {

    /** Lets the camera have the slice again. */
    @Override
    public void close() {
        giveBack.run();
    }
}
