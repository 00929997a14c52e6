// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BufferImageStreamTest {

    @Test
    void writesOverwritesAndReadsBack() throws IOException {
        ByteBuffer buffer = Buffers.of(8);
        try (BufferImageStream stream = new BufferImageStream(buffer)) {
            stream.write(new byte[] {1, 2, 3, 4});
            stream.seek(1);
            stream.write(9);
            assertThat(stream.length()).isEqualTo(4);
            stream.seek(0);
            byte[] read = new byte[6];
            assertThat(stream.read(read, 0, 6)).isEqualTo(4);
            assertThat(read).containsExactly(1, 9, 3, 4, 0, 0);
            assertThat(stream.read()).isEqualTo(-1);
            assertThat(stream.read(read, 0, 6)).isEqualTo(-1);
            stream.seek(2);
            assertThat(stream.read()).isEqualTo(3);
        }
    }

    @Test
    void theBuffersEndIsTheEnd() throws IOException {
        try (BufferImageStream stream = new BufferImageStream(Buffers.of(2))) {
            stream.write(1);
            assertThatThrownBy(() -> stream.write(new byte[2])).isInstanceOf(EOFException.class);
            stream.write(2);
            assertThatThrownBy(() -> stream.write(3))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("2 bytes");
        }
    }
}
