// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/**
 * Counts what was released and stays out of circulation, as the kernel refused to clean its cache lines. Safe for use by
 * many threads.
 */
final class Quarantine {

    private long parts;
    private long bytes;
    private long requestedBytes;

    synchronized void add(long reserved, long requested) {
        parts++;
        bytes += reserved;
        requestedBytes += requested;
    }

    /** Slices. */
    synchronized long parts() {
        return parts;
    }

    /** Bytes reserved for them. */
    synchronized long bytes() {
        return bytes;
    }

    /** Bytes that were asked for. */
    synchronized long requestedBytes() {
        return requestedBytes;
    }
}
