// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.List;
import java.util.function.Predicate;

/**
 * A pool at one moment, as its dump has it; docs/dump.md says more. Immutable. {@link DumpReader} makes them and sees to
 * it that the regions cover the range and add up.
 *
 * @param pool the pool's name
 * @param capacityBytes size of the range
 * @param usedBytes reserved, whoever has it
 * @param requestedBytes what the owners of the slices asked for
 * @param peakUsedBytes the most that was reserved so far
 * @param largestFreeBytes the largest slice that could be allocated
 * @param retiringBytes part of {@code usedBytes} that has no owner any more
 * @param openSlices slices with at least one owner
 * @param retiringSlices slices whose last owner has closed and whose place is still reserved
 * @param openOwners owners of the open slices
 * @param openLoans loans that have not ended
 * @param loansFailed loans that ended by a fence with an error
 * @param allocations slices handed out so far
 * @param exhausted requests that failed as less was free
 * @param fragmented requests that failed although enough was free
 * @param leaks slices collected without being closed
 * @param syncWay by which way accesses are synced
 * @param regions the range from 0 to the capacity, in address order
 */
public record PoolMapFile(
        String pool,
        long capacityBytes,
        long usedBytes,
        long requestedBytes,
        long peakUsedBytes,
        long largestFreeBytes,
        long retiringBytes,
        long openSlices,
        long retiringSlices,
        long openOwners,
        long openLoans,
        long loansFailed,
        long allocations,
        long exhausted,
        long fragmented,
        long leaks,
        String syncWay,
        List<MapRegion> regions) {

    /** Copies the lists: the record is immutable. */
    public PoolMapFile {
        regions = List.copyOf(regions);
    }

    /** Bytes that nobody has. */
    public long freeBytes() {
        return capacityBytes - usedBytes;
    }

    /** How much of the range is reserved, 0 to 1. */
    public double occupancy() {
        return (double) usedBytes / capacityBytes;
    }

    /** How much of the free memory the largest slice that could be allocated leaves over: 0 is none, 1 is all. */
    public double externalFragmentation() {
        return freeBytes() == 0 ? 0 : 1 - (double) largestFreeBytes / freeBytes();
    }

    /** How much of what is reserved for slices is rounding: 0 is none, 1 is all. */
    public double internalFragmentation() {
        long reserved = bytes(MapRegion::isSlice);
        long requested = regions.stream()
                .filter(MapRegion::isSlice)
                .mapToLong(MapRegion::requested)
                .sum();
        return reserved == 0 ? 0 : 1 - (double) requested / reserved;
    }

    /** Bytes of such regions. */
    public long bytes(Predicate<MapRegion> wanted) {
        return regions.stream().filter(wanted).mapToLong(MapRegion::length).sum();
    }

    /** How many such regions there are. */
    public long count(Predicate<MapRegion> wanted) {
        return regions.stream().filter(wanted).count();
    }

    /** Age of the oldest slice in ms; 0 if there is none, or ages are not known. */
    public long oldestMillis() {
        return regions.stream()
                .filter(MapRegion::isSlice)
                .mapToLong(MapRegion::ageMillis)
                .max()
                .orElse(0);
    }
}
