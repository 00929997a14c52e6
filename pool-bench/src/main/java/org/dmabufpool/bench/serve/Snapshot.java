// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import org.dmabufpool.PoolStatistics;

/**
 * What the pool looked like at one moment. Immutable.
 *
 * @param number 1 for the first one of a server, and one more for each
 * @param epochMillis when, by the machine's clock
 * @param statistics the pool's statistics
 * @param dump the pool's map of the same moment, as JSON
 * @param latency of the allocations before
 * @param figures the numbers of all of that
 */
record Snapshot(
        long number,
        long epochMillis,
        PoolStatistics statistics,
        String dump,
        LatencyWindow.Latency latency,
        Figures figures) {}
