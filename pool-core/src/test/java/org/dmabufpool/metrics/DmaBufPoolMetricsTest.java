// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.core.instrument.step.StepMeterRegistry;
import io.micrometer.core.instrument.step.StepRegistryConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.OpenSlicesException;
import org.dmabufpool.PoolExhaustedException;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.sync.SyncStatistics;
import org.junit.jupiter.api.Test;

/** What registries of several kinds see of a pool, and what bad input does. */
class DmaBufPoolMetricsTest {

    private static final long CAPACITY = 1 << 20;
    private static final String SHORT = "dmabuf.pool.";

    private final MeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void metersAreWhatTheStatisticsSay() {
        try (DmaBufPool pool = pool("camera");
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool);
                Slice small = pool.allocate(1000);
                Slice large = pool.allocate(300_000)) {
            metrics.bindTo(registry);
            large.write().close();
            assertThatThrownBy(() -> pool.allocate(CAPACITY)).isInstanceOf(PoolExhaustedException.class);
            assertThatThrownBy(() -> pool.allocate(0)).isInstanceOf(IllegalArgumentException.class);
            pool.allocate(5000).close();

            assertThat(gauge("memory.max")).isEqualTo(CAPACITY);
            assertThat(gauge("memory.used")).isEqualTo(pool.statistics().usedBytes());
            assertThat(gauge("memory.requested")).isEqualTo(301_000);
            assertThat(gauge("memory.peak")).isEqualTo(pool.statistics().peakUsedBytes());
            assertThat(gauge("memory.free.largest")).isEqualTo(pool.statistics().largestFreeBytes());
            assertThat(gauge("memory.leaked")).isZero();
            assertThat(gauge("memory.quarantined")).isZero();
            assertThat(gauge("memory.retiring")).isZero();
            assertThat(gauge("slices.retiring")).isZero();
            assertThat(gauge("owners.active")).isEqualTo(2);
            assertThat(gauge("loans.active")).isZero();
            assertThat(gauge("fragmentation.ratio", "kind", "external"))
                    .isEqualTo(pool.statistics().externalFragmentation());
            assertThat(gauge("fragmentation.ratio", "kind", "internal"))
                    .isEqualTo(pool.statistics().internalFragmentation());
            assertThat(gauge("slices.active")).isEqualTo(2);
            assertThat(gauge("windows")).isZero();
            assertThat(gauge("waiting")).isZero();
            assertThat(gauge("blocks", "state", "used", "order", "10")).isEqualTo(1);
            assertThat(gauge("blocks", "state", "used", "order", "18")).isEqualTo(1);
            assertThat(gauge("blocks", "state", "free", "order", "19")).isEqualTo(1);
            assertThat(counter("allocations", "result", "success")).isEqualTo(3);
            assertThat(counter("allocations", "result", "exhausted")).isEqualTo(1);
            assertThat(counter("allocations", "result", "fragmented")).isZero();
            assertThat(counter("allocations", "result", "invalid")).isEqualTo(1);
            assertThat(counter("releases")).isEqualTo(1);
            assertThat(counter("leaks")).isZero();
            assertThat(counter("sync.restarts")).isZero();
            assertThat(counter("sync.bytes", "scope", "slice"))
                    .isEqualTo(pool.statistics().sync().bytesAsked())
                    .isPositive();
            assertThat(counter("sync.bytes", "scope", "line"))
                    .isEqualTo(pool.statistics().sync().bytes());
            assertThat(counter("sync.bytes", "scope", "buffer"))
                    .isEqualTo(pool.statistics().sync().bytesWholeBuffer());
            assertThat(timer("sync", "phase", "start").count()).isEqualTo(1);
            assertThat(timer("sync", "phase", "end").count()).isEqualTo(1);
            assertThat(timer("sync", "phase", "end").totalTime(TimeUnit.NANOSECONDS))
                    .isCloseTo(
                            pool.statistics().sync().phases().stream()
                                    .filter(phases -> phases.phase() == SyncPhase.END)
                                    .mapToLong(SyncStatistics.Phases::nanos)
                                    .sum(),
                            within(1.0));
        }
    }

    @Test
    void waitsAndAgesAreSeen() {
        try (DmaBufPool pool = pool("camera");
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool)) {
            metrics.bindTo(registry);
            Slice all = pool.allocate(CAPACITY);
            Thread waiter =
                    new Thread(() -> pool.allocate(1000, Duration.ofMinutes(1)).close());
            waiter.start();
            Awaitility.await().until(() -> gauge("waiting") == 1);
            Awaitility.await()
                    .until(() ->
                            registry.get(SHORT + "slice.oldest.age").timeGauge().value(TimeUnit.MILLISECONDS) > 0);
            all.close();
            Awaitility.await().until(() -> timer("waits").count() == 1);
            assertThat(timer("waits").totalTime(TimeUnit.NANOSECONDS)).isPositive();
            Awaitility.await().until(() -> gauge("slices.active") == 0);
            assertThat(gauge("waiting")).isZero();
        }
    }

    @Test
    void blocksOfEveryOrderAreThereFromTheBeginning() {
        try (DmaBufPool pool = pool("camera");
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool)) {
            metrics.bindTo(registry);
            List<Meter.Id> before = ids(registry);
            assertThat(before)
                    .filteredOn(id -> "free".equals(id.getTag("state")))
                    .hasSize(20 - 7 + 1);
            for (int bytes = 1; bytes < CAPACITY / 2; bytes *= 2) {
                pool.allocate(bytes).close();
                assertThat(ids(registry)).isEqualTo(before);
            }
            assertThat(before).allMatch(id -> "camera".equals(id.getTag("pool")));
        }
    }

    @Test
    void prometheusSeesOneSnapshotAScrape() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AtomicInteger taken = new AtomicInteger();
        try (DmaBufPoolMetrics metrics = counting(taken)) {
            metrics.bindTo(prometheus);
            assertThat(taken).as("binding reads nothing").hasValue(0);
            for (int scrape = 1; scrape <= 3; scrape++) {
                String text = prometheus.scrape();
                assertThat(taken).hasValue(scrape);
                assertThat(sample(text, "dmabuf_pool_memory_used_bytes")).isEqualTo(scrape);
                assertThat(sample(text, "dmabuf_pool_memory_free_largest_bytes"))
                        .isEqualTo(CAPACITY - scrape);
            }
        }
    }

    @Test
    void registryThatPushesSeesOneSnapshotAPublication() {
        AtomicInteger taken = new AtomicInteger();
        PushRegistry push = new PushRegistry();
        try (DmaBufPoolMetrics metrics = counting(taken)) {
            metrics.bindTo(push);
            for (int publication = 1; publication <= 3; publication++) {
                push.publish();
                assertThat(taken).hasValue(publication);
            }
        }
    }

    @Test
    void poolsSideBySideHaveTheirOwnSnapshotsAndMeters() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<DmaBufPool> pools = new ArrayList<>();
        List<DmaBufPoolMetrics> binders = new ArrayList<>();
        List<AtomicInteger> taken = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            DmaBufPool pool = pool("pool " + i);
            AtomicInteger count = new AtomicInteger();
            pool.allocate(1000L * (i + 1));
            pools.add(pool);
            taken.add(count);
            binders.add(new DmaBufPoolMetrics(pool.name(), pool.capacity(), List.of(), () -> {
                count.incrementAndGet();
                return pool.statistics();
            }));
            binders.get(i).bindTo(prometheus);
        }
        String text = prometheus.scrape();
        for (int i = 0; i < 10; i++) {
            assertThat(taken.get(i)).hasValue(1);
            assertThat(text)
                    .contains("dmabuf_pool_memory_requested_bytes{pool=\"pool " + i + "\"} " + 1000.0 * (i + 1) + "\n");
        }
        binders.get(3).close();
        assertThat(prometheus.scrape()).doesNotContain("pool 3").contains("pool 4");
        binders.forEach(DmaBufPoolMetrics::close);
        assertThat(prometheus.getMeters()).isEmpty();
        pools.forEach(DmaBufPoolMetricsTest::closeUnready);
    }

    @Test
    void figuresSurviveACollectionThoughNobodyKeepsThePool() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        bindAndForget(prometheus);
        WeakReference<Object> canary = new WeakReference<>(new Object());
        Awaitility.await().until(() -> {
            System.gc();
            return canary.get() == null;
        });
        String text = prometheus.scrape();
        assertThat(text).doesNotContain("NaN");
        assertThat(sample(text, "dmabuf_pool_memory_max_bytes")).isEqualTo(CAPACITY);
        assertThat(sample(text, "dmabuf_pool_releases_total")).isEqualTo(1);
    }

    private static void bindAndForget(MeterRegistry registry) {
        DmaBufPool pool = pool("forgotten");
        new DmaBufPoolMetrics(pool).bindTo(registry);
        pool.allocate(1000).close();
    }

    @Test
    void closedPoolKeepsItsLastValuesUntilTheMetersGo() {
        for (SyncWay way : List.of(SyncWay.PARTIAL, SyncWay.WINDOW, SyncWay.WHOLE)) {
            DmaBufPool pool = DmaBufPool.builder()
                    .heap(ModelHeap.supporting(way))
                    .capacity(CAPACITY)
                    .name("closing")
                    .build();
            DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool);
            metrics.bindTo(registry);
            Slice open = pool.allocate(1000);
            open.write().close();
            double used = gauge("memory.used");
            closeUnready(pool);
            open.close();
            assertThat(gauge("memory.used")).isEqualTo(used);
            assertThat(gauge("memory.max")).isEqualTo(CAPACITY);
            assertThat(counter("allocations", "result", "success")).isEqualTo(1);
            assertThat(gauge("windows")).isZero();
            assertThat(registry.getMeters()).isNotEmpty();
            metrics.close();
            metrics.close();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void sameNameTwiceIsRefusedAndHarmsNothing() {
        try (DmaBufPool pool = pool("camera");
                DmaBufPool twin = pool("camera");
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool);
                DmaBufPoolMetrics ofTwin = new DmaBufPoolMetrics(twin)) {
            metrics.bindTo(registry);
            List<Meter.Id> before = ids(registry);
            for (DmaBufPoolMetrics again : List.of(metrics, ofTwin)) {
                assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> again.bindTo(registry))
                        .withMessageContaining("'camera'")
                        .withMessageContaining("SimpleMeterRegistry")
                        .withMessageContaining("Close that");
                assertThat(ids(registry)).isEqualTo(before);
            }
            ofTwin.close();
            assertThat(ids(registry)).isEqualTo(before);
            metrics.close();
            ofTwin.bindTo(registry);
            assertThat(ids(registry)).isEqualTo(before);
        }
    }

    @Test
    void filterThatDropsTheTagPoolIsSeen() {
        registry.config().meterFilter(MeterFilter.ignoreTags("pool"));
        try (DmaBufPool one = pool("one");
                DmaBufPool two = pool("two");
                DmaBufPoolMetrics ofOne = new DmaBufPoolMetrics(one);
                DmaBufPoolMetrics ofTwo = new DmaBufPoolMetrics(two)) {
            ofOne.bindTo(registry);
            assertThatThrownBy(() -> ofTwo.bindTo(registry)).hasMessageContaining("no filter may drop the tag 'pool'");
        }
    }

    @Test
    void registryThatThrowsHalfWayIsLeftAsItWas() {
        AtomicInteger asked = new AtomicInteger();
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                if (asked.incrementAndGet() == 17) {
                    throw new UnsupportedOperationException("planted");
                }
                return id;
            }
        });
        registry.counter("theirs").increment();
        try (DmaBufPool pool = pool("camera");
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool)) {
            assertThatThrownBy(() -> metrics.bindTo(registry))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("planted");
            assertThat(ids(registry)).extracting(Meter.Id::getName).containsExactly("theirs");
            metrics.bindTo(registry);
            assertThat(gauge("memory.max")).isEqualTo(CAPACITY);
        }
    }

    @Test
    void deniedAndPrefixedMetersAndCompositesDoNoHarm() {
        SimpleMeterRegistry simple = new SimpleMeterRegistry();
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        composite.add(simple);
        simple.config().meterFilter(MeterFilter.denyNameStartsWith(SHORT + "blocks"));
        simple.config().commonTags("host", "h");
        AtomicInteger taken = new AtomicInteger();
        try (DmaBufPoolMetrics metrics = counting(taken)) {
            metrics.bindTo(composite);
            metrics.bindTo(registry);
            assertThat(ids(simple)).noneMatch(id -> id.getName().endsWith("blocks"));
            assertThat(ids(simple)).allMatch(id -> "h".equals(id.getTag("host")));
            assertThat(gauge("memory.max")).isEqualTo(CAPACITY);
        }
        assertThat(ids(simple)).isEmpty();
        assertThat(ids(composite)).isEmpty();
        assertThat(ids(registry)).isEmpty();
    }

    @Test
    void histogramsHaveWhatHappened() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (DmaBufPoolMetrics.Histograms histograms = DmaBufPoolMetrics.histograms(prometheus, "camera");
                DmaBufPool pool = DmaBufPool.builder()
                        .heap(ModelHeap.supporting(SyncWay.PARTIAL))
                        .capacity(CAPACITY)
                        .name("camera")
                        .observer(histograms)
                        .build();
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool)) {
            metrics.bindTo(prometheus);
            pool.allocate(1000).close();
            pool.allocate(300_000).close();
            assertThat(pool.tryAllocate(CAPACITY)).isPresent().get().satisfies(Slice::close);
            String text = prometheus.scrape();
            assertThat(text)
                    .contains("dmabuf_pool_allocation_size_bytes_bucket{pool=\"camera\",le=\"1024.0\"} 1\n")
                    .contains("dmabuf_pool_allocation_size_bytes_bucket{pool=\"camera\",le=\"1048576.0\"} 3\n");
            assertThat(sample(text, "dmabuf_pool_allocation_duration_seconds_count"))
                    .isEqualTo(3);
            assertThat(sample(text, "dmabuf_pool_slice_duration_seconds_count")).isEqualTo(3);
            assertThatThrownBy(() -> DmaBufPoolMetrics.histograms(prometheus, "camera"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'camera'");
        }
        assertThat(prometheus.getMeters()).isEmpty();
    }

    private static DmaBufPool pool(String name) {
        return DmaBufPool.builder()
                .heap(ModelHeap.supporting(SyncWay.PARTIAL))
                .capacity(CAPACITY)
                .name(name)
                .build();
    }

    private static void closeUnready(DmaBufPool pool) {
        try {
            pool.close();
        } catch (OpenSlicesException e) {
            assertThat(pool.isClosed()).isTrue();
        }
    }

    private static DmaBufPoolMetrics counting(AtomicInteger taken) {
        return new DmaBufPoolMetrics("fake", CAPACITY, List.of(), () -> ScrapesTest.numbered(taken.incrementAndGet()));
    }

    private static List<Meter.Id> ids(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .sorted(Comparator.comparing(Meter.Id::toString))
                .toList();
    }

    private double gauge(String name, String... tags) {
        return registry.get(SHORT + name).tags(Tags.of(tags)).gauge().value();
    }

    private double counter(String name, String... tags) {
        return registry.get(SHORT + name).tags(Tags.of(tags)).functionCounter().count();
    }

    private FunctionTimer timer(String name, String... tags) {
        return registry.get(SHORT + name).tags(Tags.of(tags)).functionTimer();
    }

    /** The value of the only series of a name. */
    private static double sample(String text, String name) {
        Matcher line = Pattern.compile("^" + name + "\\{[^}]*} (\\S+)$", Pattern.MULTILINE)
                .matcher(text);
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }

    /** Publishes when told to, and reads as much of a timer as a registry does. */
    private static final class PushRegistry extends StepMeterRegistry {
        PushRegistry() {
            super(
                    new StepRegistryConfig() {
                        @Override
                        public String prefix() {
                            return "push";
                        }

                        @Override
                        public String get(String key) {
                            return null;
                        }
                    },
                    Clock.SYSTEM);
        }

        @Override
        protected void publish() {
            getMeters()
                    .forEach(meter -> meter.use(
                            gauge -> assertThat(gauge.value()).isNotNaN(),
                            counter -> {},
                            timer -> {},
                            summary -> {},
                            longTask -> {},
                            timeGauge -> assertThat(timeGauge.value(TimeUnit.SECONDS))
                                    .isNotNaN(),
                            functionCounter ->
                                    assertThat(functionCounter.count()).isNotNaN(),
                            functionTimer -> assertThat(functionTimer.count()
                                            + functionTimer.totalTime(TimeUnit.SECONDS)
                                            + functionTimer.mean(TimeUnit.SECONDS))
                                    .isNotNaN(),
                            other -> {}));
        }

        @Override
        protected TimeUnit getBaseTimeUnit() {
            return TimeUnit.SECONDS;
        }
    }
}
