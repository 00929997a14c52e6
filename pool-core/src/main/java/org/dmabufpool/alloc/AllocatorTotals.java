// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * What an allocator holds, as of one moment. Immutable.
 *
 * @param capacity size of the range in bytes
 * @param usedBytes bytes reserved for live parts
 * @param requestedBytes bytes that were asked for when the live parts were reserved
 * @param peakUsedBytes the highest {@code usedBytes} so far. Never too low; where many threads allocate at once it may be
 *     too high, by what they did not hold at the same time since the totals were last asked for
 * @param largestFree the largest size that could be reserved on the granule, in bytes; 0 when there is none
 * @param allocations parts reserved so far
 * @param releases parts given back so far
 */
public record AllocatorTotals(
        long capacity,
        long usedBytes,
        long requestedBytes,
        long peakUsedBytes,
        long largestFree,
        long allocations,
        long releases) {

    /** Bytes not reserved for any live part, free slots and what lies idle in chunks included. */
    public long freeBytes() {
        return capacity - usedBytes;
    }

    /** Live parts. */
    public long liveCount() {
        return allocations - releases;
    }
}
