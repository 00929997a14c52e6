// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers requests: who may ask, by which method, for what. Safe for use by many threads. */
final class Pages implements HttpHandler {

    private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
    /** No script, style or request but the server's own. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Map<String, Page> pages;
    private final boolean loopbackOnly;

    /**
     * Pages by their paths.
     *
     * @param loopbackOnly whether to answer only those who know the server as this machine: a page from elsewhere whose
     *     name was made to resolve to this machine is refused
     */
    Pages(Map<String, Page> pages, boolean loopbackOnly) {
        this.pages = pages;
        this.loopbackOnly = loopbackOnly;
    }

    /** What lies at a path. */
    interface Page {
        /**
         * Answers a request.
         *
         * @param query what follows the question mark; null where there is none
         */
        Answer answer(@Nullable String query) throws IOException;
    }

    /** A page that never changes. */
    static Page fixed(Answer answer) {
        return query -> query == null ? answer : badQuery(query, "this page takes none");
    }

    static Answer badQuery(String query, String why) {
        return Answer.problem(Answer.BAD_REQUEST, "the query '" + query + "' is not understood: " + why);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Answer answer(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (loopbackOnly && !isLoopback(host)) {
            return Answer.problem(
                    Answer.FORBIDDEN,
                    "this server answers to "
                            + String.join(", ", LOOPBACK_NAMES.stream().sorted().toList())
                            + " only, and was asked for as '" + host + "': open it by one of those names");
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Answer.problem(Answer.BAD_METHOD, "there is GET and HEAD here, not " + method);
        }
        return answer(exchange.getRequestURI());
    }

    private Answer answer(URI uri) {
        Page page = pages.get(uri.getPath());
        if (page == null) {
            return Answer.problem(
                    Answer.NOT_FOUND,
                    "there is nothing at " + uri.getPath() + "; there are:\n  " + String.join("\n  ", pages.keySet()));
        }
        try {
            return page.answer(uri.getRawQuery());
        } catch (IOException | RuntimeException failure) {
            return Answer.problem(Answer.FAILED, uri.getPath() + " could not be made: " + failure);
        }
    }

    private static boolean isLoopback(@Nullable String host) {
        if (host == null) {
            return false;
        }
        int port = host.lastIndexOf(':');
        return LOOPBACK_NAMES.contains(host) || (port > 0 && LOOPBACK_NAMES.contains(host.substring(0, port)));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.type());
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
