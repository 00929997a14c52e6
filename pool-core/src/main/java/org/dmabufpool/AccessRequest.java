// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.Objects;
import org.dmabufpool.heap.Direction;

/**
 * What an access opened together with others is to be like; see {@link DmaBufPool#access}. Immutable.
 *
 * @param slice of the pool that is asked
 * @param direction what the CPU does
 */
public record AccessRequest(Slice slice, Direction direction) {

    /** Checks for null. */
    public AccessRequest {
        Objects.requireNonNull(slice, "slice");
        Objects.requireNonNull(direction, "direction");
    }

    /** The CPU reads the slice. */
    public static AccessRequest read(Slice slice) {
        return new AccessRequest(slice, Direction.READ);
    }

    /** The CPU writes the slice and looks at nothing that was there before. */
    public static AccessRequest write(Slice slice) {
        return new AccessRequest(slice, Direction.WRITE);
    }

    /** The CPU reads and writes the slice. */
    public static AccessRequest readWrite(Slice slice) {
        return new AccessRequest(slice, Direction.READ_WRITE);
    }
}
