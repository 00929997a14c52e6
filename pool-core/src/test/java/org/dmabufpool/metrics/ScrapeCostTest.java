// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;

/** What a scrape of many full pools takes: times go to {@code target/scrape-cost.json}, surveys are counted. */
class ScrapeCostTest {

    private static final int POOLS = 10;
    private static final int SLICES = 256;
    private static final int ROUNDS = 500;
    private static final double NANOS_PER_MILLI = 1e6;

    private final AtomicInteger surveys = new AtomicInteger();
    private final List<Slice> slices = new ArrayList<>();

    @Test
    void oneSurveyForEachPoolAndScrape() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<DmaBufPool> pools = new ArrayList<>();
        for (int i = 0; i < POOLS; i++) {
            pools.add(fullPool("pool" + i));
        }
        double bareMillis = best(() -> pools.forEach(DmaBufPool::statistics));
        for (DmaBufPool pool : pools) {
            new DmaBufPoolMetrics(pool.name(), pool.capacity(), List.of(), () -> {
                        surveys.incrementAndGet();
                        return pool.statistics();
                    })
                    .bindTo(registry);
        }
        int characters = registry.scrape().length();
        surveys.set(0);
        double scrapeMillis = best(registry::scrape);
        assertThat(surveys).hasValue(POOLS * ROUNDS);
        Files.writeString(
                Path.of("target", "scrape-cost.json"),
                String.format(
                        Locale.ROOT,
                        "{\"pools\": %d, \"slicesEach\": %d, \"meters\": %d, \"characters\": %d, \"scrapeMs\": %.3f,"
                                + " \"surveysMs\": %.3f}%n",
                        POOLS,
                        SLICES,
                        registry.getMeters().size(),
                        characters,
                        scrapeMillis,
                        bareMillis));
        slices.forEach(Slice::close);
        pools.forEach(DmaBufPool::close);
    }

    private DmaBufPool fullPool(String name) {
        DmaBufPool pool = DmaBufPool.builder()
                .heap(ModelHeap.supporting(SyncWay.PARTIAL))
                .capacity(2 << 20)
                .name(name)
                .build();
        for (int i = 0; i < SLICES; i++) {
            slices.add(pool.allocate(1000 + 11L * i));
        }
        return pool;
    }

    /** ms of one, in the quickest round. */
    private static double best(Runnable work) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - begin) / NANOS_PER_MILLI);
        }
        return best;
    }
}
