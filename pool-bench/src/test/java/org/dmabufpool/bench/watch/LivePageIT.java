// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.dmabufpool.bench.serve.ListenAddress;
import org.dmabufpool.bench.serve.LiveServer;
import org.dmabufpool.bench.serve.LiveWork;
import org.dmabufpool.bench.shoot.HeapChoice;
import org.dmabufpool.bench.text.Words;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.TakesScreenshot;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chromium.ChromiumDriver;

/** The page of serve in a real browser. */
@ResourceLock("the programs that watch")
class LivePageIT {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    /** Long enough for several looks of a page that works. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long CAPACITY = 256 << 20;
    private static final int SPEED = 2;
    private static final int PHONE_WIDTH = 360;
    private static final int MANY_SNAPSHOTS = 60;
    private static final int BUSY_SLICES = 15;
    /** A quarter of the capacity each. */
    private static final String REGIONS = """
            [{"state": "retiring", "offset": 0, "length": 67108864, "requested": 60000000, "tag": "raw", "ageMillis": 9000,
              "waitsFor": "loans", "loans": [{"borrower": "camera <b>", "direction": "WRITE", "ageMillis": 2000},
              {"borrower": "gpu", "direction": "READ_WRITE", "ageMillis": 0}]},
             {"state": "slice", "offset": 67108864, "length": 67108864, "requested": 60000000, "tag": "yuv",
              "ageMillis": 9000, "handle": 1, "access": "reading", "owners": 2,
              "loans": [{"borrower": "encoder", "direction": "READ", "ageMillis": 500}]},
             {"state": "quarantined", "offset": 134217728, "length": 67108864},
             {"state": "hole", "offset": 201326592, "length": 67108864}]
            """;

    private static final String BUDGETS = """
            [{"tag": "raw", "guaranteedBytes": 25165824, "mostBytes": 67108864, "usedBytes": 33554432,
              "guaranteedFreeBytes": 1048576},
             {"tag": "a <b>", "guaranteedBytes": 0, "mostBytes": 1000, "usedBytes": 0, "guaranteedFreeBytes": 0}]
            """;

    private static final Path PICTURES = Path.of("target/live-page");

    private final HttpClient client = HttpClient.newHttpClient();
    private LiveServer server;
    private Browser browser;

    @BeforeEach
    void open() throws IOException {
        server = start(0);
        browser = Browser.start();
        window(1200, 900, 1);
        browser.open(server.address());
        awaitSnapshot(0);
    }

    @AfterEach
    void close() {
        browser.close();
        server.close();
    }

    private static LiveServer start(int port) throws IOException {
        return LiveServer.start(
                ListenAddress.of("127.0.0.1", port, false),
                HeapChoice.of(
                        "memfd",
                        false), // the model would take three times as much, which goes back when it is collected
                LiveWork.ofGenerator("camera/1", CAPACITY, SPEED));
    }

    @Test
    void mapAndNumbersMove() {
        assertThat(moves()).isTrue();
        assertThat(browser.errors()).isEmpty();
    }

    /** A server in between that has one state only: the check above must see that. */
    @Test
    void pageWhoseNumbersAreFrozenIsSeenNotToMove() throws IOException {
        HttpServer freezer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Map<String, HttpResponse<byte[]>> kept = new ConcurrentHashMap<>();
        freezer.createContext("/", exchange -> passOn(exchange, kept));
        freezer.start();
        try {
            browser.open(URI.create("http://127.0.0.1:" + freezer.getAddress().getPort() + "/"));
            awaitSnapshot(0);
            assertThat(moves()).isFalse();
        } finally {
            freezer.stop(0);
        }
    }

