// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.dmabufpool.bench.trace.FirstFailure;
import org.dmabufpool.bench.trace.MinPool;
import org.dmabufpool.bench.trace.OfflineSummary;
import org.dmabufpool.bench.trace.ReplayReport;
import org.jspecify.annotations.Nullable;

/** What {@code replay} prints. */
final class ReplayTable {

    private static final int PERCENT = 100;

    private ReplayTable() {}

    static void print(ReplayReport result, PrintWriter out) {
        row(out, "trace", "%s, %,d operations", result.trace(), result.operations());
        row(out, "users", "%,d shares, %,d loans to devices", result.shares(), result.loans());
        row(out, "policy", "%s", result.policy());
        row(out, "peak live", "%,d bytes", result.peakLiveBytes());
        row(out, "pool", "%,d bytes", result.capacityBytes());
        if (result.success()) {
            row(out, "served", "yes");
        } else {
            row(out, "served", "NO: %,d parts found no space", result.failures());
        }
        FirstFailure first = result.firstFailure();
        if (first != null) {
            row(
                    out,
                    "first failure",
                    "operation %,d asked for %,d bytes, alignment %,d; %,d were free, the largest hole had %,d: %s",
                    first.operation(),
                    first.bytes(),
                    first.alignment(),
                    first.pool().freeBytes(),
                    first.pool().largestFreeBytes(),
                    first.fragmented() ? "fragmented" : "full");
        }
        if (result.metadataBytes() > 0) {
            row(
                    out,
                    "metadata",
                    "%,d bytes outside of the pool, %.4f %% of it",
                    result.metadataBytes(),
                    PERCENT * result.metadataRatio());
        }
        row(
                out,
                "availability",
                "of %,d bytes: %,d more at the least, after %,d operations; %.1f in the mean",
                result.availability().bytes(),
                result.availability().least(),
                result.availability().leastAtOperation(),
                result.availability().mean());
        row(out, "fragmentation", "mean %.3f, worst %.3f", result.meanFragmentation(), result.worstFragmentation());
        MinPool search = result.search();
        if (search != null) {
            row(
                    out,
                    "smallest pool",
                    "%,d bytes, %.4f of the peak (none of %d smaller ones serves; of %d larger ones %d fail%s)",
                    search.bytes(),
                    result.footprintRatio(),
                    search.probedBelow(),
                    search.probedAbove(),
                    search.failedAbove(),
                    search.failedAbove() > 0 ? ": do not configure it" : "");
            configure(result, search, out);
        }
        if (result.unplannedPoolBytes() != null) {
            row(
                    out,
                    "without plan",
                    "%,d bytes, %.4f of the peak, is the smallest pool",
                    result.unplannedPoolBytes(),
                    result.unplannedRatio());
        }
        OfflineSummary offline = result.offline();
        if (offline != null) {
            row(
                    out,
                    "offline",
                    "%,d bytes, %.4f of the peak, if the whole trace were known beforehand (%s, %s)",
                    offline.bytes(),
                    offline.ratio(),
                    offline.algorithm(),
                    offline.proven() ? "none is smaller" : "a smaller one may exist");
        }
        out.flush();
    }

    private static void configure(ReplayReport result, MinPool search, PrintWriter out) {
        if (search.configureBytes() == null) {
            row(
                    out,
                    "configure",
                    "nothing found: larger pools, up to %,d bytes, were tried, and above each that serves one fails, the"
                            + " largest at %,d bytes; try another --policy",
                    search.largestTriedBytes(),
                    search.largestFailedBytes());
            return;
        }
        row(
                out,
                "configure",
                "%,d bytes, %.4f of the peak (serves, and so do all of %d larger ones that were tried, up to %,d bytes)",
                search.configureBytes(),
                result.configureRatio(),
                search.servedAbove(),
                search.largestTriedBytes());
    }

    private static void row(PrintWriter out, String name, String format, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-14s ", name);
        out.printf(Locale.ROOT, format + "%n", values);
    }
}
