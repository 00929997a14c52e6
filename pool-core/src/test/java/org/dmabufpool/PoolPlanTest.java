// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.dmabufpool.alloc.Placement;
import org.junit.jupiter.api.Test;

/** A pool with a plan. */
class PoolPlanTest {

    private static final int MIB = 1 << 20;

    private static final PlacementPlan PLAN = PlacementPlan.of(List.of(
            new PlacementPlan.Requests(List.of("raw"), MIB, MIB, List.of(5L * MIB, 3L * MIB)),
            new PlacementPlan.Requests(List.of("jpeg", "heif"), 5000, MIB, List.of(12L * MIB, 50L * MIB))));

    private static DmaBufPool pool(PlacementPlan plan) {
        return DmaBufPool.builder()
                .heap(new IdleHeap())
                .capacity(16L * MIB)
                .plan(plan)
                .build();
    }

    private static Slice slice(DmaBufPool pool, String tag, long bytes) {
        return pool.allocate(SliceRequest.of(bytes).tag(tag));
    }

    @Test
    void requestsLieAtTheirPlacesAndOthersAsUsual() {
        try (DmaBufPool pool = pool(PLAN);
                DmaBufPool usual = DmaBufPool.builder()
                        .heap(new IdleHeap())
                        .capacity(16L * MIB)
                        .build();
                Slice other = slice(pool, "preview", MIB);
                Slice asUsual = slice(usual, "preview", MIB);
                Slice raw = slice(pool, "raw", MIB);
                Slice second = slice(pool, "raw", MIB);
                Slice third = slice(pool, "raw", MIB);
                Slice odd = slice(pool, "raw", MIB + 1);
                Slice jpeg = slice(pool, "heif", 100_000);
                Slice noPlace = slice(pool, "jpeg", 5000)) {
            assertThat(other.offset()).isEqualTo(asUsual.offset());
            assertThat(raw.offset()).isEqualTo(5L * MIB);
            assertThat(second.offset()).isEqualTo(3L * MIB);
            assertThat(third.offset()).isNotIn(5L * MIB, 3L * MIB);
            assertThat(odd.offset()).isNotIn(5L * MIB, 3L * MIB);
            assertThat(jpeg.offset()).isEqualTo(12L * MIB);
            assertThat(noPlace.offset()).isLessThan(16L * MIB);
            raw.close();
            long again = pool.handles().allocate(MIB, 0, "raw");
            assertThat(pool.handles().offset(again)).isEqualTo(5L * MIB);
            pool.handles().release(again);
        }
    }

    @Test
    void whatIsServedWithoutAPlanIsServedWithOne() {
        PlacementPlan middle =
                PlacementPlan.of(List.of(new PlacementPlan.Requests(List.of(""), 4096, 16L * MIB, List.of(8L * MIB))));
        try (DmaBufPool pool = pool(middle);
                Slice whole = pool.allocate(16L * MIB)) {
            assertThat(whole.offset()).isZero();
            assertThat(pool.tryAllocate(1)).isEmpty();
        }
    }

    @Test
    void aPlanOfASmallerPageIsRefused() {
        PlacementPlan odd = PlacementPlan.of(List.of(new PlacementPlan.Requests(List.of(""), 1, 4096, List.of(4096L))));
        DmaBufPool.Builder builder = DmaBufPool.builder()
                .heap(new IdleHeap())
                .capacity(MIB)
                .alignment(16384)
                .plan(odd);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no multiple of 16384");
    }

    @Test
    void aPlanAndBuddiesAreRefused() {
        DmaBufPool.Builder builder = DmaBufPool.builder()
                .heap(new IdleHeap())
                .capacity(MIB)
                .placement(Placement.BUDDY)
                .plan(PLAN);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose another placement than BUDDY");
    }

    @Test
    void aPlanMakesNoGarbage() {
        try (DmaBufPool pool = pool(PLAN)) {
            SliceHandles handles = pool.handles();
            pairs(handles);
            long before = allocatedBytes();
            pairs(handles);
            assertThat((allocatedBytes() - before) / 20_000.0)
                    .as("bytes a pair")
                    .isLessThan(1);
        }
    }

    private static void pairs(SliceHandles handles) {
        for (int i = 0; i < 20_000; i++) {
            long raw = handles.allocate(MIB, 0, "raw");
            long jpeg = handles.allocate(5000 + i, 0, "jpeg");
            handles.release(raw);
            handles.release(jpeg);
        }
    }

    private static long allocatedBytes() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