    /** The server's own work lends nothing; so a server in between says that it does. */
    @Test
    void whatIsRetiringOrLentIsDrawnAndSaid() throws IOException {
        HttpServer lender = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        lender.createContext("/", exchange -> passOn(exchange, with("regions", REGIONS)));
        lender.start();
        try {
            browser.open(URI.create("http://127.0.0.1:" + lender.getAddress().getPort() + "/"));
            awaitSnapshot(0);
            WebElement map = browser.driver().findElement(By.id("map"));
            map.sendKeys(Keys.HOME);
            assertThat(pointed())
                    .isEqualTo("retiring, waits for loans: raw, 64 MiB (67,108,864) at offset 0,"
                            + " camera <b> writes it for 2.0 s, gpu reads and writes it for 0.0 s");
            map.sendKeys(Keys.ARROW_RIGHT);
            assertThat(pointed()).endsWith("access: reading, 2 owners, encoder reads it for 0.5 s");
            map.sendKeys(Keys.ESCAPE);
            assertThat(inks(0, 10)).as("stripes").hasSizeGreaterThan(2);
            assertThat(inks(0, 13)).as("a bar below").hasSize(1).isEqualTo(inks(6, 13));
            assertThat(inks(6, 5)).as("no stripes").hasSize(1).isNotEqualTo(inks(6, 13));
            assertThat(inks(12, 10)).as("stripes of another colour").hasSizeGreaterThan(2);
            assertThat(inks(12, 10)).isNotEqualTo(inks(0, 10));
            assertThat(browser.errors()).isEmpty();
        } finally {
            lender.stop(0);
        }
    }

    /** The server has no budgets; so a server in between says that it does. */
    @Test
    void budgetsAreShownWhereThereAreSome() throws IOException {
        assertThat(budgets().isDisplayed()).isFalse();
        HttpServer giver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        giver.createContext("/", exchange -> passOn(exchange, with("budgets", BUDGETS)));
        giver.start();
        try {
            for (int width : new int[] {1200, PHONE_WIDTH}) {
                window(width, 900, 1);
                browser.open(URI.create("http://127.0.0.1:" + giver.getAddress().getPort() + "/"));
                awaitSnapshot(0);
                assertThat(budgets().isDisplayed()).isTrue();
                assertThat(cells())
                        .isEqualTo(List.of(
                                List.of("raw", "32 MiB", "64 MiB", "24 MiB, 1 MiB free"),
                                List.of("a <b>", "0 B", "1000 B", "none")));
                assertThat(shareOfBar("used", "width")).isCloseTo(0.5, within(0.02));
                assertThat(shareOfBar("guaranteed", "left")).isCloseTo(0.375, within(0.02));
                assertThat(budgets().findElements(By.className("guaranteed"))).hasSize(1);
                assertThat(script("const page = document.documentElement; return page.scrollWidth - page.clientWidth"))
                        .isEqualTo(0L);
            }
            assertThat(budgets().getText()).endsWith("0 requests have failed as a budget was used up.");
            assertThat(browser.errors()).isEmpty();
        } finally {
            giver.stop(0);
        }
    }

    private WebElement budgets() {
        return browser.driver().findElement(By.id("budgets-section"));
    }

    /** The texts of the budgets' rows, taken at one moment. */
    private Object cells() {
        return script("return [...document.getElementById('budgets').rows].map("
                + "row => [...row.cells].map(cell => cell.textContent))");
    }

    /** How wide a part of the first bar is, or how far from its beginning, as a share of the bar's length. */
    private double shareOfBar(String part, String what) {
        return ((Number) script("const bar = document.querySelector('#budgets .bar').getBoundingClientRect();"
                        + "const part = document.querySelector('#budgets ." + part + "').getBoundingClientRect();"
                        + "return ('" + what + "' === 'left' ? part.left - bar.left : part.width) / bar.width"))
                .doubleValue();
    }

    /** Puts something else into a field of the state. */
    private static BiFunction<String, byte[], byte[]> with(String field, String json) {
        return (path, body) -> path.equals("/state") ? replaced(body, field, json) : body;
    }

