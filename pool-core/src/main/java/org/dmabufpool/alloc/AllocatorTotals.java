// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.List;

/**
 * What an allocator holds, as of one moment. Immutable.
 *
 * @param capacity size of the range in bytes
 * @param usedBytes bytes reserved for live parts
 * @param requestedBytes bytes that were asked for when the live parts were reserved
 * @param peakUsedBytes the most {@code usedBytes} at any one moment so far, whatever number of threads allocate
 * @param largestFree the largest size that could be reserved on the granule, in bytes; 0 when there is none
 * @param allocations parts reserved so far
 * @param releases parts given back so far
 * @param heldBytes free bytes that are held for the first request that waits
 * @param queuedRequests requests that wait for space
 * @param budgets what of each budget is used, the first one with number 1
 */
public record AllocatorTotals(
        long capacity,
        long usedBytes,
        long requestedBytes,
        long peakUsedBytes,
        long largestFree,
        long allocations,
        long releases,
        long heldBytes,
        int queuedRequests,
        List<BudgetUse> budgets) {

    /** Copies the list. */
    public AllocatorTotals {
        budgets = List.copyOf(budgets);
    }

    /** Bytes not reserved for any live part, free slots and parts that wait in stripes included, and held ones. */
    public long freeBytes() {
        return capacity - usedBytes;
    }

    /** Live parts. */
    public long liveCount() {
        return allocations - releases;
    }
}
