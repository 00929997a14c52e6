// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

/**
 * What one peer did with so many threads.
 *
 * @param peer who: {@code ours-handles}, or {@code one-lock}, the allocator for one thread behind a ReentrantLock
 * @param threads how many
 * @param pairsPerMicrosecond pairs of all threads together, by the clock on the wall
 * @param cpuNs CPU time of a pair in ns, its work included
 * @param refused share of requests that found no space, 0 to 1
 * @param p50 median time of an allocation in ns, two looks at the clock included, as in what follows
 * @param p99 what 99 of 100 stay below
 * @param p999 what 999 of 1000 stay below
 * @param p9999 what 9999 of 10 000 stay below
 */
public record ThreadsCell(
        String peer,
        int threads,
        double pairsPerMicrosecond,
        double cpuNs,
        double refused,
        long p50,
        long p99,
        long p999,
        long p9999) {}
