// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;
import org.opentest4j.TestAbortedException;

/** The tools see what is there, and each of them sees the fault that is planted for it. */
@ResourceLock("the programs that watch")
class WatchToolsIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String GOOD_RULES = rules("planted_metric > 40");

    @TempDir
    private Path folder;

    private HttpServer site;

    @BeforeEach
    void serve() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.start();
    }

    @AfterEach
    void stopServing() {
        site.stop(0);
    }

    @Test
    void prometheusScrapesAnswersAndFiresAnAlert() throws IOException {
        page("/metrics", "text/plain; version=0.0.4", "planted_metric 42\n");
        Files.writeString(folder.resolve("rules.yml"), rules("planted_metric > 50"));
        writeSettings();
        try (Prometheus prometheus = Prometheus.start(folder)) {
            JsonNode sample = Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> prometheus.query("planted_metric"), result -> !result.isEmpty());
            assertThat(sample.at("/0/value/1").asText()).isEqualTo("42");
            assertThat(prometheus.query("no_such_metric")).isEmpty();
            assertThat(prometheus.alerts()).isEmpty();

            Files.writeString(folder.resolve("rules.yml"), GOOD_RULES);
            prometheus.reload();
            JsonNode alerts = Awaitility.await().atMost(LIMIT).until(prometheus::alerts, found -> !found.isEmpty());
            assertThat(alerts.at("/0/labels/alertname").asText()).isEqualTo("Planted");
        }
    }

    @Test
    void prometheusSaysWhatIsWrong() throws IOException {
        Files.writeString(folder.resolve("rules.yml"), GOOD_RULES);
        writeSettings();
        try (Prometheus prometheus = Prometheus.start(folder)) {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> prometheus.query("sum("))
                    .withMessageContaining("parse error");
            Files.writeString(folder.resolve("rules.yml"), rules("sum("));
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(prometheus::reload)
                    .withMessageContaining("reload");
        }
        Files.writeString(folder.resolve(Prometheus.SETTINGS), "nonsense: true\n");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Prometheus.start(folder))
                .withMessageContaining("nonsense");
    }

    @Test
    void promtoolTellsGoodRulesFromBrokenOnes() throws IOException {
        Path file = folder.resolve("rules.yml");
        Files.writeString(file, GOOD_RULES);
        Promtool good = Promtool.checkRules(file);
        assertThat(good.status()).as(good.output()).isZero();

        Files.writeString(file, rules("sum("));
        Promtool broken = Promtool.checkRules(file);
        assertThat(broken.status()).isNotZero();
        assertThat(broken.output()).contains("parse error");
    }

    @Test
    void promtoolTellsRulesThatFireFromThoseThatDoNot() throws IOException {
        Files.writeString(folder.resolve("rules.yml"), GOOD_RULES);
        Path test = folder.resolve("test.yml");
        Files.writeString(test, ruleTest("42"));
        Promtool fires = Promtool.testRules(test);
        assertThat(fires.status()).as(fires.output()).isZero();

        Files.writeString(test, ruleTest("7"));
        assertThat(Promtool.testRules(test).status()).isNotZero();
    }

    @Test
    void browserReadsAPageAndHearsItsErrors() {
        page("/favicon.ico", "image/x-icon", "");
        page("/well", "text/html", "<!doctype html><p id=word></p><script>word.textContent = 6 * 7</script>");
        page("/ill", "text/html", "<!doctype html><script>console.error('planted'); missing()</script>");
        try (Browser browser = Browser.start()) {
            browser.open(address().resolve("/well"));
            assertThat(browser.driver().findElement(By.id("word")).getText()).isEqualTo("42");
            assertThat(browser.errors()).isEmpty();

            browser.open(address().resolve("/ill"));
            assertThat(browser.errors())
                    .satisfiesExactly(
                            line -> assertThat(line).contains("planted"),
                            line -> assertThat(line).contains("missing is not defined"));
        }
    }

    @Test
    void toolThatIsNotThereFailsWhereItMustBeAndAbortsElsewhere() {
        assertThatThrownBy(() -> WatchTools.require("no-such-tool", folder.toString()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no-such-tool")
                .hasMessageContaining("prepare.sh");
        assertThatThrownBy(() -> WatchTools.require("no-such-tool", null))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("NOT RUN");
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + site.getAddress().getPort());
    }

    private void page(String path, String type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        site.createContext(path, exchange -> {
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private void writeSettings() throws IOException {
        Files.writeString(
                folder.resolve(Prometheus.SETTINGS), """
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: planted
                    static_configs:
                      - targets: ["%s"]
                """.formatted(address().getAuthority()));
    }

    private static String rules(String expression) {
        return """
                groups:
                  - name: planted
                    rules:
                      - alert: Planted
                        expr: %s
                """.formatted(expression);
    }

    private static String ruleTest(String value) {
        return """
                rule_files: [rules.yml]
                evaluation_interval: 1m
                tests:
                  - interval: 1m
                    input_series:
                      - series: planted_metric
                        values: "%1$s %1$s"
                    alert_rule_test:
                      - eval_time: 1m
                        alertname: Planted
                        exp_alerts:
                          - exp_labels: {}
                """.formatted(value);
    }
}
