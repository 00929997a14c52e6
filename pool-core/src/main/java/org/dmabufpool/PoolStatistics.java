// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.SyncWay;

/**
 * What a pool looked like at one moment. Immutable.
 *
 * <p>The numbers of memory, slices and allocations belong to the same moment: {@code usedBytes + freeBytes ==
 * capacityBytes} and {@code allocations - releases == openSlices} always hold. Those of sync are read right after.
 *
 * @param name the pool's name
 * @param capacityBytes size of the dma-buf; never changes
 * @param usedBytes reserved for slices, rounding included; moves at allocate and release
 * @param requestedBytes what the owners of those slices asked for; moves at allocate and release
 * @param peakUsedBytes the highest {@code usedBytes} so far
 * @param largestFreeBytes the largest slice that could be had now
 * @param quarantinedBytes part of {@code usedBytes} that is nobody's and stays so: released slices whose cache lines the
 *     kernel refused to clean
 * @param openSlices slices allocated and not yet released
 * @param allocations slices handed out since the pool was built
 * @param exhausted requests that failed, as less was free than they asked for; a wait counts once, at its end
 * @param fragmented requests that failed although enough was free, as it was not in one piece
 * @param invalid requests refused because of their values
 * @param releases slices given back since the pool was built
 * @param syncWay by which way accesses are synced; never changes
 * @param syncReason why that way
 * @param syncCalls sync calls made, START and END each counted
 * @param syncBytesAsked bytes of slices that accesses asked to sync, counted at START and at END
 * @param syncBytes bytes that the sync calls named
 * @param syncBytesWholeBuffer bytes that whole-buffer calls would have named for the same accesses
 * @param syncRestarts sync calls begun anew after EINTR or EAGAIN
 * @param windowsOpen windows open now, those kept for later slices included
 */
public record PoolStatistics(
        String name,
        long capacityBytes,
        long usedBytes,
        long requestedBytes,
        long peakUsedBytes,
        long largestFreeBytes,
        long quarantinedBytes,
        long openSlices,
        long allocations,
        long exhausted,
        long fragmented,
        long invalid,
        long releases,
        SyncWay syncWay,
        String syncReason,
        long syncCalls,
        long syncBytesAsked,
        long syncBytes,
        long syncBytesWholeBuffer,
        long syncRestarts,
        int windowsOpen) {

    /** Bytes not reserved for any slice, in however many parts. */
    public long freeBytes() {
        return capacityBytes - usedBytes;
    }
}
