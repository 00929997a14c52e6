// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.coherency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.model.Violation;
import org.dmabufpool.model.Violation.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whichever way a pool is synced, CPU and devices see what plain bytes would hold, and the model sees no violation. */
class CoherencyPropertiesTest {

    /** Three seeds and two kinds of machine: 102 000 operations for each way to sync. */
    private static final int OPERATIONS = 17_000;

    private static final long[] SEEDS = {1, 20_260_101, -7};
    private static final long CAPACITY = 32 << 10;

    static Stream<Arguments> heaps() {
        List<Arguments> heaps = new ArrayList<>();
        for (long seed : SEEDS) {
            for (SyncWay way : EnumSet.complementOf(EnumSet.of(SyncWay.NONE))) {
                heaps.add(Arguments.of("new arm64", way, seed, ModelHeap.supporting(way)));
                heaps.add(Arguments.of(
                        "old arm64", way, seed, ModelHeap.supporting(way).withOldArm64()));
            }
            heaps.add(Arguments.of("coherent", SyncWay.NONE, seed, ModelHeap.coherent()));
            heaps.add(Arguments.of("uncached", SyncWay.NONE, seed, ModelHeap.uncached()));
        }
        return heaps.stream();
    }

    @ParameterizedTest(name = "{1} on {0}, seed {2}")
    @MethodSource("heaps")
    void everybodySeesTheRightBytes(String machine, SyncWay way, long seed, ModelHeap calm) {
        ModelHeap heap = calm.withSeed(seed);
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(heap).capacity(CAPACITY).build()) {
            assertThat(pool.statistics().syncWay()).isEqualTo(way);
            RandomUse use = new RandomUse(pool, heap, seed);
            use.run(OPERATIONS);
            assertThat(heap.violations()).isEmpty();
            assertThat(use.mismatches()).isZero();
            assertThat(use.comparisons()).isGreaterThan(OPERATIONS / 4);
        }
    }

    @Test
    void aSilentExporterIsSeenByTheModelAndByTheBytes() {
        ModelHeap heap = ModelHeap.supporting(SyncWay.PARTIAL).withSeed(1);
        Heap silent = ForwardingBuffer.heap(heap, target -> new ForwardingBuffer(target) {
            @Override
            public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {}
        });
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(silent).capacity(CAPACITY).build()) {
            RandomUse use = new RandomUse(pool, heap, 1);
            use.run(1_000);
            assertThat(use.mismatches()).isPositive();
            assertThat(heap.violations()).extracting(Violation::kind).contains(Kind.SYNC_MISSING, Kind.CPU_READ_STALE);
        }
    }

    @Test
    void theSameSeedMeetsTheSameCache() {
        assertThat(violationsOfAFaultyRun(3)).isNotEmpty().isEqualTo(violationsOfAFaultyRun(3));
    }

    private static List<Violation> violationsOfAFaultyRun(long seed) {
        ModelHeap heap = ModelHeap.supporting(SyncWay.PARTIAL).withSeed(seed);
        try (DmaBufPool pool = DmaBufPool.builder()
                .heap(heap)
                .capacity(CAPACITY)
                .sync(SyncWay.NONE)
                .build()) {
            new RandomUse(pool, heap, seed).run(300);
        }
        return heap.violations();
    }
}
