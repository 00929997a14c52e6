// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.dmabufpool.heap.Direction;
import org.junit.jupiter.api.Test;

/**
 * What a bracket START … END costs beside the kernel's part, over a buffer whose syncs do nothing: times go to
 * {@code target/bracket-cost.json}, garbage is judged.
 */
class BracketCostTest {

    private static final int BRACKETS = 200_000;
    private static final int ROUNDS = 30;

    private final DmaBufPool pool =
            DmaBufPool.builder().heap(new IdleHeap()).capacity(64 << 20).build();

    @Test
    void theFrameLoopMakesNoGarbage() throws IOException {
        SliceHandles handles = pool.handles();
        long handle = handles.allocate(1 << 20);
        double bracketNs = best(() -> {
            handles.start(handle, Direction.WRITE);
            handles.end(handle, Direction.WRITE);
        });
        double pairNs = best(() -> handles.release(handles.allocate(1 << 20)));
        long bytes = allocatedBytes();
        for (int i = 0; i < BRACKETS; i++) {
            long frame = handles.allocate(1 << 20);
            handles.start(frame, Direction.READ_WRITE);
            handles.end(frame, Direction.READ_WRITE);
            handles.release(frame);
        }
        double garbage = (double) (allocatedBytes() - bytes) / BRACKETS;
        Slice slice = pool.allocate(1 << 20);
        double sliceBracketNs = best(() -> slice.write().close());
        Files.writeString(
                Path.of("target", "bracket-cost.json"),
                String.format(
                        Locale.ROOT,
                        "{\"bracketNs\": %.1f, \"pairNs\": %.1f, \"sliceBracketNs\": %.1f, \"bytesPerFrame\": %.3f}%n",
                        bracketNs,
                        pairNs,
                        sliceBracketNs,
                        garbage));
        assertThat(garbage).as("bytes a frame, from allocate to release").isLessThan(1);
        slice.close();
        handles.release(handle);
        pool.close();
    }

    /** ns of one, in the quickest round. */
    private static double best(Runnable work) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            for (int i = 0; i < BRACKETS; i++) {
                work.run();
            }
            best = Math.min(best, (double) (System.nanoTime() - begin) / BRACKETS);
        }
        return best;
    }

    private static long allocatedBytes() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