    private static byte[] replaced(byte[] body, String field, String json) {
        try {
            ObjectNode state = (ObjectNode) new ObjectMapper().readTree(body);
            state.set(field, new ObjectMapper().readTree(json));
            return state.toString().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The colours of a line of pixels, right of the labels, in a row of the map. */
    @SuppressWarnings("unchecked")
    private Set<String> inks(int row, int line) {
        return new TreeSet<>((List<String>) script("const pen = document.getElementById('map').getContext('2d');"
                + "const pixels = pen.getImageData(300, " + (18 * row + line) + ", 200, 1).data;"
                + "return Array.from({length: 200}, (_, i) => pixels.slice(4 * i, 4 * i + 3).join(' '))"));
    }

    @Test
    void numbersAreThoseOfTheSnapshotThatThePageNames() throws Exception {
        for (int round = 0; round < 3; round++) {
            Shown shown = shown();
            JsonNode history = state(shown.sequence() - 1).get("history");
            JsonNode row = history.at("/rows/0");
            assertThat(row.get(0).asLong()).isEqualTo(shown.sequence());
            assertThat(shown.values())
                    .hasSizeGreaterThan(15)
                    .allSatisfy((name, value) -> assertThat(Double.parseDouble(value))
                            .as(name)
                            .isEqualTo(row.get(column(history, name)).asDouble()));
            assertThat(shown.texts().get("usedBytes"))
                    .isEqualTo(Words.bytes(row.get(column(history, "usedBytes")).asLong()));
            assertThat(shown.texts().get("allocations").replace(",", ""))
                    .isEqualTo(row.get(column(history, "allocations")).asText());
            assertThat(shown.mapSequence()).isEqualTo(shown.sequence());
            awaitSnapshot(shown.sequence());
        }
    }

    @Test
    void pageGoesOnAfterTheServerWasAway() throws IOException {
        String first = body("started");
        int port = server.address().getPort();
        server.close();
        awaitStatus("connection lost, trying again");
        List<String> before = browser.errors();
        assertThat(before).isNotEmpty().allMatch(LivePageIT::isOfTheNetwork);

        server = start(port);
        awaitStatus("live");
        assertThat(body("started")).isNotEqualTo(first);
        assertThat(moves()).isTrue();
        assertThat(browser.errors()).allMatch(LivePageIT::isOfTheNetwork);
    }

    @Test
    void keyPausesAndGoesOn() {
        browser.driver().findElement(By.tagName("body")).sendKeys("p");
        awaitStatus("paused");
        assertThat(button().getAttribute("aria-pressed")).isEqualTo("true");
        assertThat(moves()).isFalse();
        browser.driver().findElement(By.tagName("body")).sendKeys("p");
        awaitStatus("live");
        assertThat(moves()).isTrue();
        button().click();
        awaitStatus("paused");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void keyboardReachesAllThatCanBeUsedAndSeesWhereItIs() {
        for (String id : List.of("refresh", "pause", "map")) {
            browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
            WebElement focused = browser.driver().switchTo().activeElement();
            assertThat(focused.getAttribute("id")).isEqualTo(id);
            assertThat(focused.getCssValue("outline-style")).isEqualTo("solid");
        }
        WebElement map = browser.driver().findElement(By.id("map"));
        map.sendKeys(Keys.HOME);
        String first = pointed();
        assertThat(first).contains("at offset 0").containsAnyOf("held for", "hole");
        map.sendKeys(Keys.ARROW_RIGHT);
        assertThat(pointed()).isNotEqualTo(first).contains("at offset");
        map.sendKeys(Keys.ESCAPE);
        assertThat(pointed()).isEmpty();
    }

    @Test
    void pointingTellsWhatLiesThere() {
        String state = (String) script("const canvas = document.getElementById('map');"
                + "const box = canvas.getBoundingClientRect();"
                + "canvas.dispatchEvent(new PointerEvent('pointermove',"
                + " {clientX: box.left + 1, clientY: box.top + 1}));"
                + "return document.getElementById('pointed').textContent");
        assertThat(state).contains("at offset 0");
    }

    @Test
    void fitsAPhone() {
        window(PHONE_WIDTH, 800, 2);
        browser.open(server.address());
        awaitSnapshot(0);
        assertThat(script("return innerWidth")).isEqualTo((long) PHONE_WIDTH);
        assertThat(script("return document.documentElement.scrollWidth")).isEqualTo((long) PHONE_WIDTH);
        assertThat(moves()).isTrue();
        assertThat(browser.errors()).isEmpty();
    }

    /** For people, who look at them; kept in docs/images. */
    @Test
    void picturesAreTaken() throws IOException {
        awaitSnapshot(MANY_SNAPSHOTS);
        picture("light", 1200);
        colours("dark");
        picture("dark", 1200);
        colours("light");
        picture("phone", PHONE_WIDTH);
        assertThat(browser.errors()).isEmpty();
    }

    /** Taken when there is something to see. */
    private void picture(String name, int width) throws IOException {
        window(width, 900, 1);
        awaitSnapshot(shown().sequence());
        long height = (Long) script("return document.documentElement.scrollHeight");
        window(width, (int) height, 1);
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> Double.parseDouble(shown().values().get("openSlices")) >= BUSY_SLICES
                        && Double.parseDouble(shown().values().get("usedBytes")) > CAPACITY / 4.0);
        byte[] png = ((TakesScreenshot) browser.driver()).getScreenshotAs(OutputType.BYTES);
        Files.createDirectories(PICTURES);
        Files.write(PICTURES.resolve("live-" + name + ".png"), png);
        assertThat(png.length).isBetween(10_000, 200_000);
    }

    /** Whether both the map's pixels and the numbers change within a while. */
    private boolean moves() {
        Shown before = shown();
        String pixels = pixels();
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !pixels.equals(pixels())
                            && !before.values()
                                    .get("allocations")
                                    .equals(shown().values().get("allocations")));
            return true;
        } catch (ConditionTimeoutException frozen) {
            return false;
        }
    }

