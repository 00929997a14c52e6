// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

/**
 * Which bytes of each line a device has written since the CPU last fetched the line: one bit a byte.
 *
 * <pre>
 *   words[2 x line]      bits of bytes 0 to 63 of the line
 *   words[2 x line + 1]  bits of bytes 64 to 127
 * </pre>
 */
final class WrittenBytes {

    private final long[] words;

    WrittenBytes(int bytes) {
        words = new long[bytes / Long.SIZE];
    }

    void set(int from, int to) {
        for (int word = from / Long.SIZE; word * Long.SIZE < to; word++) {
            words[word] |= mask(word, from, to);
        }
    }

    void clear(int from, int to) {
        for (int word = from / Long.SIZE; word * Long.SIZE < to; word++) {
            words[word] &= ~mask(word, from, to);
        }
    }

    boolean get(int at) {
        return (words[at / Long.SIZE] & 1L << at) != 0;
    }

    boolean any(int from, int to) {
        for (int word = from / Long.SIZE; word * Long.SIZE < to; word++) {
            if ((words[word] & mask(word, from, to)) != 0) {
                return true;
            }
        }
        return false;
    }

    /** How many bytes of a line. */
    int count(int line) {
        return Long.bitCount(words[line / Long.SIZE]) + Long.bitCount(words[line / Long.SIZE + 1]);
    }

    /** The bits of one word that stand for bytes from {@code from} to before {@code to}. */
    private static long mask(int word, int from, int to) {
        int start = word * Long.SIZE;
        long fromStart = from <= start ? -1L : -1L << from;
        long untilEnd = to >= start + Long.SIZE ? -1L : (1L << to) - 1;
        return fromStart & untilEnd;
    }
}
