// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/**
 * The coordinates of the reference that a shifted picture has, too: {@code from} to {@code to}, the end left out.
 *
 * @param from the first
 * @param to the one after the last
 */
record Overlap(int from, int to) {

    /** Where {@code c} and {@code c + shift} both lie in 0 to {@code length}. */
    static Overlap of(int length, int shift) {
        int from = Math.min(length, Math.max(0, -shift));
        return new Overlap(from, Math.max(from, Math.min(length, length - shift)));
    }

    int count() {
        return to - from;
    }
}
