// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

/**
 * How long a run takes.
 *
 * @param warmMs warm-up of each thread in milliseconds of its CPU time, however busy the machine is
 * @param batchMs a batch in milliseconds of CPU time, about
 * @param rounds how often every fork has its turn
 * @param seeds traces of a kind whose footprint is found
 * @param probes how thoroughly the smallest pool is looked for
 */
public record Pace(long warmMs, long batchMs, int rounds, int seeds, int probes) {

    /** Fit for publication: some ten minutes. */
    public static final Pace FULL = new Pace(3000, 100, 15, 5, 16);

    /** To see that it works: some two minutes, and figures to match. */
    public static final Pace QUICK = new Pace(600, 25, 5, 1, 0);
}
