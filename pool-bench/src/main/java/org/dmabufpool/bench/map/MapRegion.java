// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.List;
import java.util.Locale;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a pool's range. Immutable.
 *
 * @param state what it is
 * @param offset where it begins, in bytes
 * @param length how many bytes it has, at least 1
 * @param requested what a slice's owner asked for, in bytes; 0 for what is neither slice nor retiring
 * @param tag who holds a slice, or held what is retiring; empty where nobody said, and for all else
 * @param ageMillis how long ago it was handed out, in ms; 0 where it is not known, and for what is neither slice nor
 *     retiring
 * @param access what the CPU has open in a slice
 * @param owners how many owners a slice has; 0 for what is no slice
 * @param loans devices that use a slice or what is retiring
 * @param waitsFor what a retiring region waits for; null for all else
 */
public record MapRegion(
        State state,
        long offset,
        long length,
        long requested,
        String tag,
        long ageMillis,
        Access access,
        long owners,
        List<Lent> loans,
        @Nullable WaitsFor waitsFor) {

    /** Keeps what it was given. */
    public MapRegion {
        loans = List.copyOf(loans);
    }

    /** A region of which nothing else is known: a hole, or what is passing or quarantined. */
    static MapRegion plain(State state, long offset, long length) {
        return new MapRegion(state, offset, length, 0, "", 0, Access.NONE, 0, List.of(), null);
    }

    /**
     * A device's use of a region.
     *
     * @param borrower who borrows
     * @param direction what the device does
     * @param ageMillis how long ago the loan began, in ms; 0 where it is not known
     */
    public record Lent(String borrower, Direction direction, long ageMillis) {

        /** Such as "reads". */
        String verb() {
            return switch (direction) {
                case READ -> "reads";
                case WRITE -> "writes";
                case READ_WRITE -> "reads and writes";
            };
        }
    }

    /** What keeps the place of a retiring region reserved. */
    public enum WaitsFor {
        /** Loans that have not ended. */
        LOANS,
        /** Fences of devices' work. */
        FENCES,
        /** The next try of a call that the kernel refused. */
        RETRY
    }

    /** What a region is. */
    public enum State {
        /** Somebody's. */
        SLICE,
        /** Without an owner, and reserved until nothing uses it any more. */
        RETIRING,
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

    /** Whether a device has the use of it. */
    public boolean isLent() {
        return !loans.isEmpty();
    }

    /** Whether it has no owner any more and is not given back yet. */
    public boolean isRetiring() {
        return state == State.RETIRING;
    }

    /** The state as the dump writes it. */
    String stateName() {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** Whether nobody has it. */
    public boolean isHole() {
        return state == State.HOLE;
    }
}
