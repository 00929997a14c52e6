// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.coherency;

import java.nio.ByteBuffer;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.model.ModelDevice;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.model.junit.CoherencyExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of docs/coherency.md. What it shows failing is run by {@link CoherencyExtensionTest}. */
// docs: begin
@ExtendWith(CoherencyExtension.class)
class CameraAppTest {

    @Test
    void developsAFrame(ModelHeap heap) {
        try (DmaBufPool pool = DmaBufPool.builder().heap(heap).capacity(1 << 20).build();
                Slice raw = pool.allocate(SliceRequest.of(64_000).tag("raw"));
                Slice jpeg = pool.allocate(SliceRequest.of(16_000).tag("jpeg"))) {
            ModelDevice sensor = heap.device("sensor");
            ModelDevice encoder = heap.device("encoder");

            sensor.write(raw.offset(), ByteBuffer.allocate(64_000));
            try (CpuAccess in = raw.read();
                    CpuAccess out = jpeg.write()) {
                develop(in.buffer(), out.buffer());
            }
            encoder.read(jpeg.offset(), ByteBuffer.allocate(16_000));
        }
    }

    /** Stands for the app's own code. */
    static void develop(ByteBuffer raw, ByteBuffer picture) {
        for (int at = 0; at < picture.capacity(); at++) {
            picture.put(at, (byte) (raw.get(4 * at) + 1));
        }
    }
}
// docs: end
