// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A small block of native memory that its thread reuses for the argument of one system call at a time.
 *
 * <p>What stands in it is valid until the same thread's next call through {@link Syscalls}.
 */
final class Scratch {

    /** Size in bytes: room for the longest path and for every structure of this package. */
    static final int BYTES = 4096;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final Memory memory = new Memory(BYTES);
    private final ByteBuffer bytes = memory.getByteBuffer(0, BYTES);
    private final ByteBuffer lent = memory.getByteBuffer(0, BYTES);

    private Scratch() {}

    /** The calling thread's block, its first bytes set to 0. */
    static Scratch cleared(int length) {
        Scratch scratch = OF_THREAD.get();
        for (int i = 0; i < length; i++) {
            scratch.bytes.put(i, (byte) 0);
        }
        return scratch;
    }

    /** The calling thread's block as it is. */
    static Scratch asLeft() {
        return OF_THREAD.get();
    }

    /** The calling thread's block with a text in it, ended by 0. */
    static Scratch holding(String text) {
        return cleared(0).putText(text);
    }

    long address() {
        return Pointer.nativeValue(memory);
    }

    /** The first bytes, for code of others, in native order: always the same object, as a call is to make no garbage. */
    ByteBuffer lent(int length) {
        Buffer bounds = lent; // ByteBuffer's own limit and position are missing on Android 33
        bounds.clear().limit(length);
        return lent.order(ByteOrder.nativeOrder());
    }

    int getInt(int offset) {
        return bytes.getInt(offset);
    }

    long getLong(int offset) {
        return bytes.getLong(offset);
    }

    short getShort(int offset) {
        return bytes.getShort(offset);
    }

    Scratch putInt(int offset, int value) {
        bytes.putInt(offset, value);
        return this;
    }

    Scratch putLong(int offset, long value) {
        bytes.putLong(offset, value);
        return this;
    }

    Scratch putShort(int offset, short value) {
        bytes.putShort(offset, value);
        return this;
    }

    /** A text that ends at the first 0 or after {@code capacity} bytes. */
    String getText(int offset, int capacity) {
        byte[] text = new byte[capacity];
        int length = 0;
        while (length < capacity && bytes.get(offset + length) != 0) {
            text[length] = bytes.get(offset + length);
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private Scratch putText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (encoded.length >= BYTES) {
            throw new IllegalArgumentException(
                    "a text of " + encoded.length + " bytes does not fit a system call: at most " + (BYTES - 1));
        }
        for (int i = 0; i < encoded.length; i++) {
            bytes.put(i, encoded[i]);
        }
        bytes.put(encoded.length, (byte) 0);
        return this;
    }
}
