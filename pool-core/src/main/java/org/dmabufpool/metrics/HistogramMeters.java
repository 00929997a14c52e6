// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The three histograms of a pool. Their buckets are few and fixed, as each is a series of its own. */
final class HistogramMeters {

    /** 1 KiB to 1 GiB, in steps of four. */
    private static final double[] SIZES = {
        1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28, 1 << 30
    };

    private static final Duration[] REQUESTS = {
        Duration.ofNanos(1_000),
        Duration.ofNanos(10_000),
        Duration.ofNanos(100_000),
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10)
    };

    private static final Duration[] LIVES = {
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        Duration.ofMillis(33),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterSet set;
    private final DistributionSummary size;
    private final Timer request;
    private final Timer life;

    private HistogramMeters(MeterSet set, String pool) {
        this.set = set;
        this.size = set.add(DistributionSummary.builder("dmabuf.pool.allocation.size")
                .description("Bytes asked for by requests that got a slice")
                .baseUnit(BaseUnits.BYTES)
                .tag("pool", pool)
                .serviceLevelObjectives(SIZES)
                .register(set.registry()));
        this.request = set.add(timer(
                set,
                pool,
                "dmabuf.pool.allocation.duration",
                "How long requests took that got a slice, waiting included",
                REQUESTS));
        this.life =
                set.add(timer(set, pool, "dmabuf.pool.slice.duration", "How long slices were held, to a ms", LIVES));
    }

    /** Registers the three. */
    static HistogramMeters register(MeterRegistry registry, String pool) {
        return MeterSet.register(registry, pool, set -> new HistogramMeters(set, pool));
    }

    private static Timer timer(MeterSet set, String pool, String name, String description, Duration[] buckets) {
        return Timer.builder(name)
                .description(description)
                .tag("pool", pool)
                .serviceLevelObjectives(buckets)
                .register(set.registry());
    }

    void allocated(long bytes, long nanos) {
        size.record((double) bytes);
        request.record(nanos, TimeUnit.NANOSECONDS);
    }

    void released(long ageNanos) {
        life.record(ageNanos, TimeUnit.NANOSECONDS);
    }

    void remove() {
        set.remove();
    }
}
