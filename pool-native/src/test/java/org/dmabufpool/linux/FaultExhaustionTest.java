// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.DmaBufException;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Refuses every single system call of every way to get, use and close a buffer, with every error, and the call after it,
 * and all calls after it: each time all descriptors and mappings are as before.
 */
class FaultExhaustionTest {

    private static final long BYTES = 64 << 10;
    private static final RangeSettings RANGES = RangeSettings.NONE.trusting(FakeKernel.HEAP);
    private static final Errno[] ERRORS = Errno.values();

    /** How many calls in a row are refused. */
    private static final int[] REFUSALS = {1, 2, FaultingSyscalls.FOR_EVER};

    private static final HeapMaker UDMABUF = syscalls -> new UdmabufHeap(syscalls, "dmabuf-faults");

    /** A heap over a fresh kernel that has the call to be refused. */
    private interface HeapMaker extends Function<FaultingSyscalls, Heap> {}

    static Stream<Named<HeapMaker>> heaps() {
        return Stream.of(
                Named.of("memfd", syscalls -> new MemfdHeap(syscalls, "dmabuf-faults")),
                Named.of("udmabuf", UDMABUF),
                Named.of("dma-heap", syscalls -> new DmaHeap(syscalls, FakeKernel.HEAP, "dmabuf-faults", RANGES)),
                Named.of(
                        "dma-heap with a vendor's device",
                        syscalls -> new DmaHeap(
                                syscalls,
                                FakeKernel.HEAP,
                                "dmabuf-faults",
                                RANGES.through(new XringSync(FakeKernel.VENDOR_PATH)))));
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void allocating(HeapMaker maker) {
        assertThat(exhaust(maker, (heap, faults) -> {
                    faults.begin();
                    heap.allocate(BYTES).close();
                }))
                .as("calls refused")
                .isGreaterThan(3);
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void closing(HeapMaker maker) {
        exhaust(maker, (heap, faults) -> {
            DmaBuf buffer = heap.allocate(BYTES);
            faults.begin();
            buffer.close();
        });
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void closingADroppedBuffer(HeapMaker maker) {
        exhaust(maker, (heap, faults) -> {
            DmaBuf buffer = heap.allocate(BYTES);
            faults.begin();
            buffer.closeDropped();
        });
    }

    @Test
    void openingAndClosingAWindow() {
        int refused = exhaust(UDMABUF, (heap, faults) -> {
            try (DmaBuf buffer = heap.allocate(BYTES)) {
                faults.begin();
                try (Window window = buffer.openWindow(4096, 8192)) {
                    assertThat(window.fd()).isNotNegative();
                }
            }
        });
        assertThat(refused).isGreaterThan(3);
    }

    @Test
    void seeingPendingFences() {
        int refused = exhaust(UDMABUF, (heap, faults) -> {
            try (DmaBuf buffer = heap.allocate(BYTES)) {
                faults.kernel().busy = true;
                faults.begin();
                try (Fence fence = buffer.pendingFences()) {
                    if (fence != null) {
                        assertThat(fence.state()).isEqualTo(Fence.State.PENDING);
                    }
                }
            }
        });
        assertThat(refused).isGreaterThan(3);
    }

    @Test
    void adoptingAFence() {
        int refused = exhaust(UDMABUF, (heap, faults) -> {
            int theirs = faults.kernel().syncFile(new FakeKernel.FakeFence());
            try (DmaBuf buffer = heap.allocate(BYTES)) {
                faults.begin();
                buffer.adoptFence(theirs).close();
            } catch (IllegalArgumentException noSyncFile) {
                assertThat(noSyncFile).hasMessageContaining("fd " + theirs + " is no sync_file");
            } finally {
                assertThat(faults.kernel().close(theirs)).isZero();
            }
        });
        assertThat(refused).isGreaterThan(3);
    }

    @Test
    void adopting() {
        assertThat(exhaust(UDMABUF, (unused, faults) -> adopt(faults))).isGreaterThan(3);
    }

    private static void adopt(Faults faults) {
        int theirs = faults.kernel().dmaBuf(BYTES);
        try {
            faults.begin();
            new AdoptedHeap(faults.syscalls(), theirs, RANGES.through(new XringSync(FakeKernel.VENDOR_PATH)))
                    .allocate(BYTES)
                    .close();
        } finally {
            assertThat(faults.kernel().close(theirs)).isZero();
        }
    }

    /** Windows that are idle and one that is in use: all are closed, whichever close is refused. */
    @Test
    void closingAPoolWithWindows() {
        exhaust(UDMABUF, (heap, faults) -> {
            DmaBufPool pool = DmaBufPool.builder().heap(heap).capacity(BYTES).build();
            List<Slice> slices = List.of(pool.allocate(4096), pool.allocate(8192), pool.allocate(4096));
            for (Slice slice : slices) {
                slice.write().close();
            }
            slices.forEach(Slice::close);
            faults.begin();
            pool.close();
        });
    }

    @Test
    void aSabotagedCleanupIsCaught() {
        List<String> before = Footprint.descriptors();
        int leaked = Libc.INSTANCE.memfdCreate("dmabuf-faults", LinuxAbi.MFD_CLOEXEC);
        assertThat(Footprint.descriptors()).isNotEqualTo(before).hasSize(before.size() + 1);
        Libc.INSTANCE.close(leaked);
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    /**
     * The calls that are to be refused, once an attempt has come to its point.
     *
     * @param n the first call, counted from 1
     * @param count how many
     */
    private record Faults(FakeKernel kernel, FaultingSyscalls syscalls, int n, int count, Errno errno) {

        static Faults at(int n, int count, Errno errno) {
            FakeKernel kernel = new FakeKernel();
            return new Faults(kernel, new FaultingSyscalls(kernel), n, count, errno);
        }

        void begin() {
            syscalls.failCalls(n, count, errno);
        }

        @Override
        public String toString() {
            return "call " + n + " "
                    + (count == FaultingSyscalls.FOR_EVER ? "and all after it" : "to " + (n + count - 1))
                    + " refused with " + errno;
        }
    }

    /** What is done with a heap while calls are refused. */
    private interface Attempt {
        void run(Heap heap, Faults faults);
    }

    /** Refuses call after call until there is none left; says how many attempts failed. */
    private static int exhaust(HeapMaker maker, Attempt attempt) {
        int failures = 0;
        for (Errno errno : ERRORS) {
            for (int count : REFUSALS) {
                failures += exhaust(maker, attempt, errno, count);
            }
        }
        awaitNoMappings();
        return failures;
    }

    private static int exhaust(HeapMaker maker, Attempt attempt, Errno errno, int count) {
        int failures = 0;
        boolean struck = true;
        for (int n = 1; struck; n++) {
            Faults faults = Faults.at(n, count, errno);
            List<String> descriptors = Footprint.descriptors();
            failures += closeOrExplain(() -> attempt.run(maker.apply(faults.syscalls()), faults));
            struck = faults.syscalls().struck();
            assertThat(Footprint.descriptors()).as("%s", faults).isEqualTo(descriptors);
        }
        return failures;
    }

    /** A mapping whose replacement was refused goes when its last view is collected. */
    private static void awaitNoMappings() {
        if (Footprint.mappingsNaming("dmabuf-f") > 0) {
            await().until(() -> {
                System.gc();
                return Footprint.mappingsNaming("dmabuf-f") == 0;
            });
        }
    }

    private static int closeOrExplain(Runnable attempt) {
        try {
            attempt.run();
            return 0;
        } catch (HeapException refused) {
            assertThat(refused.getMessage()).contains(" ").endsWith(".");
            return 1;
        } catch (DmaBufException other) {
            throw new AssertionError("a heap refuses with HeapException", other);
        }
    }
}
