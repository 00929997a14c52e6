// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabufpool.PoolStatistics;

/** The numbers of a snapshot by name, in an order that never changes. */
final class Figures {

    private static final int NANOS_PER_MILLI = 1_000_000;

    private final Map<String, Number> values = new LinkedHashMap<>();

    private Figures() {}

    static Figures of(PoolStatistics pool, LatencyWindow.Latency latency) {
        Figures figures = new Figures();
        figures.memory(pool);
        figures.slices(pool);
        figures.sync(pool);
        figures.latency(latency);
        return figures;
    }

    private void memory(PoolStatistics pool) {
        values.put("usedBytes", pool.usedBytes());
        values.put("requestedBytes", pool.requestedBytes());
        values.put("peakUsedBytes", pool.peakUsedBytes());
        values.put("freeBytes", pool.freeBytes());
        values.put("largestFreeBytes", pool.largestFreeBytes());
        values.put("heldBytes", pool.heldBytes());
        values.put("quarantinedBytes", pool.quarantinedBytes());
        values.put("retiringBytes", pool.retiringBytes());
        values.put("externalFragmentation", pool.externalFragmentation());
        values.put("internalFragmentation", pool.internalFragmentation());
    }

    private void slices(PoolStatistics pool) {
        values.put("openSlices", pool.openSlices());
        values.put("retiringSlices", pool.retiringSlices());
        values.put("openOwners", pool.openOwners());
        values.put("openLoans", pool.openLoans());
        values.put("loansFailed", pool.loansFailed());
        values.put("allocations", pool.allocations());
        values.put("releases", pool.releases());
        values.put("exhausted", pool.exhausted());
        values.put("fragmented", pool.fragmented());
        values.put("overBudget", pool.overBudget());
        values.put("invalid", pool.invalid());
        values.put("failures", pool.exhausted() + pool.fragmented() + pool.overBudget() + pool.invalid());
        values.put("waits", pool.waits());
        values.put("waiting", pool.waiting());
        values.put("leaks", pool.leaks());
        values.put("leakedBytes", pool.leakedBytes());
        values.put("oldestSliceMillis", pool.oldestSliceNanos() / NANOS_PER_MILLI);
    }

    private void sync(PoolStatistics pool) {
        values.put("syncCalls", pool.sync().callCount());
        values.put("syncBytes", pool.sync().bytes());
        values.put("syncBytesAsked", pool.sync().bytesAsked());
        values.put("syncBytesWholeBuffer", pool.sync().bytesWholeBuffer());
        values.put("syncBytesSaved", pool.sync().bytesSaved());
    }

    private void latency(LatencyWindow.Latency latency) {
        values.put("latencyCount", latency.count());
        values.put("latencyP50Nanos", latency.p50());
        values.put("latencyP99Nanos", latency.p99());
        values.put("latencyP999Nanos", latency.p999());
        values.put("latencyMaxNanos", latency.max());
    }

    Map<String, Number> byName() {
        return values;
    }

    List<String> names() {
        return new ArrayList<>(values.keySet());
    }
}
