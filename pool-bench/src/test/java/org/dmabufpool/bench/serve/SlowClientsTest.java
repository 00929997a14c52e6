// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.dmabufpool.bench.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that are slow, stuck, or too many, at a server in a process of its own. */
class SlowClientsTest {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int OK = 200;
    /** More than may be connected at once. */
    private static final int TOO_MANY = 300;
    /** Slow clients are not sent away while a test lasts: it is not for that that others are answered. */
    private static final String[] NO_TIME_LIMITS = {
        "-Dsun.net.httpserver.maxReqTime=3600", "-Dsun.net.httpserver.maxRspTime=3600"
    };

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Socket> sockets = new ArrayList<>();
    private Process server;
    private URI page;

    private void start(String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("serve", "--port", "0"));
        server = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        page = URI.create(line.replaceFirst(".*(http://\\S+).*", "$1"));
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.destroy();
        server.waitFor();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        // Less than any page has: the server's answer is not sent to its end before it is read.
        socket.setReceiveBufferSize(1);
        socket.connect(new InetSocketAddress(page.getHost(), page.getPort()));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private int status(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(page.resolve(path)).timeout(LIMIT).build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    @Test
    void requestsThatAreHalfSentKeepNobodyWaiting() throws Exception {
        start(NO_TIME_LIMITS);
        for (int i = 0; i < 50; i++) {
            send(connect(), "GET /state HTTP/1.1\r\nHost: local");
        }
        assertThat(status("state")).isEqualTo(OK);
        assertThat(status("metrics")).isEqualTo(OK);
    }

    @Test
    void clientsThatDoNotReadKeepNobodyWaiting() throws Exception {
        start(NO_TIME_LIMITS);
        for (int i = 0; i < 40; i++) {
            connect();
        }
        // The kernel keeps some megabytes for each client.
        for (int round = 0; round < 60; round++) {
            for (Socket socket : sockets) {
                send(socket, "GET /lib/uplot/uPlot.esm.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
        }
        assertThat(status("state")).isEqualTo(OK);
        assertThat(status("metrics")).isEqualTo(OK);
    }

    @Test
    void tooManyAreTurnedAwayAndForgotten() throws Exception {
        start();
        for (int i = 0; i < TOO_MANY; i++) {
            send(connect(), "GET /state HTTP/1.1\r\nHost: local");
        }
        Awaitility.await()
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> status("state") == OK && status("metrics") == OK);
        assertThat(server.isAlive()).isTrue();
    }
}
