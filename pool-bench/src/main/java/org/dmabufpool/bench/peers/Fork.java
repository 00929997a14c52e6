// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * The forked JVM: one contender, one workload, warm and waiting.
 *
 * <p>It says {@link #READY}, or {@link #REFUSED} and why; then answers each {@link #ROUND} with a {@link Sample} as a line
 * of JSON, until its standard input ends.
 */
public final class Fork {

    static final String READY = "ready";
    static final String REFUSED = "refused ";
    static final String ROUND = "round";

    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final int slots;
    private int pairs = Integer.MAX_VALUE;

    private Fork(Peer peer, Workload workload, int threadCount) throws InterruptedException, ExecutionException {
        Contender contender = peer.open(workload.capacity());
        slots = workload.live() / threadCount;
        for (int i = 0; i < threadCount; i++) {
            int seed = i;
            ExecutorService thread = Executors.newSingleThreadExecutor();
            threads.add(thread);
            workers.add(thread.submit(() -> filled(contender, workload, seed)).get());
        }
    }

    private Worker filled(Contender contender, Workload workload, long seed) {
        Worker worker = new Worker(contender.lane(Worker.room(slots)), workload, slots, seed);
        worker.fill(slots);
        return worker;
    }

    /**
     * Runs.
     *
     * @param arguments peer, workload, threads, milliseconds of warm-up, milliseconds of a batch
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        // What libraries print is not part of the conversation.
        PrintStream out = System.out;
        System.setOut(System.err);
        try {
            Fork fork = new Fork(
                    Peer.valueOf(arguments[0]), Workload.valueOf(arguments[1]), Integer.parseInt(arguments[2]));
            fork.warmUp(Long.parseLong(arguments[3]), Long.parseLong(arguments[4]));
            out.println(READY);
            fork.answer(out);
        } catch (ExecutionException failure) {
            out.println(REFUSED + failure.getCause());
        } catch (LinkageError missing) {
            out.println(REFUSED + missing);
        }
        System.exit(0);
    }

    private void warmUp(long warmMs, long batchMs) throws InterruptedException, ExecutionException {
        long warmNs = TimeUnit.MILLISECONDS.toNanos(warmMs);
        long batchNs = TimeUnit.MILLISECONDS.toNanos(batchMs);
        for (int count : together(worker -> worker.warmUp(warmNs, batchNs))) {
            pairs = Math.min(pairs, count);
        }
    }

    private void answer(PrintStream out) throws IOException, InterruptedException, ExecutionException {
        ObjectMapper json = new ObjectMapper();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (ROUND.equals(in.readLine())) {
            out.println(json.writeValueAsString(round()));
        }
    }

    private Sample round() throws InterruptedException, ExecutionException {
        List<Worker.Batch> batches = together(worker -> worker.batch(pairs));
        Histogram times = Worker.histogram();
        together(worker -> worker.timed(pairs, Worker.histogram())).forEach(times::add);
        double all = (double) pairs * workers.size();
        long begin = batches.stream().mapToLong(Worker.Batch::begin).min().orElseThrow();
        long end = batches.stream().mapToLong(Worker.Batch::end).max().orElseThrow();
        return new Sample(
                batches.stream().mapToLong(Worker.Batch::cpuNs).sum() / all,
                all / TimeUnit.NANOSECONDS.toMicros(end - begin),
                times.getValueAtPercentile(50),
                times.getValueAtPercentile(99),
                times.getValueAtPercentile(99.9),
                batches.stream().mapToLong(Worker.Batch::bytes).sum() / all,
                batches.stream().mapToLong(Worker.Batch::failures).sum());
    }

    /** Lets every worker do it at once, each on its own thread; they begin together. */
    private <T> List<T> together(Function<Worker, T> task) throws InterruptedException, ExecutionException {
        AtomicInteger missing = new AtomicInteger(workers.size());
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            futures.add(threads.get(i).submit(() -> {
                missing.decrementAndGet();
                while (missing.get() > 0) {
                    Thread.onSpinWait();
                }
                return task.apply(worker);
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get());
        }
        return results;
    }
}
