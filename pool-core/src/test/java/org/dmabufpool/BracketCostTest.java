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

    private static final int BRACKETS = 50_000;
    private static final int ROUNDS = 20;

    private final DmaBufPool pool =
            DmaBufPool.builder().heap(new IdleHeap()).capacity(64 << 20).build();

    private static void frames(SliceHandles handles) {
        for (int i = 0; i < BRACKETS; i++) {
            long frame = handles.allocate(1 << 20);
            handles.start(frame, Direction.READ_WRITE);
            handles.end(frame, Direction.READ_WRITE);
            handles.start(frame, Direction.WRITE, 100, 1000);
            handles.end(frame, Direction.WRITE, 100, 1000);
            long encoder = handles.share(frame, "encoder");
            long loan = handles.lend(encoder, Direction.READ, "display");
            handles.release(encoder);
            handles.release(frame);
            handles.endLoan(loan);
        }
    }

    @Test
    void theFrameLoopMakesNoGarbage() throws IOException {
        SliceHandles handles = pool.handles();
        long handle = handles.allocate(1 << 20);
        double bracketNs = best(() -> {
            handles.start(handle, Direction.WRITE);
            handles.end(handle, Direction.WRITE);
        });
        double pairNs = best(() -> handles.release(handles.allocate(1 << 20)));
        frames(handles); // The first time tables are made, and classes loaded.
        long bytes = allocatedBytes();
        frames(handles);
        double garbage = (double) (allocatedBytes() - bytes) / BRACKETS;
        double loanNs = best(() -> handles.endLoan(handles.lend(handle, Direction.READ, "display")));
        Slice slice = pool.allocate(1 << 20);
        double sliceBracketNs = best(() -> slice.write().close());
        double sliceBytes = bytesOf(() -> pool.allocate(1 << 20).close());
        double accessBytes = bytesOf(() -> slice.write().close());
        double cropBytes = bytesOf(() -> slice.access(Direction.READ, SliceRange.rectangle(64, 640, 4096, 100))
                .close());
        Files.writeString(
                Path.of("target", "bracket-cost.json"),
                String.format(
                        Locale.ROOT,
                        "{\"bracketNs\": %.1f, \"pairNs\": %.1f, \"sliceBracketNs\": %.1f, \"loanNs\": %.1f, \"bytesPerFrame\":"
                                + " %.3f, \"bytesPerSlice\": %.1f, \"bytesPerAccess\": %.1f, \"bytesPerCrop\": %.1f}%n",
                        bracketNs,
                        pairNs,
                        sliceBracketNs,
                        loanNs,
                        garbage,
                        sliceBytes,
                        accessBytes,
                        cropBytes));
        assertThat(garbage).as("bytes a frame, from allocate to release").isLessThan(1);
        assertThat(sliceBytes).as("bytes a slice").isLessThanOrEqualTo(56);
        assertThat(accessBytes).as("bytes an access").isLessThanOrEqualTo(128);
        assertThat(cropBytes).as("bytes an access to 100 rows").isLessThanOrEqualTo(512);
        slice.close();
        handles.release(handle);
        pool.close();
    }

    /** Garbage of one, in bytes; what the test's own lambda takes is not in it. */
    private static double bytesOf(Runnable work) {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = allocatedBytes();
            for (int i = 0; i < BRACKETS; i++) {
                work.run();
            }
            least = Math.min(least, (double) (allocatedBytes() - before) / BRACKETS);
        }
        return least;
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
