// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Loan;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceHandles;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.bench.policy.Policy;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool writes about itself is what the replay reads. */
class RecordedTraceTest {

    private static final long CAPACITY = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void slicesAndHandlesOfOnePoolAreReplayedWhereTheyLay() throws IOException {
        StringBuilder text = new StringBuilder();
        int operations = record(text);
        Trace trace = TraceReader.read(Files.writeString(folder.resolve("pool.trace"), text));
        assertThat(trace.length()).isEqualTo(operations);
        assertThat(Replay.serves(trace, Policy.OURS, CAPACITY)).isTrue();
    }

    @Test
    void ownersAndLoansOfAPoolAreReadWithTheirTexts() throws IOException {
        StringBuilder text = new StringBuilder();
        String odd = " raw, 100 %\n# 写真 📷\u0085 ";
        try (DmaBufPool pool = DmaBufPool.builder()
                .heap(ModelHeap.coherent())
                .capacity(CAPACITY)
                .trace(text)
                .build()) {
            Slice slice = pool.allocate(SliceRequest.of(5000).tag(odd));
            Slice second = slice.share(odd);
            Loan loan = second.lend(Direction.WRITE, odd);
            slice.close();
            second.close();
            loan.close();
            pool.allocate(1).close();
        }
        Trace trace = TraceReader.read(Files.writeString(folder.resolve("pool.trace"), text));
        assertThat(trace.tag(0)).isEqualTo(odd);
        assertThat(trace.shares()).isEqualTo(1);
        assertThat(trace.loans()).isEqualTo(1);
        assertThat(trace.length()).isEqualTo(4);
        assertThat(trace.allocates(1)).isFalse();
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        TraceText.write(trace, copy, false);
        Trace again = TraceReader.read(Files.write(folder.resolve("copy.trace"), copy.toByteArray()));
        assertThat(again.tag(0)).isEqualTo(odd);
        assertThat(again.length()).isEqualTo(4);
    }

    private static int record(StringBuilder text) {
        SplittableRandom random = new SplittableRandom(5);
        int operations = 0;
        try (DmaBufPool pool = DmaBufPool.builder()
                .heap(ModelHeap.coherent())
                .capacity(CAPACITY)
                .trace(text)
                .build()) {
            SliceHandles handles = pool.handles();
            Deque<Runnable> releases = new ArrayDeque<>();
            for (int i = 0; i < 500; i++) {
                if (releases.size() > 20) {
                    releases.removeFirst().run();
                    operations++;
                }
                long bytes = 1 + random.nextInt(30_000);
                if (i % 2 == 0) {
                    Slice slice = pool.allocate(bytes);
                    releases.add(slice::close);
                } else {
                    long handle = handles.allocate(bytes, 4096, "odd");
                    releases.add(() -> handles.release(handle));
                }
                operations++;
            }
            operations += releases.size();
            releases.forEach(Runnable::run);
        }
        return operations;
    }
}
