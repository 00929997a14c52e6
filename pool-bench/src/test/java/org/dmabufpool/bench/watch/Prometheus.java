// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A Prometheus server of a test's own, on a free port of the loopback interface. Safe for use by several threads.
 *
 * <p>What it keeps and its log lie in the folder it was started with.
 */
final class Prometheus implements AutoCloseable {
    /** The name of the settings in the folder; paths in them are relative to it. */
    static final String SETTINGS = "prometheus.yml";

    private static final Duration READY_LIMIT = Duration.ofMinutes(1);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path log;
    private final Process process;
    private final URI address;

    private Prometheus(Path log, Process process, URI address) {
        this.log = log;
        this.process = process;
        this.address = address;
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param folder has {@value #SETTINGS}; must be writable
     * @throws AssertionError if the server ends or does not answer; the message has its log
     */
    static Prometheus start(Path folder) {
        Path program = WatchTools.require("prometheus");
        Path log = folder.resolve("prometheus.log");
        String endpoint = "127.0.0.1:" + freePort();
        try {
            Process process = new ProcessBuilder(
                            program.toString(),
                            "--config.file=" + folder.resolve(SETTINGS),
                            "--storage.tsdb.path=" + folder.resolve("data"),
                            "--web.listen-address=" + endpoint,
                            "--web.enable-lifecycle")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Prometheus server = new Prometheus(log, process, URI.create("http://" + endpoint));
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + program, e);
        }
    }

    /** Where the server listens, without a slash at the end. */
    URI address() {
        return address;
    }

    /**
     * The result of an expression now.
     *
     * @param expression in Prometheus' language, such as {@code up}
     * @return one element for each series, with {@code metric} and {@code value}; empty if there is none
     * @throws AssertionError if the server refuses the expression; the message says why
     */
    JsonNode query(String expression) {
        String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        return data(get("/api/v1/query?query=" + encoded)).path("result");
    }

    /** The alerts that are pending or firing now, each with {@code labels}, {@code annotations} and {@code state}. */
    JsonNode alerts() {
        return data(get("/api/v1/alerts")).path("alerts");
    }

    /**
     * Reads the settings and the rules again.
     *
     * @throws AssertionError if they are wrong; the server goes on with the old ones
     */
    void reload() {
        HttpResponse<String> answer = send(
                request("/-/reload").POST(HttpRequest.BodyPublishers.noBody()).build());
        requireOk(answer);
    }

    /** Stops the server. A second call has no effect. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady() {
        try {
            Awaitility.await().atMost(READY_LIMIT).until(() -> !process.isAlive() || isReady());
        } catch (ConditionTimeoutException e) {
            close();
            throw new AssertionError("Prometheus does not answer at " + address + "; its log:\n" + logged(), e);
        }
        if (!process.isAlive()) {
            throw new AssertionError(
                    "Prometheus ended with status " + process.exitValue() + " at its start; its log:\n" + logged());
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            HttpRequest request = request("/-/ready").build();
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    private JsonNode data(HttpResponse<String> answer) {
        requireOk(answer);
        try {
            return JSON.readTree(answer.body()).path("data");
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON from " + answer.uri() + ": " + answer.body(), e);
        }
    }

    private static void requireOk(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new AssertionError("Prometheus answers " + answer.statusCode() + " to "
                    + answer.request().method() + " " + answer.uri() + ": " + answer.body());
        }
    }

    private HttpResponse<String> get(String path) {
        return send(request(path).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(REQUEST_LIMIT);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("no answer from " + request.uri() + "; the server's log:\n" + logged(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + request.uri(), e);
        }
    }

    private String logged() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "(cannot read " + log + ": " + e.getMessage() + ")";
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback interface", e);
        }
    }
}
