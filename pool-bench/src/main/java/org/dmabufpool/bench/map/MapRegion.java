// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

/**
 * A stretch of a pool's range. Immutable.
 *
 * @param state what it is
 * @param offset where it begins, in bytes
 * @param length how many bytes it has, at least 1
 * @param requested what a slice's owner asked for, in bytes; 0 for what is no slice
 * @param tag who holds a slice; empty where nobody said, and for what is no slice
 * @param ageMillis how long ago a slice was handed out, in ms; 0 where it is not known, and for what is no slice
 * @param access what the CPU has open in a slice
 */
public record MapRegion(
        State state, long offset, long length, long requested, String tag, long ageMillis, Access access) {

    /** What a region is. */
    public enum State {
        /** Somebody's. */
        SLICE,
        /** Just being handed out or given back. */
        PASSING,
        /** Released, and kept out of circulation. */
        QUARANTINED,
        /** Free. */
        HOLE
    }

    /** What the CPU does with a slice. */
    public enum Access {
        /** Nothing. */
        NONE,
        /** It has it open for reading. */
        READING,
        /** It has it open for writing, and maybe reading. */
        WRITING
    }

    /** Where the next region begins, in bytes. */
    public long end() {
        return offset + length;
    }

    /** Whether it is somebody's. */
    public boolean isSlice() {
        return state == State.SLICE;
    }

    /** Whether nobody has it. */
    public boolean isHole() {
        return state == State.HOLE;
    }
}
