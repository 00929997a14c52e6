// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;

/** Any sequence of operations on a pool, against a naive list of who holds which bytes. */
class PoolPropertiesTest {

    private static final long CAPACITY = 256 * 1024;

    @Property(tries = 300)
    void whateverIsDoneThePoolAddsUpAndKeepsEveryByte(@ForAll("steps") List<Step> steps, @ForAll SyncWay way) {
        ModelHeap heap = ModelHeap.supporting(way).withOldArm64();
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(heap).capacity(CAPACITY).sync(way).build()) {
            List<Held> held = new ArrayList<>();
            steps.forEach(step -> {
                step.run(pool, held);
                checkInvariants(pool, held);
            });
            held.forEach(Held::checkAndClose);
            assertThat(pool.statistics().largestFreeBytes()).isEqualTo(CAPACITY);
        }
        assertThat(heap.violations()).isEmpty();
    }

    private static void checkInvariants(DmaBufPool pool, List<Held> held) {
        PoolStatistics now = pool.statistics();
        assertThat(now.usedBytes() + now.freeBytes()).isEqualTo(now.capacityBytes());
        assertThat(now.allocations() - now.releases())
                .isEqualTo(now.openSlices())
                .isEqualTo(held.size());
        assertThat(now.usedBytes())
                .isEqualTo(
                        held.stream().mapToLong(h -> h.slice.reservedLength()).sum());
        assertThat(now.requestedBytes())
                .isEqualTo(held.stream().mapToLong(h -> h.slice.length()).sum());
        assertThat(now.peakUsedBytes()).isBetween(now.usedBytes(), now.capacityBytes());
        assertThat(now.largestFreeBytes()).isLessThanOrEqualTo(now.freeBytes());
        checkApart(held);
    }

    private static void checkApart(List<Held> held) {
        for (Held one : held) {
            for (Held other : held) {
                assertThat(one == other
                                || one.slice.offset() + one.slice.reservedLength() <= other.slice.offset()
                                || other.slice.offset() + other.slice.reservedLength() <= one.slice.offset())
                        .as("%s and %s are apart", one.slice, other.slice)
                        .isTrue();
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> bytes = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 4096), Arbitraries.longs().between(1, CAPACITY));
        Arbitrary<Long> alignment = Arbitraries.of(0L, 1L, 256L, 4096L, 32_768L);
        Arbitrary<Step> allocate = Combinators.combine(bytes, alignment).as(Allocate::new);
        Arbitrary<Step> close = Arbitraries.integers().between(0, 1000).map(Close::new);
        return Arbitraries.oneOf(allocate, close).list().ofMaxSize(60);
    }

    /** One operation. */
    interface Step {
        void run(DmaBufPool pool, List<Held> held);
    }

    /** Allocates, or sees rightly refused. */
    record Allocate(long bytes, long alignment) implements Step {
        @Override
        public void run(DmaBufPool pool, List<Held> held) {
            long largest = pool.statistics().largestFreeBytes();
            SliceRequest request = SliceRequest.of(bytes).alignment(alignment);
            pool.tryAllocate(request)
                    .ifPresentOrElse(
                            slice -> {
                                assertThat(slice.offset() % Math.max(alignment, pool.alignment()))
                                        .isZero();
                                held.add(new Held(slice, (byte) bytes));
                            },
                            () -> assertThat(bytes > largest || alignment > pool.alignment())
                                    .as("%d bytes refused with %d free in one piece", bytes, largest)
                                    .isTrue());
        }
    }

    /** Closes one of those held, if any is. */
    record Close(int index) implements Step {
        @Override
        public void run(DmaBufPool pool, List<Held> held) {
            if (!held.isEmpty()) {
                held.remove(index % held.size()).checkAndClose();
            }
        }
    }

    /** A slice filled with a byte. */
    static final class Held {
        final Slice slice;
        final byte fill;

        Held(Slice slice, byte fill) {
            this.slice = slice;
            this.fill = fill;
            try (CpuAccess access = slice.write()) {
                ByteBuffer view = access.buffer();
                while (view.hasRemaining()) {
                    view.put(fill);
                }
            }
        }

        void checkAndClose() {
            try (CpuAccess access = slice.read()) {
                ByteBuffer view = access.buffer();
                while (view.hasRemaining()) {
                    if (view.get() != fill) {
                        throw new AssertionError("byte " + (view.position() - 1) + " of " + slice);
                    }
                }
            }
            slice.close();
        }
    }
}
