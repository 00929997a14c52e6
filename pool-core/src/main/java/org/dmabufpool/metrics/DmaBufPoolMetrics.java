// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolBudget;
import org.dmabufpool.PoolObserver;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.SliceFacts;

/**
 * A pool's statistics as meters, each with the tag {@code pool}, the pool's name; docs/metrics.md lists them.
 *
 * <pre>{@code
 * try (DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool)) {
 *     metrics.bindTo(registry);
 *     …
 * }
 * }</pre>
 *
 * <p>All figures of one scrape come from one {@link DmaBufPool#statistics()}, so that they fit together; nothing is paid
 * between scrapes. A thread's scrape ends when it asks for a meter again, or after a second: a figure is at most that old.
 * The meters hold the pool: they stay, with their last values, when it is closed, and go when this is closed. Their number
 * depends on the pool's capacity and budgets alone.
 *
 * <p>Safe for use by many threads.
 */
public final class DmaBufPoolMetrics implements MeterBinder, AutoCloseable {

    private final String pool;
    private final long capacityBytes;
    private final List<String> budgets;
    private final Supplier<PoolStatistics> source;
    private final List<MeterSet> bound = new ArrayList<>();

    /** Prepares the meters of a pool; {@link #bindTo} registers them. */
    public DmaBufPoolMetrics(DmaBufPool pool) {
        this(pool.name(), pool.capacity(), budgets(pool.statistics()), pool::statistics);
    }

    private static List<String> budgets(PoolStatistics now) {
        return now.budgets().stream().map(PoolBudget::tag).collect(Collectors.toList());
    }

    /** Takes the figures from elsewhere. */
    DmaBufPoolMetrics(String pool, long capacityBytes, List<String> budgets, Supplier<PoolStatistics> source) {
        this.pool = pool;
        this.capacityBytes = capacityBytes;
        this.budgets = budgets;
        this.source = source;
    }

    /**
     * Registers the pool's meters. May be called for several registries; whatever it throws, it has registered nothing.
     *
     * @throws IllegalStateException if the registry has meters of a pool of this name
     */
    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        Scrapes scrapes = new Scrapes(source, System::nanoTime);
        bound.add(MeterSet.register(registry, pool, set -> {
            new PoolMeters(set, pool, scrapes).register(capacityBytes, budgets);
            return set;
        }));
    }

    /** Takes the meters off all registries. A second call does nothing; a later {@link #bindTo} begins anew. */
    @Override
    public synchronized void close() {
        bound.forEach(MeterSet::remove);
        bound.clear();
    }

    /**
     * Distributions, for which each allocation and release looks at the clock: sizes asked for, how long allocations took, and
     * how long slices were held. Give the answer to {@link DmaBufPool.Builder#observer}; its meters are registered now.
     *
     * @param pool the name that the pool will have
     * @throws IllegalStateException if the registry has histograms of a pool of this name; nothing is registered then
     */
    public static Histograms histograms(MeterRegistry registry, String pool) {
        return new Histograms(registry, pool);
    }

    /** Fills the histograms of one pool. Safe for use by many threads. */
    public static final class Histograms implements PoolObserver, AutoCloseable {

        private final HistogramMeters meters;

        private Histograms(MeterRegistry registry, String pool) {
            this.meters = HistogramMeters.register(registry, pool);
        }

        @Override
        public void allocated(SliceFacts slice, long nanos) {
            meters.allocated(slice.length(), nanos);
        }

        @Override
        public void released(SliceFacts slice) {
            meters.released(slice.ageNanos());
        }

        /** Takes the meters off the registry; what happens in the pool later goes unseen. A second call does nothing. */
        @Override
        public void close() {
            meters.remove();
        }
    }
}
