// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.OpenSlicesException;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.metrics.DmaBufPoolMetrics;

/** Pools whose meters are served over HTTP, twice a second to a Prometheus. */
final class WatchedPools implements AutoCloseable {

    static final long CAPACITY = 1 << 20;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final HttpServer server;

    WatchedPools() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback interface", e);
        }
        server.createContext("/metrics", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    /** A pool that is watched until all is closed. */
    DmaBufPool pool(String name, Heap heap) {
        DmaBufPool pool = unwatchedPool(name, heap);
        watch(pool);
        return pool;
    }

    /** A pool that is closed with the others. */
    DmaBufPool unwatchedPool(String name, Heap heap) {
        DmaBufPool pool =
                DmaBufPool.builder().heap(heap).capacity(CAPACITY).name(name).build();
        open.push(() -> close(pool));
        return pool;
    }

    /** Binds a pool's meters, until all is closed or before. */
    DmaBufPoolMetrics watch(DmaBufPool pool) {
        DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool);
        metrics.bindTo(registry);
        open.push(metrics);
        return metrics;
    }

    /** Writes settings for a server that scrapes these pools. */
    void writeSettings(Path folder, String ruleFiles) throws IOException {
        Files.writeString(folder.resolve(Prometheus.SETTINGS), """
                global:
                  scrape_interval: 500ms
                  scrape_timeout: 500ms
                  evaluation_interval: 500ms
                rule_files: [%s]
                scrape_configs:
                  - job_name: pools
                    static_configs:
                      - targets: ["127.0.0.1:%d"]
                """.formatted(
                        ruleFiles, server.getAddress().getPort()));
    }

    private static void close(DmaBufPool pool) {
        try {
            pool.close();
        } catch (OpenSlicesException e) {
            // what a scene left open goes with its pool
        }
    }

    @Override
    public void close() throws Exception {
        server.stop(0);
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
