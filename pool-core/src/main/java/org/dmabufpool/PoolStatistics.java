// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.List;
import java.util.Locale;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.sync.SyncStatistics;

/**
 * What a pool looked like at one moment. Immutable.
 *
 * <p>The numbers of memory, slices, allocations, size classes and tags belong to the same moment: {@code usedBytes +
 * freeBytes == capacityBytes}, {@code allocations - releases == openSlices}, and the sums over the size classes are {@code
 * usedBytes} and {@code freeBytes}, always. Refusals, waits, leaks, windows and sync are read right after.
 *
 * @param name the pool's name
 * @param capacityBytes size of the dma-buf; never changes
 * @param usedBytes reserved for slices, rounding included, retiring and quarantined ones too; moves at allocate, and when
 *     a place is given back
 * @param requestedBytes what the owners of those slices asked for; moves at allocate and release
 * @param peakUsedBytes the highest {@code usedBytes} so far
 * @param largestFreeBytes the largest slice that could be allocated now
 * @param quarantinedBytes part of {@code usedBytes} that is nobody's and stays so: released slices whose cache lines the
 *     kernel refused to clean
 * @param retiringBytes part of {@code usedBytes} that has no owner any more and is given back when the last loan has
 *     ended, or the last fence is signalled
 * @param openSlices slices that have an owner
 * @param retiringSlices slices whose last owner has closed and whose place is not given back yet
 * @param openOwners owners of the open slices, each slice's first and those by {@link Slice#share}
 * @param openLoans loans that have not ended
 * @param loansFailed loans that ended by a fence with an error
 * @param allocations slices handed out since the pool was built
 * @param exhausted requests that failed, as less was free than they asked for; a wait counts once, at its end
 * @param fragmented requests that failed although enough was free, as it was not in one piece
 * @param overBudget requests that failed as the budget of their tag was used up
 * @param invalid requests refused because of their values
 * @param releases slices whose last owner has closed since the pool was built, leaked ones included
 * @param waits requests that had to wait for space; moves when a wait ends
 * @param waitNanos how long they waited, together, in ns
 * @param waiting requests that wait now
 * @param heldBytes free bytes that are held for the first of them; nobody else is served from these
 * @param leaks slices and loans that were collected without being closed; moves within seconds of the collection
 * @param leakedBytes part of {@code usedBytes} that belongs to leaked slices and was not given back
 * @param oldestSliceNanos age of the oldest open slice in ns, 0 if there is none; see {@link SliceFacts#ageNanos}
 * @param sizeClasses slices and holes by size, smallest first; classes with neither are left out
 * @param tags who holds what, most bytes first
 * @param budgets what tags are sure of and may have, in the order in which the pool was given them
 * @param windowsOpen windows open now, those kept for later slices included
 * @param sync how accesses have been synced
 */
public record PoolStatistics(
        String name,
        long capacityBytes,
        long usedBytes,
        long requestedBytes,
        long peakUsedBytes,
        long largestFreeBytes,
        long quarantinedBytes,
        long retiringBytes,
        long openSlices,
        long retiringSlices,
        long openOwners,
        long openLoans,
        long loansFailed,
        long allocations,
        long exhausted,
        long fragmented,
        long overBudget,
        long invalid,
        long releases,
        long waits,
        long waitNanos,
        int waiting,
        long heldBytes,
        long leaks,
        long leakedBytes,
        long oldestSliceNanos,
        List<SizeClass> sizeClasses,
        List<TagUse> tags,
        List<PoolBudget> budgets,
        int windowsOpen,
        SyncStatistics sync) {

    /** Copies the lists: the record is immutable. */
    public PoolStatistics {
        sizeClasses = List.copyOf(sizeClasses);
        tags = List.copyOf(tags);
        budgets = List.copyOf(budgets);
    }

    /** Bytes not reserved for any slice, in however many parts. */
    public long freeBytes() {
        return capacityBytes - usedBytes;
    }

    /** How much of the free memory the largest slice that could be allocated leaves over: 0 is none, 1 is all. */
    public double externalFragmentation() {
        return freeBytes() == 0 ? 0 : 1 - (double) largestFreeBytes / freeBytes();
    }

    /** How much of the memory reserved for open slices is rounding: 0 is none, 1 is all. */
    public double internalFragmentation() {
        long reserved = usedBytes - quarantinedBytes - retiringBytes;
        return reserved == 0 ? 0 : 1 - (double) requestedBytes / reserved;
    }

    /** By which way accesses are synced; never changes. */
    public SyncWay syncWay() {
        return sync.way();
    }

    /** Why that way. */
    public String syncReason() {
        return sync.reason();
    }

    /** One line for people: the pool's name, what is used, and what was refused. All else is asked by its name. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "pool '%s': %,d of %,d bytes used by %,d slices (at most %,d so far; largest free part %,d); %,d requests"
                        + " waiting; refused: %,d exhausted, %,d fragmented, %,d over budget",
                name,
                usedBytes,
                capacityBytes,
                openSlices + retiringSlices,
                peakUsedBytes,
                largestFreeBytes,
                waiting,
                exhausted,
                fragmented,
                overBudget);
    }
}
