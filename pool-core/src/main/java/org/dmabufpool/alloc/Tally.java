// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/** What all ranges of an allocator have handed out. Not safe for use by many threads. */
final class Tally extends Margin {

    /** Bytes reserved for live parts and for those that wait in stripes. */
    long usedBytes;
    /** Bytes requested for parts that were placed, less those of parts that were given back. */
    long requestedBytes;
    /** Parts that were placed. */
    long allocations;
    /** Live parts that were given back. */
    long releases;
}
