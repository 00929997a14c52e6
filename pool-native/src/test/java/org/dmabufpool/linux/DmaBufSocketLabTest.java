// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real dma-bufs over a socket. */
@Tag("lab")
class DmaBufSocketLabTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int BYTES = 1 << 20;
    private static final int OFFSET = 3 * 4096;
    private static final int LENGTH = 8192;

    private final List<String> before = Footprint.descriptors();

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void aPartOfAHeapsBuffer() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(BYTES)) {
            pass(buffer, buffer.fd(), OFFSET, OFFSET);
            assertThatThrownBy(() -> pass(buffer, buffer.fd(), BYTES, BYTES))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("which has " + BYTES + " bytes");
        }
    }

    @Test
    void aWindow() {
        try (DmaBuf buffer = new UdmabufHeap().allocate(BYTES);
                Window window = buffer.openWindow(OFFSET, LENGTH)) {
            pass(buffer, window.fd(), 0, OFFSET);
        }
    }

    /**
     * Passes {@value #LENGTH} bytes on.
     *
     * @param offset where they lie in what is sent
     * @param place where the same bytes lie in the buffer
     */
    private void pass(DmaBuf buffer, int fd, long offset, int place) {
        try (DmaBufSocket door = DmaBufSocket.listen(folder.resolve("door"));
                DmaBufSocket sender = DmaBufSocket.connect(folder.resolve("door"), SOON);
                DmaBufSocket receiver = door.accept(SOON)) {
            sender.send(fd, offset, LENGTH);
            try (ReceivedBuffer part = receiver.receive(SOON);
                    DmaBuf theirs = part.heap().allocate(part.offset() + part.length())) {
                theirs.syncWhole(SyncPhase.START, Direction.WRITE);
                theirs.view(part.offset(), LENGTH).put(LENGTH - 1, (byte) 7);
                theirs.syncWhole(SyncPhase.END, Direction.WRITE);
                assertThat(buffer.view(place, LENGTH).get(LENGTH - 1)).isEqualTo((byte) 7);
            }
        }
    }
}
