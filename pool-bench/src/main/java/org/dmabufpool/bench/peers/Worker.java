// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.HdrHistogram.Histogram;

/** One thread's work: its lane, its sizes, its slots. Used by that thread only. */
final class Worker {

    private static final int PATTERN = 1 << 16;
    private static final int BLOCK = 1000;
    private static final int DIGITS = 2;
    /**
     * Places left free at both ends of what a thread writes at each pair: 128 bytes and more. The collector may move what
     * two threads write next to each other, and then lines of the cache that both want are what would be measured.
     */
    static final int MARGIN = 32;

    private static final int SLOT_AT = MARGIN;
    private static final int SIZE_AT = MARGIN + 1;
    /** Whoever takes longer to fill up has shown what it is worth. */
    private static final long FILL_LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private final Lane lane;
    private final long[] sizes = new long[PATTERN];
    private final int[] slots = new int[PATTERN];
    private final int[] positions = new int[MARGIN + 2 + MARGIN];

    Worker(Lane lane, Workload workload, int slotCount, long seed) {
        this.lane = lane;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < PATTERN; i++) {
            sizes[i] = workload.size(random);
            slots[i] = MARGIN + workload.slot(random, slotCount);
        }
    }

    /** How many slots a lane needs for so many parts. */
    static int room(int slotCount) {
        return MARGIN + slotCount + MARGIN;
    }

    /** What a batch cost its thread. */
    record Batch(long begin, long end, long cpuNs, long bytes, long failures) {}

    /**
     * Fills every slot.
     *
     * @throws IllegalStateException if that takes too long, or there is no space
     */
    void fill(int slotCount) {
        long begin = System.nanoTime();
        for (int slot = 0; slot < slotCount; slot++) {
            if (!lane.allocate(MARGIN + slot, nextSize())) {
                throw new IllegalStateException("no space for part " + slot + " of " + slotCount);
            }
            if (System.nanoTime() - begin > FILL_LIMIT_NS) {
                throw new IllegalStateException("gave up: " + slot + " of " + slotCount + " parts took "
                        + TimeUnit.NANOSECONDS.toSeconds(FILL_LIMIT_NS) + " s");
            }
        }
    }

    /** How many pairs go into so much of this thread's CPU time, found while the code gets warm for so much of it. */
    int warmUp(long warmNs, long batchNs) {
        Histogram times = histogram();
        long begin = THREADS.getCurrentThreadCpuTime();
        long spent = 0;
        long pairs = 0;
        while (spent < warmNs) {
            replace(BLOCK);
            timed(BLOCK, times);
            pairs += 2 * BLOCK;
            spent = THREADS.getCurrentThreadCpuTime() - begin;
        }
        return (int) Math.max(BLOCK, batchNs * pairs / spent);
    }

    Batch batch(int pairs) {
        // Measuring makes garbage of its own, as much with no pair at all.
        long own = measured(0).bytes();
        Batch batch = measured(pairs);
        return new Batch(batch.begin(), batch.end(), batch.cpuNs(), batch.bytes() - own, batch.failures());
    }

    private Batch measured(int pairs) {
        long bytes = allocatedBytes();
        long cpu = THREADS.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        long failures = replace(pairs);
        long end = System.nanoTime();
        long cpuNs = THREADS.getCurrentThreadCpuTime() - cpu;
        return new Batch(begin, end, cpuNs, allocatedBytes() - bytes, failures);
    }

    private long replace(int pairs) {
        long failures = 0;
        for (int i = 0; i < pairs; i++) {
            int slot = nextSlot();
            lane.free(slot);
            failures += lane.allocate(slot, nextSize()) ? 0 : 1;
        }
        return failures;
    }

    /** As a batch, but with a look at the clock around each pair. */
    Histogram timed(int pairs, Histogram times) {
        for (int i = 0; i < pairs; i++) {
            int slot = nextSlot();
            long size = nextSize();
            long begin = System.nanoTime();
            lane.free(slot);
            lane.allocate(slot, size);
            times.recordValue(System.nanoTime() - begin);
        }
        return times;
    }

    static Histogram histogram() {
        return new Histogram(DIGITS);
    }

    private int nextSlot() {
        int at = (positions[SLOT_AT] + 1) & (PATTERN - 1);
        positions[SLOT_AT] = at;
        return slots[at];
    }

    /** Sizes run ahead of slots by one each time around, so that no slot gets the same sizes for ever. */
    private long nextSize() {
        int at = (positions[SIZE_AT] + (positions[SLOT_AT] == 0 ? 2 : 1)) & (PATTERN - 1);
        positions[SIZE_AT] = at;
        return sizes[at];
    }

    /** Bytes this thread allocated on the JVM's heap so far. The bean is asked by name: its type is not every JVM's. */
    private static long allocatedBytes() {
        try {
            return (long) BEANS.invoke(
                    new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
                    "getThreadAllocatedBytes",
                    new Object[] {Thread.currentThread().getId()},
                    new String[] {long.class.getName()});
        } catch (JMException missing) {
            throw new UnsupportedOperationException("this JVM does not count what a thread allocates", missing);
        }
    }
}
