// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a pool writes about itself, and that a bad place to write to harms nobody. */
class TraceWriterTest {

    private static final Logger LOG = Logger.getLogger(TraceWriter.class.getName());

    private final List<LogRecord> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            logged.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void listenNoMore() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    @Test
    void everyAllocationAndReleaseIsOneLineWithTheOffsetAsItsId() {
        StringBuilder text = new StringBuilder();
        try (DmaBufPool pool = pool(text)) {
            Slice first = pool.allocate(5000);
            Slice second = pool.allocate(SliceRequest.of(100).alignment(8192));
            assertThat(text).hasToString("""
                            # pool of 65536 bytes; an id is the slice's offset
                            a,%d,5000
                            a,%d,100,8192
                            """.formatted(first.offset(), second.offset()));
            first.close();
            first.close();
            second.close();
            assertThat(text).endsWith("f,%d\nf,%d\n".formatted(first.offset(), second.offset()));
        }
    }

    @Test
    void aRequestThatFailsLeavesNoLine() {
        StringBuilder text = new StringBuilder();
        try (DmaBufPool pool = pool(text);
                Slice all = pool.allocate(65536)) {
            String before = text.toString();
            assertThat(pool.tryAllocate(1)).isEmpty();
            assertThat(all.length()).isEqualTo(65536);
            assertThat(text).hasToString(before);
        }
    }

    @Test
    void aPlaceThatFailsEndsTheRecordingOnceAndHarmsNobody() {
        FullDisk disk = new FullDisk(2);
        try (DmaBufPool pool = pool(disk)) {
            for (int i = 0; i < 10; i++) {
                pool.allocate(100).close();
            }
            assertThat(pool.statistics().allocations()).isEqualTo(10);
            assertThat(pool.statistics().usedBytes()).isZero();
        }
        assertThat(disk.refused).isEqualTo(1);
        assertThat(logged).singleElement().satisfies(line -> {
            assertThat(line.getMessage()).contains("pool 'traced'", "the pool goes on");
            assertThat(line.getThrown()).hasMessage("no space left");
        });
    }

    @Test
    void aPlaceThatThrowsWhatItShouldNotIsNoWorse() {

        try (DmaBufPool pool = pool(new Broken())) {
            pool.allocate(100).close();
            assertThat(pool.statistics().releases()).isEqualTo(1);
        }
        assertThat(logged).hasSize(1);
    }

    private static DmaBufPool pool(Appendable trace) {
        return DmaBufPool.builder()
                .name("traced")
                .heap(new ModelHeap())
                .capacity(65536)
                .trace(trace)
                .build();
    }

    /** Takes so many lines, then no more. */
    private static final class FullDisk extends Lines {

        private int room;
        private int refused;

        FullDisk(int room) {
            this.room = room;
        }

        @Override
        public Appendable append(CharSequence text) throws IOException {
            if (room-- <= 0) {
                refused++;
                throw new IOException("no space left");
            }
            return this;
        }
    }

    private static final class Broken extends Lines {

        @Override
        public Appendable append(CharSequence text) {
            throw new IllegalStateException("broken");
        }
    }

    private abstract static class Lines implements Appendable {

        @Override
        public Appendable append(CharSequence text, int start, int end) throws IOException {
            return append(text.subSequence(start, end));
        }

        @Override
        public Appendable append(char letter) throws IOException {
            return append(String.valueOf(letter));
        }
    }
}
