// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.HashSet;
import java.util.Set;

/**
 * Counts what was released and stays out of circulation, as the kernel refused to clean its cache lines. Safe for use by
 * many threads.
 */
final class Quarantine {

    private final Set<Long> parts = new HashSet<>();
    private long bytes;
    private long requestedBytes;

    synchronized void add(long part, long reserved, long requested) {
        parts.add(part);
        bytes += reserved;
        requestedBytes += requested;
    }

    /** Slices. */
    synchronized long parts() {
        return parts.size();
    }

    /** Whether a part is out of circulation. */
    synchronized boolean contains(long part) {
        return parts.contains(part);
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
