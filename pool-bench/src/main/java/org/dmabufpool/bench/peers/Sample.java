// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

/**
 * What one fork did in one round.
 *
 * @param cpuNs CPU time of a pair in nanoseconds, mean over its threads
 * @param pairsPerMicrosecond throughput of all threads together, by the clock on the wall
 * @param p50 median time of a pair in nanoseconds, two looks at the clock included, as in what follows
 * @param p99 what 99 of 100 pairs stay below
 * @param p999 what 999 of 1000 pairs stay below
 * @param bytes garbage of a pair in bytes
 * @param failures pairs whose allocation found no space
 */
record Sample(double cpuNs, double pairsPerMicrosecond, long p50, long p99, long p999, double bytes, long failures) {}
