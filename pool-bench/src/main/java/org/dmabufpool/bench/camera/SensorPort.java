// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.dmabufpool.bench.memory.TimedAccess;
import org.dmabufpool.bench.memory.TimedSlice;

/** How the synthetic sensor's frames get into a slice. */
@FunctionalInterface
public interface SensorPort {

    /**
     * Fills a slice.
     *
     * @param target the slice
     * @param exposure writes a frame into the buffer that it is given
     */
    void fill(TimedSlice target, Consumer<ByteBuffer> exposure);

    /** The CPU stands in for the device: an access for writing, as every heap has it. */
    static SensorPort cpu() {
        return (target, exposure) -> {
            try (TimedAccess access = target.write()) {
                exposure.accept(access.buffer());
            }
        };
    }
}
