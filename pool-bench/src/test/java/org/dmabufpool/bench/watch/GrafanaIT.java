// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The dashboard and the alerts in docs/grafana, asked of a real Prometheus that scrapes live pools. */
@ResourceLock("the programs that watch")
class GrafanaIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path DASHBOARD = DOCS.resolve("grafana/dmabuf-pool.json");
    private static final Path RULES = DOCS.resolve("grafana/dmabuf-pool-rules.yml");

    @TempDir
    private Path folder;

    @Test
    void everyPanelHasDataAndAMisspeltOneIsSeen() throws Exception {
        String json = Files.readString(DASHBOARD);
        Dashboard dashboard = Dashboard.parse(json);
        AtomicBoolean over = new AtomicBoolean();
        try (WatchedPools pools = new WatchedPools()) {
            DmaBufPool pool = pools.pool("camera", new MoodyHeap());
            pools.writeSettings(folder, "");
            Thread frames = new Thread(() -> makeFrames(pool, over));
            frames.start();
            try (Prometheus prometheus = Prometheus.start(folder)) {
                Awaitility.await()
                        .atMost(LIMIT)
                        .untilAsserted(() ->
                                assertThat(dashboard.withoutData(prometheus)).isEmpty());
                assertThat(Dashboard.parse(json.replace("dmabuf_pool_windows", "dmabuf_pool_windws"))
                                .withoutData(prometheus))
                        .singleElement()
                        .asString()
                        .startsWith("Windows: ")
                        .endsWith("no data");
                assertThat(Dashboard.parse(json.replace("sum by (order) (", "sum by (order ("))
                                .withoutData(prometheus))
                        .hasSize(2)
                        .allMatch(line -> line.contains("parse error"));
                assertThat(prometheus.query("count by (pool) (dmabuf_pool_memory_max_bytes)"))
                        .as("what the variable 'pool' is filled from")
                        .hasSize(1);
            } finally {
                over.set(true);
                frames.join();
            }
        }
    }

    private static void makeFrames(DmaBufPool pool, AtomicBoolean over) {
        while (!over.get()) {
            try (Slice slice = pool.allocate(100_000)) {
                slice.write().close();
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void dashboardIsWhatGrafanaCanProvision() throws IOException {
        Dashboard dashboard = Dashboard.parse(Files.readString(DASHBOARD));
        JsonNode root = dashboard.root();
        assertThat(root.path("schemaVersion").asInt()).isEqualTo(42);
        assertThat(root.has("__inputs")).as("provisioning ignores it").isFalse();
        assertThat(root.at("/templating/list").findValuesAsText("name")).contains("datasource", "pool");
        assertThat(root.path("panels").findValuesAsText("uid")).containsOnly("${datasource}");
        assertThat(dashboard.panels()).hasSizeGreaterThan(15).allSatisfy(panel -> {
            assertThat(panel.path("description").asText()).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
            assertThat(Dashboard.expressions(panel)).isNotEmpty().allSatisfy(expression -> {
                assertThat(expression).contains("{pool=~\"$pool\"");
                assertThat(matches("\\[(.*?)]", expression)).allMatch("$__rate_interval"::equals);
            });
        });
    }

    @Test
    void rulesAreSoundAndEachHasItsRunbook() throws IOException {
        Promtool check = Promtool.checkRules(RULES.toAbsolutePath());
        assertThat(check.status()).as(check.output()).isZero();
        String rules = Files.readString(RULES);
        Set<String> anchors = matches("(?m)^#+ (.*)$", Files.readString(DOCS.resolve("metrics.md"))).stream()
                .map(heading -> heading.toLowerCase().replace(' ', '-'))
                .collect(Collectors.toSet());
        List<String> runbooks = matches("runbook_url: docs/metrics.md#(.*)", rules);
        assertThat(runbooks).hasSameSizeAs(alertNames(rules));
        assertThat(anchors).containsAll(runbooks);
    }

    @Test
    void everyAlertFiresAndClears() throws Exception {
        String rules = Files.readString(RULES);
        Files.writeString(folder.resolve("rules.yml"), quicker(rules));
        try (WatchedPools pools = new WatchedPools()) {
            pools.writeSettings(folder, "rules.yml");
            List<AlertScene> scenes = AlertScene.all(pools);
            assertThat(scenes).extracting(AlertScene::alert).containsExactlyInAnyOrderElementsOf(alertNames(rules));
            try (Prometheus prometheus = Prometheus.start(folder)) {
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> prometheus
                                        .query("count_over_time(dmabuf_pool_windows[1m]) > 5")
                                        .size()
                                == scenes.size());
                assertThat(firing(prometheus)).as("alerts about pools at rest").isEmpty();

                for (AlertScene scene : scenes) {
                    scene.provoke();
                }
                Set<String> wanted = scenes.stream().map(AlertScene::alert).collect(Collectors.toSet());
                Set<String> seen = new TreeSet<>();
                untilEqual(
                        () -> {
                            seen.addAll(firing(prometheus));
                            return seen;
                        },
                        wanted);

                for (AlertScene scene : scenes) {
                    scene.calm();
                }
                untilEqual(() -> firing(prometheus), Set.of());
            }
        }
    }

    private static void untilEqual(Supplier<Set<String>> actual, Set<String> wanted) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(actual.get()).containsExactlyInAnyOrderElementsOf(wanted));
    }

    /** The rules with minutes made seconds, and the age of a slice that is too old: a test cannot wait that long. */
    private static String quicker(String rules) {
        String quick = rules.replaceAll("for: [1-9][0-9]*m", "for: 1s")
                .replaceAll("\\[[0-9]+m]", "[8s]")
                .replace("age_seconds > 600", "age_seconds > 3");
        assertThat(quick).doesNotContain("[5m]").doesNotContain("600").contains("for: 1s");
        return quick;
    }

    /** The alerts that fire for the pool that is named after them. */
    private static Set<String> firing(Prometheus prometheus) {
        Set<String> names = new TreeSet<>();
        prometheus.alerts().forEach(alert -> {
            String name = alert.at("/labels/alertname").asText();
            if (alert.path("state").asText().equals("firing")
                    && alert.at("/labels/pool").asText().equals(name)) {
                assertThat(alert.at("/annotations/summary").asText())
                        .contains(name)
                        .doesNotContain("{{")
                        .doesNotContain("no value");
                names.add(name);
            }
        });
        return names;
    }

    private static List<String> alertNames(String rules) {
        return matches("- alert: (.*)", rules);
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
