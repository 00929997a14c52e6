// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.DmaBufException;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Refuses every single system call of every way to get a buffer: each time all descriptors and mappings are as before. */
class FaultExhaustionTest {

    private static final long BYTES = 64 << 10;
    private static final RangeSettings RANGES = RangeSettings.NONE.trusting(FakeKernel.HEAP);
    private static final List<Errno> ERRORS =
            List.of(Errno.EIO, Errno.EMFILE, Errno.ENOMEM, Errno.EACCES, Errno.ENOTTY, Errno.EBUSY);

    /** A heap over a fresh kernel that has the call to be refused. */
    private interface HeapMaker extends Function<FaultingSyscalls, Heap> {}

    static Stream<Named<HeapMaker>> heaps() {
        return Stream.of(
                Named.of("memfd", syscalls -> new MemfdHeap(syscalls, "dmabuf-faults")),
                Named.of("udmabuf", syscalls -> new UdmabufHeap(syscalls, "dmabuf-faults")),
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
        assertThat(exhaust(maker, (heap, syscalls, n, errno) -> {
                    syscalls.failCall(n, errno);
                    heap.allocate(BYTES).close();
                }))
                .as("calls refused")
                .isGreaterThan(3);
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void closing(HeapMaker maker) {
        exhaust(maker, (heap, syscalls, n, errno) -> {
            DmaBuf buffer = heap.allocate(BYTES);
            syscalls.failCall(n, errno);
            buffer.close();
        });
    }

    @Test
    void openingAWindow() {
        HeapMaker udmabuf = syscalls -> new UdmabufHeap(syscalls, "dmabuf-faults");
        int refused = exhaust(udmabuf, (heap, syscalls, n, errno) -> {
            try (DmaBuf buffer = heap.allocate(BYTES)) {
                syscalls.failCall(n, errno);
                try (Window window = buffer.openWindow(4096, 8192)) {
                    assertThat(window.fd()).isNotNegative();
                }
            }
        });
        assertThat(refused).isGreaterThan(3);
    }

    @Test
    void adopting() {
        for (Errno errno : ERRORS) {
            boolean struck = true;
            for (int n = 1; struck; n++) {
                FakeKernel kernel = new FakeKernel();
                int theirs = kernel.dmaBuf(BYTES);
                FaultingSyscalls syscalls = new FaultingSyscalls(kernel);
                List<String> before = Footprint.descriptors();
                syscalls.failCall(n, errno);
                closeOrExplain(
                        () -> new AdoptedHeap(syscalls, theirs, RANGES.through(new XringSync(FakeKernel.VENDOR_PATH)))
                                .allocate(BYTES)
                                .close());
                struck = syscalls.struck();
                assertThat(Footprint.descriptors())
                        .as("call %d refused with %s", n, errno)
                        .isEqualTo(before);
                assertThat(kernel.close(theirs)).isZero();
            }
        }
    }

    @Test
    void aSabotagedCleanupIsCaught() {
        List<String> before = Footprint.descriptors();
        int leaked = Libc.INSTANCE.memfdCreate("dmabuf-faults", LinuxAbi.MFD_CLOEXEC);
        assertThat(Footprint.descriptors()).isNotEqualTo(before).hasSize(before.size() + 1);
        Libc.INSTANCE.close(leaked);
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    /** What is done with a heap while its n-th call is refused. */
    private interface Attempt {
        void run(Heap heap, FaultingSyscalls syscalls, int n, Errno errno);
    }

    /** Refuses call after call until there is none left; says how many attempts failed. */
    private static int exhaust(HeapMaker maker, Attempt attempt) {
        int failures = 0;
        for (Errno errno : ERRORS) {
            boolean struck = true;
            for (int n = 1; struck; n++) {
                FaultingSyscalls syscalls = new FaultingSyscalls(new FakeKernel());
                List<String> descriptors = Footprint.descriptors();
                int call = n;
                failures += closeOrExplain(() -> attempt.run(maker.apply(syscalls), syscalls, call, errno));
                struck = syscalls.struck();
                assertThat(Footprint.descriptors())
                        .as("call %d refused with %s", n, errno)
                        .isEqualTo(descriptors);
                awaitNoMappings();
            }
        }
        return failures;
    }

    /** A mapping whose replacement was refused goes when its last view is collected. */
    private static void awaitNoMappings() {
        if (Footprint.mappingsNaming("dmabuf-faults") > 0) {
            await().until(() -> {
                System.gc();
                return Footprint.mappingsNaming("dmabuf-faults") == 0;
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
