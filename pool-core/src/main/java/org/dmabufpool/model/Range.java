// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

/** Some bytes of a buffer, {@code from} to before {@code to}. */
record Range(int from, int to) {

    static Range of(long offset, long length) {
        return new Range((int) offset, (int) (offset + length));
    }

    int length() {
        return to - from;
    }

    boolean overlaps(Range other) {
        return from < other.to && other.from < to;
    }

    boolean contains(Range other) {
        return from <= other.from && other.to <= to;
    }

    /** The whole lines that hold these bytes. */
    Range lines() {
        return new Range(ModelLine.first(from), ModelLine.roundUp(to));
    }

    @Override
    public String toString() {
        return length() + " bytes at " + from;
    }
}
