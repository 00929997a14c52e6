// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBufException;

/**
 * No free part of the pool fits. The pool is as it was.
 *
 * <p>The message says what was asked, what is free, who holds the most, and what would help.
 */
public final class PoolExhaustedException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    private final long requestedBytes;
    private final long freeBytes;
    private final long largestFreeBytes;

    PoolExhaustedException(String message, long requestedBytes, long freeBytes, long largestFreeBytes) {
        super(message, null);
        this.requestedBytes = requestedBytes;
        this.freeBytes = freeBytes;
        this.largestFreeBytes = largestFreeBytes;
    }

    /** What was asked for, in bytes. */
    public long requestedBytes() {
        return requestedBytes;
    }

    /** What was free at that moment, in bytes, in however many parts. */
    public long freeBytes() {
        return freeBytes;
    }

    /** The largest slice that could have been had at that moment, in bytes. */
    public long largestFreeBytes() {
        return largestFreeBytes;
    }

    /** Whether enough was free but not in one piece, so that releasing neighbours or a larger pool would help. */
    public boolean isFragmented() {
        return freeBytes >= requestedBytes;
    }
}
