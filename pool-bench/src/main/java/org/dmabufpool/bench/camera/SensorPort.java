// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.camera;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.Loan;
import org.dmabufpool.Slice;
import org.dmabufpool.bench.memory.TimedSlice;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.model.ModelHeap;

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

    /** How a device writes to this heap's slices where it is modelled, and otherwise how the CPU stands in for one. */
    static SensorPort of(Heap heap) {
        return heap instanceof ModelHeap model ? device(model) : cpu();
    }

    /** The CPU stands in for the device: an access for writing, as every heap has it. */
    static SensorPort cpu() {
        return (target, exposure) -> {
            try (CpuAccess access = target.slice().write()) {
                exposure.accept(access.buffer());
            }
        };
    }

    /** The model's device: it writes to memory, and the CPU's cache does not know. */
    static SensorPort device(ModelHeap heap) {
        return (target, exposure) -> {
            Slice slice = target.slice();
            ByteBuffer frame =
                    ByteBuffer.allocateDirect(Math.toIntExact(slice.length())).order(ByteOrder.nativeOrder());
            exposure.accept(frame);
            try (Loan loan = slice.lend(Direction.WRITE, "sensor")) {
                heap.device().write(loan.range().offset(), frame);
            }
        };
    }
}
