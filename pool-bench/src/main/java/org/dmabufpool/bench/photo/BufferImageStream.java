// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.stream.ImageOutputStreamImpl;

/** Lets ImageIO write into a buffer, from its first byte on. What it writes is {@link #length()} bytes long. */
final class BufferImageStream extends ImageOutputStreamImpl {

    private static final int BYTE = 0xff;

    private final ByteBuffer buffer;
    private long end;

    BufferImageStream(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public void write(int value) throws IOException {
        room(1);
        buffer.put((int) streamPos, (byte) value);
        advance(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        room(count);
        buffer.put((int) streamPos, bytes, offset, count);
        advance(count);
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return streamPos < end ? buffer.get((int) streamPos++) & BYTE : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        bitOffset = 0;
        if (count > 0 && streamPos >= end) {
            return -1;
        }
        int some = (int) Math.min(count, end - streamPos);
        buffer.get((int) streamPos, bytes, offset, some);
        streamPos += some;
        return some;
    }

    @Override
    public long length() {
        return end;
    }

    private void room(int count) throws IOException {
        flushBits();
        if (streamPos + count > buffer.capacity()) {
            throw new EOFException("the picture needs more than the " + buffer.capacity() + " bytes set aside for it");
        }
    }

    private void advance(int count) {
        streamPos += count;
        end = Math.max(end, streamPos);
    }
}
