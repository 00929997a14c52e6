// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link LoanWalk} on every way of syncing: {@value #STEPS} steps each, 1 000 000 with {@code -Ddmabufpool.deep=true}. The seed
 * is printed, and {@code -Ddmabufpool.walk.seed} sets it.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS)
class LoanWalkTest {

    static final int STEPS = 10_000;
    private static final int DEEP_STEPS = 1_000_000;
    private static final int FIXED_STEPS = 5_000;
    private static final long CAPACITY = 96 << 10;

    /** What the walk is made over. */
    enum Machine {
        PARTIAL(heap -> heap),
        VENDOR(heap -> heap),
        WINDOW(heap -> heap.withWindowsThatSyncOnClose()),
        WHOLE(heap -> heap),
        PARTIAL_OLD_ARM64(ModelHeap::withOldArm64),
        WINDOW_OLD_ARM64(heap -> heap.withOldArm64().withWindowsThatSyncOnClose()),
        WHOLE_OLD_ARM64(ModelHeap::withOldArm64),
        NONE(heap -> heap);

        private final UnaryOperator<ModelHeap> more;

        Machine(UnaryOperator<ModelHeap> more) {
            this.more = more;
        }

        ModelHeap heap(long seed) {
            SyncWay way = SyncWay.valueOf(name().replace("_OLD_ARM64", ""));
            return more.apply(ModelHeap.supporting(way).withSeed(seed));
        }
    }

    private static void walk(Machine machine, long seed, int steps) {
        ModelHeap heap = machine.heap(seed);
        try (DmaBufPool pool = DmaBufPool.builder()
                .name("walk")
                .heap(heap)
                .capacity(CAPACITY)
                .accessTimeout(Duration.ofSeconds(10))
                .build()) {
            LoanWalk walk = new LoanWalk(pool, heap, seed);
            try {
                walk.run(steps);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "found at step " + walk.steps() + " of machine " + machine + ", -Ddmabufpool.walk.seed=" + seed
                                + (heap.violations().isEmpty()
                                        ? ""
                                        : "; " + heap.violations().get(0)),
                        e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void nothingIsLostOnAnyWay(Machine machine) {
        long seed =
                Long.getLong("dmabufpool.walk.seed", ThreadLocalRandom.current().nextLong());
        int steps = Boolean.getBoolean("dmabufpool.deep") ? DEEP_STEPS : STEPS;
        System.out.println("walk over " + machine + ": " + steps + " steps, -Ddmabufpool.walk.seed=" + seed);
        walk(machine, seed, steps);
    }

    @Test
    void ofWindowsWithAFixedSeed() {
        walk(Machine.WINDOW, 1, FIXED_STEPS);
    }

    @Test
    void ofRangesWithAFixedSeed() {
        walk(Machine.PARTIAL, 1, FIXED_STEPS);
    }

    @Test
    void ofTheWholeBufferWithAFixedSeed() {
        walk(Machine.WHOLE_OLD_ARM64, 1, FIXED_STEPS);
    }
}
