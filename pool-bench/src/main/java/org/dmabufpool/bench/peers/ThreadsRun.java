// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjIntConsumer;

/**
 * One pool under many threads, beside the allocator for one thread behind one lock: throughput, refusals, tails.
 *
 * <p>All cells take turns in one JVM, so that what disturbs the machine disturbs all of them.
 */
public final class ThreadsRun {

    private static final int MOST_TIMES = 1 << 20;
    private static final double WARM_SHARE = 0.25;
    private static final double NANOS = 1e9;

    private final ThreadsPlan plan;

    private ThreadsRun(ThreadsPlan plan) {
        this.plan = plan;
    }

    /**
     * Measures.
     *
     * @param threads numbers of threads, each 1 to the plan's live parts
     * @param progress is told what is measured, and how many cells were before
     * @return for each number of threads ours and the other, in this order
     */
    public static List<ThreadsCell> run(ThreadsPlan plan, List<Integer> threads, ObjIntConsumer<String> progress) {
        for (int count : threads) {
            if (count < 1 || count > plan.live()) {
                throw new IllegalArgumentException(
                        "threads must be 1 to the live parts, " + plan.live() + ": threads=" + count);
            }
        }
        ThreadsRun run = new ThreadsRun(plan);
        List<List<ThreadsCell>> cells = new ArrayList<>();
        for (int i = 0; i < 2 * threads.size(); i++) {
            cells.add(new ArrayList<>());
        }
        int done = 0;
        for (int round = 0; round < plan.rounds(); round++) {
            for (int i = 0; i < cells.size(); i++) {
                int count = threads.get(i / 2);
                progress.accept(count + " threads", done++);
                cells.get(i).add(run.cell(i % 2 == 0, count, round));
            }
        }
        return cells.stream().map(ThreadsRun::median).toList();
    }

    private static ThreadsCell median(List<ThreadsCell> rounds) {
        ThreadsCell any = rounds.get(0);
        return new ThreadsCell(
                any.peer(),
                any.threads(),
                Median.of(rounds, ThreadsCell::pairsPerMicrosecond),
                Median.of(rounds, ThreadsCell::cpuNs),
                Median.of(rounds, ThreadsCell::refused),
                (long) Median.of(rounds, ThreadsCell::p50),
                (long) Median.of(rounds, ThreadsCell::p99),
                (long) Median.of(rounds, ThreadsCell::p999),
                (long) Median.of(rounds, ThreadsCell::p9999));
    }

    private ThreadsCell cell(boolean ours, int threads, int round) {
        if (!ours) {
            return cell("one-lock", new Locked(new OwnContender(plan.capacity())), threads, round);
        }
        try (HandleContender pool = new HandleContender(plan.capacity())) {
            return cell("ours-handles", pool, threads, round);
        }
    }

    private ThreadsCell cell(String peer, Contender contender, int threads, int round) {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Ring>> runs = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                long seed = 31L * round + i;
                runs.add(workers.submit(() -> {
                    Ring ring = new Ring(contender, plan.live() / threads, seed);
                    start.await();
                    ring.run(plan.seconds() * WARM_SHARE);
                    start.await();
                    ring.reset();
                    ring.run(plan.seconds());
                    return ring;
                }));
            }
            List<Ring> rings = new ArrayList<>();
            for (Future<Ring> run : runs) {
                rings.add(run.get());
            }
            return cell(peer, rings);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a thread failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        } finally {
            workers.shutdownNow();
        }
    }

    private static ThreadsCell cell(String peer, List<Ring> rings) {
        long pairs = rings.stream().mapToLong(ring -> ring.pairs).sum();
        long refused = rings.stream().mapToLong(ring -> ring.refused).sum();
        long cpu = rings.stream().mapToLong(ring -> ring.cpuNanos).sum();
        double microseconds =
                rings.stream().mapToDouble(ring -> ring.wallNanos).average().orElseThrow() / 1000;
        long[] times = rings.stream()
                .flatMapToLong(ring -> Arrays.stream(ring.times, 0, (int) Math.min(ring.pairs, MOST_TIMES)))
                .sorted()
                .toArray();
        return new ThreadsCell(
                peer,
                rings.size(),
                pairs / microseconds,
                (double) cpu / pairs,
                (double) refused / pairs,
                times[times.length / 2],
                times[(int) (times.length * 0.99)],
                times[(int) (times.length * 0.999)],
                times[(int) (times.length * 0.9999)]);
    }

    /** One thread's ring. Used by that thread, and read when it is done. */
    private final class Ring {

        private final Lane lane;
        private final int slots;
        private final SplittableRandom random;
        /** The latest times of allocations in ns. */
        private final long[] times = new long[MOST_TIMES];

        private int oldest;
        private long pairs;
        private long refused;
        private long wallNanos;
        private long cpuNanos;

        Ring(Contender contender, int slots, long seed) {
            this.lane = contender.lane(slots);
            this.slots = slots;
            this.random = new SplittableRandom(seed);
        }

        void reset() {
            pairs = 0;
            refused = 0;
        }

        void run(double seconds) {
            long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long begin = System.nanoTime();
            long end = begin + (long) (seconds * NANOS);
            long now = begin;
            while (now < end) {
                await(begin + pairs * plan.pairNanos(), now);
                now = work(pair());
            }
            wallNanos = now - begin;
            cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
        }

        /** A pair; the time of its end. */
        private long pair() {
            lane.free(oldest);
            long bytes = plan.size(random.nextDouble());
            long begin = System.nanoTime();
            boolean served = lane.allocate(oldest, bytes);
            long end = System.nanoTime();
            times[(int) (pairs++ % MOST_TIMES)] = end - begin;
            refused += served ? 0 : 1;
            oldest = (oldest + 1) % slots;
            return end;
        }

        /** Keeps the processor busy; the time afterwards. */
        private long work(long begin) {
            long now = begin;
            while (now - begin < plan.workNanos()) {
                now = System.nanoTime();
            }
            return now;
        }

        private void await(long due, long now) {
            if (plan.pairNanos() > 0 && due > now) {
                LockSupport.parkNanos(due - now);
            }
        }
    }
}
