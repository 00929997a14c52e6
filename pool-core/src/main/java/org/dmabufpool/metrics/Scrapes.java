// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.dmabufpool.PoolStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Serves the meters of one pool on one registry with snapshots, one for each scrape, so that the figures of a scrape belong
 * to the same moment and a pool is surveyed once. Safe for use by many threads.
 *
 * <p><b>When a scrape begins.</b> Nobody announces it. But a scrape is one thread that asks each meter once; so a snapshot
 * serves each meter once to a thread, and one that asks for a meter again has begun the next scrape. Timers are asked for
 * count and time, by some registries several times in a row, which is still the same scrape. A time limit alone would not
 * do: two scrapers half a second apart would share a snapshot, or see it change half-way. The limit here is for those who
 * read single meters now and then.
 */
final class Scrapes {

    /** The oldest that a figure gets, in ns. */
    static final long MAX_AGE_NANOS = 1_000_000_000;

    private final Supplier<PoolStatistics> source;
    private final LongSupplier nanoTime;
    /** Not a ThreadLocal: what threads of an application server hold must go with the meters. */
    private final Map<Thread, Scrape> scrapes = Collections.synchronizedMap(new WeakHashMap<>());

    /** Where one thread is in its scrape; seen by that thread alone. */
    private static final class Scrape {
        @Nullable
        PoolStatistics snapshot;

        long takenAt;
        int lastMeter;
        final BitSet served = new BitSet();
    }

    /**
     * Begins without a snapshot.
     *
     * @param source where snapshots come from
     * @param nanoTime a clock in ns
     */
    Scrapes(Supplier<PoolStatistics> source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    /**
     * The snapshot that a meter is to be read from.
     *
     * @param meter its number, from 0
     */
    PoolStatistics read(int meter) {
        Scrape scrape = scrapeOfThread();
        return scrape.served.get(meter) ? renewed(scrape, meter) : current(scrape, meter);
    }

    /** As {@link #read}, for a meter that is asked for several figures in a row. */
    PoolStatistics readPart(int meter) {
        Scrape scrape = scrapeOfThread();
        return scrape.served.get(meter) && meter != scrape.lastMeter ? renewed(scrape, meter) : current(scrape, meter);
    }

    private Scrape scrapeOfThread() {
        return scrapes.computeIfAbsent(Thread.currentThread(), thread -> new Scrape());
    }

    private PoolStatistics current(Scrape scrape, int meter) {
        PoolStatistics snapshot = scrape.snapshot;
        if (snapshot == null || nanoTime.getAsLong() - scrape.takenAt > MAX_AGE_NANOS) {
            return renewed(scrape, meter);
        }
        return served(scrape, meter, snapshot);
    }

    private PoolStatistics renewed(Scrape scrape, int meter) {
        PoolStatistics snapshot = source.get();
        scrape.snapshot = snapshot;
        scrape.takenAt = nanoTime.getAsLong();
        scrape.served.clear();
        return served(scrape, meter, snapshot);
    }

    private static PoolStatistics served(Scrape scrape, int meter, PoolStatistics snapshot) {
        scrape.served.set(meter);
        scrape.lastMeter = meter;
        return snapshot;
    }
}
