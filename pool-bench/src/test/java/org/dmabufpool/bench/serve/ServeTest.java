// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.dmabufpool.OpenSlicesException;
import org.dmabufpool.bench.cli.Cli;
import org.dmabufpool.bench.shoot.HeapChoice;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServeTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final long CAPACITY = 64 << 20;
    private static final int STATUS_OK = 200;

    private final HttpClient client = HttpClient.newHttpClient();
    private static LiveServer shared;
    /** The shared one, but for tests that start one of their own. */
    private LiveServer server = shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startShared() throws IOException {
        shared = start(0);
    }

    @AfterAll
    static void stopShared() {
        shared.close();
    }

    @AfterEach
    void stopOwn() {
        if (server != shared) {
            server.close();
        }
    }

    private static LiveServer start(int port) throws IOException {
        return LiveServer.start(
                ListenAddress.of("127.0.0.1", port, false),
                HeapChoice.of("model", false),
                LiveWork.ofGenerator("camera/2", CAPACITY, 10));
    }

    @ParameterizedTest
    @CsvSource({
        "'',text/html; charset=utf-8,A pool at work",
        "page.css,text/css; charset=utf-8,prefers-color-scheme",
        "page.js,text/javascript; charset=utf-8,uPlot",
        "icon.svg,image/svg+xml,<svg",
        "lib/uplot/uPlot.esm.js,text/javascript; charset=utf-8,export",
        "lib/uplot/uPlot.min.css,text/css; charset=utf-8,.uplot",
        "lib/uplot/LICENSE,text/plain; charset=utf-8,MIT License",
        "state,application/json,dmabuf-pool-state",
        "dump,application/json,dmabuf-pool-dump",
        "metrics,text/plain; version=0.0.4; charset=utf-8,# TYPE",
    })
    void everyPathHasItsContents(String path, String type, String part) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(STATUS_OK);
        assertThat(answer.headers().firstValue("Content-Type")).contains(type);
        assertThat(answer.body()).contains(part);
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'self'")
                        .doesNotContain("unsafe"));

        HttpResponse<String> head = send(request(path).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(STATUS_OK);
        assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isPositive();
        assertThat(head.body()).isEmpty();
    }

    @Test
    void pageNamesNoOtherSite() throws Exception {
        for (String path : new String[] {"", "page.css", "page.js"}) {
            assertThat(get(path).body()).as(path).doesNotContain("http:", "https:", "//cdn");
        }
    }

    @Test
    void figuresOfASnapshotFitTogether() throws Exception {
        JsonNode state = Awaitility.await()
                .atMost(LIMIT)
                .until(this::state, now -> now.at("/figures/releases").asLong() > 0);
        JsonNode figures = state.get("figures");
        long capacity = state.at("/pool/capacityBytes").asLong();
        assertThat(capacity).isEqualTo(CAPACITY);
        assertThat(sum(state.get("regions"), "length", "")).isEqualTo(capacity);
        assertThat(sum(state.get("regions"), "length", "slice")).isEqualTo(number(figures, "usedBytes"));
        assertThat(sum(state.get("regions"), "length", "hole")).isEqualTo(number(figures, "freeBytes"));
        assertThat(sum(state.get("tags"), "reservedBytes", "")).isEqualTo(number(figures, "usedBytes"));
        assertThat(number(figures, "allocations") - number(figures, "releases"))
                .isEqualTo(number(figures, "openSlices"));
        assertThat(number(figures, "syncBytes")).isPositive();
        assertThat(number(figures, "syncBytesAsked")).isPositive();
        assertThat(number(figures, "latencyP50Nanos")).isPositive();
        assertThat(number(figures, "latencyP999Nanos")).isGreaterThanOrEqualTo(number(figures, "latencyP50Nanos"));
        assertThat(state.get("tags").findValuesAsText("tag")).contains("metadata");
        assertThat(state.at("/workload/problem").isNull()).isTrue();
    }

    @Test
    void budgetsOfASnapshotAreThePools() throws Exception {
        assertThat(state().get("budgets")).isEmpty();

        server = LiveServer.start(
                ListenAddress.of("127.0.0.1", 0, false),
                HeapChoice.of("model", false),
                LiveWork.ofGenerator("camera/2", CAPACITY, 10)
                        .withBudgets(List.of(
                                new TagBudget("preview", 4 << 20, 6 << 20), new TagBudget("nobody's", 0, 4096))));
        JsonNode state = Awaitility.await()
                .atMost(LIMIT)
                .until(this::state, now -> now.at("/figures/overBudget").asLong() > 0);
        JsonNode preview = state.at("/budgets/0");
        assertThat(preview.get("tag").asText()).isEqualTo("preview");
        assertThat(number(preview, "guaranteedBytes")).isEqualTo(4 << 20);
        assertThat(number(preview, "mostBytes")).isEqualTo(6 << 20);
        assertThat(number(preview, "usedBytes")).isBetween(0L, 6L << 20);
        assertThat(number(preview, "guaranteedFreeBytes"))
                .isBetween((4L << 20) - number(preview, "usedBytes"), 4L << 20);
        assertThat(state.at("/budgets/1").toString())
                .isEqualTo("{\"tag\":\"nobody's\",\"guaranteedBytes\":0,\"mostBytes\":4096,\"usedBytes\":0,"
                        + "\"guaranteedFreeBytes\":0}");
        assertThat(state.get("budgets")).hasSize(2);

        JsonNode figures = state.get("figures");
        assertThat(number(figures, "failures"))
                .isEqualTo(number(figures, "exhausted")
                        + number(figures, "fragmented")
                        + number(figures, "overBudget")
                        + number(figures, "invalid"));
        assertThat(number(figures, "heldBytes")).as("nobody waits").isZero();
        assertThat(state.at("/workload/problem").isNull()).isTrue();
    }

    @Test
    void historyGoesOnFromWhereOneLeftOff() throws Exception {
        server = start(0);
        JsonNode late = Awaitility.await()
                .atMost(LIMIT)
                .until(this::state, now -> now.get("sequence").asLong() > 3);
        JsonNode rows = late.at("/history/rows");
        long sequence = late.get("sequence").asLong();
        assertThat(rows).hasSize((int) sequence);
        assertThat(rows.get(0).get(0).asLong()).isEqualTo(1);
        JsonNode columns = late.at("/history/columns");
        JsonNode last = rows.get(rows.size() - 1);
        for (int i = 2; i < columns.size(); i++) {
            assertThat(last.get(i))
                    .isEqualTo(late.get("figures").get(columns.get(i).asText()));
        }

        JsonNode since = json(get("state?since=" + sequence));
        for (JsonNode row : since.at("/history/rows")) {
            assertThat(row.get(0).asLong()).isGreaterThan(sequence);
        }
    }

    @Test
    void metricsAreThePools() throws Exception {
        assertThat(get("metrics").body())
                .contains("pool=\"live\"")
                .containsPattern("(?m)^dmabuf_pool_\\S*bytes\\S*\\{.*\\} \\S+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state?since=",
                "state?since=-1",
                "state?since=soon",
                "state?until=3",
                "dump?x",
                "?x=1",
                "state?since=99999999999999999999"
            })
    void queriesThatMeanNothingAreRefused(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("the query '").contains("is not understood");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void nothingCanBeChanged(String method) throws Exception {
        HttpResponse<String> answer = send(request("state").method(method, BodyPublishers.ofString("x")));
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(answer.body()).contains(method);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nothing", "lib/uplot/", "lib/uplot/../../page.js", "page.html", "state/", "%2e%2e/etc/passwd"})
    void unknownPathsAreToldWhatThereIs(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("/state", "/dump", "/metrics");
    }

    @Test
    void namesThatAreNotThisMachinesAreRefused() throws Exception {
        assertThat(raw("GET /state HTTP/1.1\r\nHost: evil.example\r\n")).startsWith("HTTP/1.1 403");
        assertThat(raw("GET /state HTTP/1.1\r\nHost: 127.0.0.1.evil.example:80\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("GET /state HTTP/1.0\r\n")).contains(" 403 ");
        assertThat(raw("GET /state HTTP/1.1\r\nHost: localhost:1234\r\n")).startsWith("HTTP/1.1 200");
        assertThat(raw("GET /state HTTP/1.1\r\nHost: [::1]\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void closedPoolIsSaidToBeClosed() throws Exception {
        server = start(0);
        try {
            server.pool().close();
        } catch (OpenSlicesException expected) {
            assertThat(server.pool().isClosed()).isTrue();
        }
        for (String path : new String[] {"state", "dump", "metrics"}) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.body()).contains("the pool is closed");
        }
        assertThat(get("").statusCode()).isEqualTo(STATUS_OK);
    }

    @Test
    void closeLeavesNothing() throws Exception {
        server = start(0);
        int port = server.address().getPort();
        server.close();
        server.close();
        server.awaitClosed();
        assertThat(server.pool().isClosed()).isTrue();
        assertThat(server.pool().statistics().openSlices()).isZero();
        server = start(port);
        assertThat(get("state").statusCode()).isEqualTo(STATUS_OK);
    }

    @Test
    void signalEndsTheCommandAndFreesThePort() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.dmabufpool.bench.Main",
                        "serve",
                        "--port",
                        "0",
                        "--capacity",
                        "32M")
                .redirectError(ProcessBuilder.Redirect.INHERIT) // the tests' class path has its own to say there
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            Matcher address = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/").matcher(line);
            assertThat(address.find()).as(line).isTrue();
            HttpRequest request = HttpRequest.newBuilder(URI.create(address.group() + "state"))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(STATUS_OK);
            process.toHandle().destroy(); // which leaves its output open
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(out.readLine()).isNull();
            new ServerSocket(Integer.parseInt(address.group(1)), 1, InetAddress.getLoopbackAddress()).close();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void portInUseIsSaidInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            Cli cli = Cli.run("serve", "--port", port, "--capacity", "32M");
            assertThat(cli.code()).isEqualTo(1);
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err().lines()).singleElement().asString().contains(port, "--port 0");
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("HTTP-Dispatcher"))
                    .hasSize(1); // that of this test's own server
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--host 0.0.0.0,--allow-remote",
        "--host no.such.host.invalid,is not known here",
        "--port 65536,0 to 65535",
        "--port -1,0 to 65535",
        "--speed 0,0.01 to 1000",
        "--speed NaN,0.01 to 1000",
        "--capacity 1M,smaller than the largest part",
        "--camera film,there is no kind of trace 'film'",
        "--camera camera/x,a seed is a whole number",
        "--heap none,there is no heap 'none'",
        "--trace a --camera b,mutually exclusive",
        "--budget raw,raw' is no budget: write TAG=GUARANTEED:MOST",
        "--budget =1M:2M,=1M:2M' is no budget",
        "--budget raw=1M,raw=1M' is no budget",
        "--budget raw=1M:2M:3M,raw=1M:2M:3M' is no budget",
        "--budget raw=1M:much,much' is no number of bytes: write 256M",
        "--budget raw=-1:1M,-1' is no number of bytes",
        "--budget raw=99999999T:1M,99999999T' is more bytes than there are",
        "--budget raw=2M:1M,the budget of tag 'raw' guarantees 2097152 bytes and allows 1048576: guarantee",
        "--budget raw=0:0,the budget of tag 'raw' guarantees 0 bytes and allows 0",
        "--budget raw=1M:2M --budget raw=1M:2M,tag 'raw' has two budgets: name one --budget for each tag",
        "--capacity 256M --budget raw=0:1M --budget yuv=256M:256M,tag 'yuv' guarantees 268435456 bytes of the 268435456 that no --budget",
        "--capacity 256M --budget raw=200M:1G --budget yuv=56M:1G,tag 'yuv' guarantees 58720256 bytes of the 58720256 that no --budget",
        "--capacity 64M --budget raw=1M:8M,the budgets leave no place for it: allow",
        "--capacity 64M --budget nobody=60M:64M,the budgets leave no place for it",
        "--capacity 256M --budget raw=9223372036854775807:9223372036854775807,ask for more than --capacity 268435456",
    })
    @Timeout(value = 3, unit = TimeUnit.MINUTES) // A line that is not wrong starts a server.
    void wrongCommandLinesAreSaidInOneLine(String arguments, String message) {
        String port = arguments.startsWith("--port") ? "" : "--port 0 ";
        Cli cli = Cli.run(("serve " + port + arguments).split(" "));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().lines()).singleElement().asString().contains(message);
    }

    @Test
    void traceThatIsNoneIsSaidWithItsLineBeforeAnythingStarts() throws IOException {
        Path file = Files.writeString(folder.resolve("cut.trace"), "a,1,4096\na,2");
        Cli cli = Cli.run("serve", "--port", "0", "--trace", file.toString());
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().lines()).singleElement().asString().contains("cut.trace, line 2");
        assertThat(Cli.run(
                                "serve",
                                "--port",
                                "0",
                                "--trace",
                                folder.resolve("none").toString())
                        .code())
                .isEqualTo(1);
    }

    @Test
    void otherAddressesAreForThoseWhoAskForThem() {
        assertThatThrownBy(() -> ListenAddress.of("0.0.0.0", 0, false)).hasMessageContaining("no password");
        assertThat(ListenAddress.of("0.0.0.0", 0, true).host().isAnyLocalAddress())
                .isTrue();
        assertThat(ListenAddress.of("localhost", 0, false).host().isLoopbackAddress())
                .isTrue();
    }

    @Test
    void traceOfAFileIsPlayedOverAndOver() throws Exception {
        Path file = Files.writeString(folder.resolve("small.trace"), "a,1,4096\na,2,3000000,65536\nf,1\n");
        server = LiveServer.start(
                ListenAddress.of("127.0.0.1", 0, false),
                HeapChoice.of("model", false),
                LiveWork.ofFile(file, 8L << 20, 10));
        JsonNode state = Awaitility.await()
                .atMost(LIMIT)
                .until(
                        this::state,
                        now -> now.at("/workload/rounds").asLong() > 3
                                && now.at("/figures/openSlices").asLong() > 0);
        assertThat(state.at("/workload/trace").asText()).isEqualTo("small.trace");
        assertThat(state.at("/figures/openSlices").asLong()).isLessThanOrEqualTo(2);
        assertThat(state.get("tags").findValuesAsText("tag")).isSubsetOf("up to 4 KiB", "up to 16 MiB");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.address() + path)).timeout(LIMIT);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends what a client of Java's would not, and reads to the end. */
    private String raw(String head) throws IOException {
        try (Socket socket =
                new Socket(server.address().getHost(), server.address().getPort())) {
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private JsonNode state() throws Exception {
        return json(get("state"));
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    private static long number(JsonNode figures, String name) {
        return figures.get(name).asLong();
    }

    private static long sum(JsonNode all, String field, String state) {
        long sum = 0;
        for (JsonNode each : all) {
            if (state.isEmpty() || each.get("state").asText().equals(state)) {
                sum += each.get(field).asLong();
            }
        }
        return sum;
    }
}
