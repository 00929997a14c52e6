// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.Objects;

/**
 * What a slice is to be like. Immutable.
 *
 * @param bytes length wanted in bytes, 1 to the pool's capacity; the pool says so where it is not
 * @param alignment what the slice's offset is to be a multiple of, in bytes: a power of two, or 0 for the pool's own
 *     alignment; one below the pool's alignment changes nothing
 * @param tag who holds the slice, for messages and statistics; empty for none
 * @param isUrgent whether the request goes ahead of those that wait and are not urgent, and may have what is held for them:
 *     for the shutter, whose frame cannot be taken again
 */
public record SliceRequest(long bytes, long alignment, String tag, boolean isUrgent) {

    /** Checks what can be checked without a pool. */
    public SliceRequest {
        Objects.requireNonNull(tag, "tag");
        checkAlignment(alignment);
    }

    static void checkAlignment(long alignment) {
        if (alignment < 0 || (alignment & (alignment - 1)) != 0) {
            throw new IllegalArgumentException(
                    "alignment must be a power of two, or 0 for the pool's: alignment=" + alignment);
        }
    }

    /** A request that is not urgent. */
    public SliceRequest(long bytes, long alignment, String tag) {
        this(bytes, alignment, tag, false);
    }

    /** A request with the pool's own alignment and no tag, not urgent. */
    public static SliceRequest of(long bytes) {
        return new SliceRequest(bytes, 0, "");
    }

    /** The same with another alignment, in bytes. */
    public SliceRequest alignment(long newAlignment) {
        return new SliceRequest(bytes, newAlignment, tag, isUrgent);
    }

    /** The same with another tag. */
    public SliceRequest tag(String newTag) {
        return new SliceRequest(bytes, alignment, newTag, isUrgent);
    }

    /** The same, urgent: it goes ahead of all requests that wait and are not. */
    public SliceRequest urgent() {
        return new SliceRequest(bytes, alignment, tag, true);
    }
}
