// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;

/** What a collector of OpenTelemetry gets of a pool, through Micrometer's registry for it. */
class OpenTelemetryTest {

    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    @Test
    void aCollectorGetsThePoolsMetersWithUnitsAndTags() throws Exception {
        HttpServer collector = collector();
        try (DmaBufPool pool = DmaBufPool.builder()
                        .name("camera")
                        .heap(new ModelHeap())
                        .capacity(1 << 20)
                        .build();
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool);
                Slice slice = pool.allocate(300_000)) {
            String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/metrics";
            Map<String, String> settings = Map.of("otlp.url", url, "otlp.step", "1h");
            OtlpConfig config = settings::get;
            OtlpMeterRegistry registry = new OtlpMeterRegistry(config, Clock.SYSTEM);
            metrics.bindTo(registry);
            registry.close(); // publishes
            Map<String, Metric> meters = meters(received.poll(3, TimeUnit.MINUTES));

            Metric used = meters.get("dmabuf.pool.memory.used");
            assertThat(used.getUnit()).isEqualTo("bytes");
            NumberDataPoint point = used.getGauge().getDataPoints(0);
            assertThat(point.getAsDouble()).isEqualTo(slice.reservedLength());
            assertThat(point.getAttributesList()).anySatisfy(attribute -> {
                assertThat(attribute.getKey()).isEqualTo("pool");
                assertThat(attribute.getValue().getStringValue()).isEqualTo("camera");
            });
            assertThat(meters.get("dmabuf.pool.allocations").hasSum()).isTrue();
            assertThat(meters)
                    .containsKeys(
                            "dmabuf.pool.memory.max",
                            "dmabuf.pool.memory.free.largest",
                            "dmabuf.pool.slices.active",
                            "dmabuf.pool.waits",
                            "dmabuf.pool.sync");
        } finally {
            collector.stop(0);
        }
    }

    private HttpServer collector() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/metrics", exchange -> {
            try (exchange) {
                received.add(exchange.getRequestBody().readAllBytes());
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
        return server;
    }

    private static Map<String, Metric> meters(byte[] request) throws IOException {
        return ExportMetricsServiceRequest.parseFrom(request).getResourceMetricsList().stream()
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .collect(Collectors.toMap(Metric::getName, Function.identity()));
    }
}
