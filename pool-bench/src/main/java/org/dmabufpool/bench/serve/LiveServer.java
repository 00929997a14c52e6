// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.bench.memory.CloseStack;
import org.dmabufpool.bench.shoot.HeapChoice;
import org.dmabufpool.metrics.DmaBufPoolMetrics;
import org.jspecify.annotations.Nullable;

/**
 * A pool at work, and a small web server that shows it. Safe for use by many threads.
 *
 * <p>Nothing that is asked of the server changes the pool.
 */
public final class LiveServer implements AutoCloseable {

    private static final String POOL_NAME = "live";
    private static final Pattern SINCE = Pattern.compile("since=(\\d{1,18})");
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer http;
    private final DmaBufPool pool;
    private final Runnable closing;

    private LiveServer(HttpServer http, DmaBufPool pool, Runnable closing) {
        this.http = http;
        this.pool = pool;
        this.closing = closing;
    }

    /**
     * Starts to listen, to work and to answer. Where that fails, nothing of it is left.
     *
     * @param heap where the pool's memory comes from
     * @throws IOException if nobody can listen at the address; the message says what to do
     * @throws org.dmabufpool.heap.HeapException if the memory is not available
     * @throws IllegalArgumentException if the pool refuses the budgets, or with them could not serve a part, ever
     */
    public static LiveServer start(ListenAddress address, HeapChoice heap, LiveWork work) throws IOException {
        try (CloseStack parts = new CloseStack()) {
            Map<String, Answer> assets = Assets.load();
            HttpServer http = bind(address);
            parts.push(() -> http.stop(0));
            LatencyWindow latency = new LatencyWindow(Sampler.LATENCY_INTERVALS);
            DmaBufPool pool = pool(heap, work, latency);
            parts.push(pool::close);
            work.checkServed(pool);
            TracePlayer player = new TracePlayer(pool, work);
            parts.push(player::close);
            Sampler sampler = new Sampler(pool, player, latency);
            parts.push(sampler::close);
            StateJson state = new StateJson(System.currentTimeMillis(), heap, player, sampler);
            Map<String, Pages.Page> pages = new LinkedHashMap<>();
            assets.forEach((path, answer) -> pages.put(path, Pages.fixed(answer)));
            pages.put("/state", query -> state(query, sampler, state));
            pages.put("/dump", ifOpen(pool, query -> Answer.of(Answer.JSON, pool.dump())));
            pages.put("/metrics", ifOpen(pool, metrics(pool, parts)));
            answerBy(http, new Pages(pages, address.host().isLoopbackAddress()), parts);
            sampler.start();
            player.start();
            http.start();
            // Again, to be the first that ends: nobody is to be answered from what is half closed.
            parts.push(() -> http.stop(0));
            return new LiveServer(http, pool, parts.keep());
        }
    }

    private static DmaBufPool pool(HeapChoice heap, LiveWork work, LatencyWindow latency) {
        DmaBufPool.Builder builder = DmaBufPool.builder()
                .name(POOL_NAME)
                .heap(heap.heap())
                .capacity(work.capacity())
                .observer(latency);
        for (TagBudget budget : work.budgets()) {
            builder.budget(budget.tag(), budget.guaranteedBytes(), budget.mostBytes());
        }
        return builder.build();
    }

    private static HttpServer bind(ListenAddress address) throws IOException {
        HttpLimits.set();
        try {
            return HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
        } catch (BindException refused) {
            throw new IOException(
                    "cannot listen on port " + address.port() + " of "
                            + address.host().getHostAddress() + " ("
                            + refused.getMessage()
                            + "): end what listens there, or name another port, such as --port 0,"
                            + " which picks a free one",
                    refused);
        }
    }

    private static void answerBy(HttpServer http, Pages pages, CloseStack parts) {
        ExecutorService threads = HttpLimits.threads();
        parts.push(threads::shutdownNow);
        http.setExecutor(threads);
        http.createContext("/", pages);
    }

    private static Answer state(@Nullable String query, Sampler sampler, StateJson json) throws IOException {
        long since = 0;
        if (query != null) {
            Matcher matcher = SINCE.matcher(query);
            if (!matcher.matches()) {
                return Pages.badQuery(query, "write since=N to leave out the history up to snapshot N");
            }
            since = Long.parseLong(matcher.group(1));
        }
        Optional<Sampler.View> view = sampler.view(since);
        return view.isPresent() ? Answer.of(Answer.JSON, json.write(view.get())) : poolIsClosed();
    }

    private static Pages.Page ifOpen(DmaBufPool pool, Pages.Page page) {
        return query -> {
            if (query != null) {
                return Pages.badQuery(query, "this page takes none");
            }
            return pool.isClosed() ? poolIsClosed() : page.answer(null);
        };
    }

    private static Answer poolIsClosed() {
        return Answer.problem(Answer.UNAVAILABLE, "the pool is closed: there is nothing to show any more");
    }

    private static Pages.Page metrics(DmaBufPool pool, CloseStack parts) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        parts.push(registry::close);
        DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool);
        metrics.bindTo(registry);
        parts.push(metrics::close);
        return query -> Answer.of(METRICS_TYPE, registry.scrape());
    }

    /** Where the page is. */
    public URI address() {
        InetSocketAddress address = http.getAddress();
        String host = address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/");
    }

    /** The pool that is shown; it belongs to the server. */
    public DmaBufPool pool() {
        return pool;
    }

    /** Waits until somebody closes the server. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /** Ends server and work, and closes the pool. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed.getCount() > 0) {
            closing.run();
            closed.countDown();
        }
    }
}