    private String pixels() {
        return (String) script("return document.getElementById('map').toDataURL()");
    }

    /** What the page shows, all of it at one moment. */
    private record Shown(long sequence, long mapSequence, Map<String, String> values, Map<String, String> texts) {}

    @SuppressWarnings("unchecked")
    private Shown shown() {
        Map<String, Object> page =
                (Map<String, Object>) script("const all = [...document.querySelectorAll('[data-figure]')];"
                        + "const by = what => Object.fromEntries(all.map(e => [e.dataset.figure, what(e)]));"
                        + "return {sequence: Number(document.body.dataset.sequence),"
                        + " map: Number(document.getElementById('map').dataset.sequence),"
                        + " values: by(e => e.dataset.value), texts: by(e => e.textContent)}");
        return new Shown(
                (Long) page.get("sequence"), (Long) page.get("map"), (Map<String, String>) page.get("values"), (Map<
                                String, String>)
                        page.get("texts"));
    }

    private void awaitSnapshot(long after) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> body("sequence"), now -> now != null && Long.parseLong(now) > after);
    }

    private void awaitStatus(String text) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> browser.driver().findElement(By.id("status")).getText(), text::equals);
    }

    private String body(String data) {
        return (String) script("return document.body.dataset." + data + " ?? null");
    }

    private String pointed() {
        return browser.driver().findElement(By.id("pointed")).getText();
    }

    private WebElement button() {
        return browser.driver().findElement(By.id("pause"));
    }

    private Object script(String text) {
        return ((JavascriptExecutor) browser.driver()).executeScript(text);
    }

    private void window(int width, int height, int scale) {
        devtools(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", width == PHONE_WIDTH));
    }

    private void colours(String scheme) {
        devtools(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    private void devtools(String command, Map<String, Object> arguments) {
        ((ChromiumDriver) browser.driver()).executeCdpCommand(command, arguments);
    }

    private static boolean isOfTheNetwork(String error) {
        return error.contains("net::ERR_");
    }

    private JsonNode state(long since) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("/state?since=" + since))
                .build();
        return new ObjectMapper()
                .readTree(client.send(request, BodyHandlers.ofString()).body());
    }

    private static int column(JsonNode history, String name) {
        JsonNode columns = history.get("columns");
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).asText().equals(name)) {
                return i;
            }
        }
        throw new AssertionError("the history has no column " + name + ": " + columns);
    }

    private void passOn(HttpExchange exchange, Map<String, HttpResponse<byte[]>> kept) throws IOException {
        String path = exchange.getRequestURI().getPath();
        HttpResponse<byte[]> answer = kept.computeIfAbsent(path, this::fetch);
        send(exchange, answer, answer.body());
    }

    private void passOn(HttpExchange exchange, BiFunction<String, byte[], byte[]> change) throws IOException {
        String path = exchange.getRequestURI().getPath();
        HttpResponse<byte[]> answer = fetch(path);
        send(exchange, answer, change.apply(path, answer.body()));
    }

    private static void send(HttpExchange exchange, HttpResponse<byte[]> answer, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Type",
                            answer.headers().firstValue("Content-Type").orElseThrow());
            exchange.sendResponseHeaders(answer.statusCode(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private HttpResponse<byte[]> fetch(String path) {
        try {
            return client.send(
                    HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
