// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedMemoryTest {

    private static final long GIB = 1L << 30;
    private static final long PAGE = 4096;

    @Test
    void twoMappingsOfOneFileShowTheSameBytes() {
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "same-bytes", PAGE)) {
            MappedMemory one = map(memfd, PAGE);
            MappedMemory other = map(memfd, PAGE);
            one.view(0, 8).putLong(0, 0x0102030405060708L);
            assertThat(other.view(0, 8).getLong(0)).isEqualTo(0x0102030405060708L);
            one.close();
            other.close();
        }
    }

    @Test
    void viewsAreInNativeOrderAndExactlyAsLongAsAsked() {
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "order", PAGE)) {
            MappedMemory memory = map(memfd, PAGE);
            ByteBuffer view = memory.view(100, 50);
            assertThat(view.order()).isEqualTo(ByteOrder.nativeOrder());
            assertThat(view.capacity()).isEqualTo(50);
            assertThat(view.position()).isZero();
            assertThat(view.isDirect()).isTrue();
            memory.close();
        }
    }

    @Test
    void aReadOnlyViewShowsTheSameBytesAndTakesNone() {
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "read-only", PAGE)) {
            MappedMemory memory = map(memfd, PAGE);
            memory.view(100, 8).putLong(0, 0x0102030405060708L);
            ByteBuffer view = memory.readOnlyView(100, 8);
            assertThat(view.getLong(0)).isEqualTo(0x0102030405060708L);
            assertThat(view.order()).isEqualTo(ByteOrder.nativeOrder());
            assertThat(view.capacity()).isEqualTo(8);
            assertThat(view.isReadOnly()).isTrue();
            assertThat(view.isDirect()).isTrue();
            memory.close();
        }
    }

    @Test
    void aViewIsTheOnlyObjectThatItCosts() {
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "garbage", PAGE)) {
            MappedMemory memory = map(memfd, PAGE);
            ByteBuffer root = memory.view(0, (int) PAGE);
            long one = bytesAllocated(root::duplicate);
            assertThat(bytesAllocated(() -> memory.view(64, 128))).isEqualTo(one);
            assertThat(bytesAllocated(() -> memory.readOnlyView(64, 128))).isEqualTo(one);
            assertThat(bytesAllocated(() -> root.duplicate().slice()))
                    .as("what the test must catch")
                    .isGreaterThan(one);
            memory.close();
        }
    }

    /** For each of many calls, as the measurement itself allocates a little. */
    private static long bytesAllocated(Supplier<ByteBuffer> call) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer[] kept = new ByteBuffer[10_000]; // what is kept cannot be optimized away
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < kept.length; i++) {
            kept[i] = call.get();
        }
        return (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / kept.length;
    }

    @Test
    void viewsOfManyThreadsDoNotDisturbEachOther() throws Exception {
        int threads = 4;
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "threads", 16 * PAGE)) {
            MappedMemory memory = map(memfd, 16 * PAGE);
            for (int i = 0; i < 16 * PAGE / 8; i++) {
                memory.view(i * 8L, 8).putLong(0, i);
            }
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                long seed = t;
                wrong.add(pool.submit(() -> wrongViews(memory, new Random(seed))));
            }
            for (Future<Integer> count : wrong) {
                assertThat(count.get()).isZero();
            }
            pool.shutdown();
            memory.close();
        }
    }

    /** Two threads of one slot are the hard case: the slot must not lend its cursor twice. */
    @Test
    void threadsOfOneSlotMakeViewsOfTheirOwn() throws Exception {
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "one-slot", 16 * PAGE)) {
            MappedMemory memory = map(memfd, 16 * PAGE);
            for (int i = 0; i < 16 * PAGE / 8; i++) {
                memory.view(i * 8L, 8).putLong(0, i);
            }
            AtomicInteger wrong = new AtomicInteger();
            List<Thread> sameSlot = new ArrayList<>();
            while (sameSlot.size() < 3) {
                Thread thread = new Thread(() -> wrong.addAndGet(wrongViews(memory, new Random(sameSlot.size()))));
                if (thread.getId() % 16 == 0) {
                    sameSlot.add(thread);
                }
            }
            sameSlot.forEach(Thread::start);
            for (Thread thread : sameSlot) {
                thread.join();
            }
            assertThat(wrong).hasValue(0);
            memory.close();
        }
    }

    private static int wrongViews(MappedMemory memory, Random random) {
        int wrong = 0;
        for (int i = 0; i < 100_000; i++) {
            int at = random.nextInt((int) (16 * PAGE / 8));
            ByteBuffer view = i % 2 == 0 ? memory.view(at * 8L, 8) : memory.readOnlyView(at * 8L, 8);
            wrong += view.capacity() == 8 && view.getLong(0) == at ? 0 : 1;
        }
        return wrong;
    }

    @Test
    void aViewOfTheLongestLengthFitsAtEveryGibAndItsNeighbours() {
        long size = 3 * GIB + PAGE;
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "roots", size)) {
            MappedMemory memory = map(memfd, size);
            for (long base = 0; base <= 2 * GIB; base += GIB) {
                for (long nudge : new long[] {-PAGE, -1, 0, 1, PAGE}) {
                    checkEnds(memory, base + nudge, size);
                }
            }
            memory.close();
        }
    }

    private static void checkEnds(MappedMemory memory, long offset, long size) {
        if (offset < 0 || offset + DmaBuf.MAX_VIEW > size) {
            return;
        }
        ByteBuffer longest = memory.view(offset, DmaBuf.MAX_VIEW);
        longest.put(0, (byte) 1).put(DmaBuf.MAX_VIEW - 1, (byte) 2);
        assertThat(memory.view(offset, 1).get(0)).isEqualTo((byte) 1);
        assertThat(memory.view(offset + DmaBuf.MAX_VIEW - 1, 1).get(0)).isEqualTo((byte) 2);
        longest.put(0, (byte) 0).put(DmaBuf.MAX_VIEW - 1, (byte) 0);
    }

    @Test
    void anEmptyViewMayStandAtTheVeryEnd() {
        for (long size : new long[] {PAGE, GIB, 2 * GIB, 2 * GIB + PAGE}) {
            try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "end", size)) {
                MappedMemory memory = map(memfd, size);
                assertThat(memory.view(size, 0).capacity()).isZero();
                assertThat(memory.view(size - 1, 1).get(0)).isZero();
                memory.close();
            }
        }
    }

    @Test
    void closingGivesTheMemoryBackAndLeavesStaleViewsHarmless() {
        String label = "stale-views";
        OwnedFd memfd = Memfd.create(Libc.INSTANCE, label, PAGE);
        MappedMemory memory = map(memfd, PAGE);
        MappedMemory witness = map(memfd, PAGE);
        ByteBuffer stale = memory.view(0, 16);
        stale.putInt(0, 42);
        assertThat(Footprint.mappingsNaming(label)).isEqualTo(2);

        memory.close();

        assertThat(Footprint.mappingsNaming(label)).isEqualTo(1);
        assertThat(stale.getInt(0)).isZero();
        stale.putInt(0, 43);
        assertThat(stale.getInt(0)).isEqualTo(43);
        assertThat(witness.view(0, 4).getInt(0)).isEqualTo(42);
        witness.close();
        memfd.close();
        assertThat(Footprint.mappingsNaming(label)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAddressesAreUnmappedOnlyWhenTheLastViewIsCollected(boolean readOnly) {
        FaultingSyscalls syscalls = new FaultingSyscalls();
        ByteBuffer[] view = {viewOfViewOfClosedMemory(syscalls, readOnly)};
        for (int i = 0; i < 5; i++) {
            System.gc();
            assertThat(syscalls.unmapped()).isEmpty();
            assertThat(view[0].get(0)).isZero();
        }
        view[0] = null;
        await().until(() -> {
            System.gc();
            return syscalls.unmapped().size() == 1;
        });
    }

    /** In a method of its own: the frame of an interpreted method keeps what its variables once held. */
    private static ByteBuffer viewOfViewOfClosedMemory(Syscalls syscalls, boolean readOnly) {
        try (OwnedFd memfd = Memfd.create(syscalls, "collected", 3 * GIB)) {
            MappedMemory memory = MappedMemory.map(syscalls, "collected", memfd.number(), 3 * GIB);
            ByteBuffer view = readOnly ? memory.readOnlyView(2 * GIB, 8) : memory.view(2 * GIB, 8);
            memory.close();
            return view.slice().duplicate().asReadOnlyBuffer();
        }
    }

    @Test
    void whereTheKernelRefusesEmptyMemoryASparseFileStandsIn() {
        Footprint.awaitNoStandIns();
        FaultingSyscalls syscalls = new FaultingSyscalls();
        try (OwnedFd memfd = Memfd.create(syscalls, "overcommit", PAGE)) {
            MappedMemory memory = MappedMemory.map(syscalls, "overcommit", memfd.number(), PAGE);
            ByteBuffer stale = memory.view(0, 4);
            stale.putInt(0, 42);
            syscalls.failCall(1, Errno.ENOMEM);
            memory.close();
            assertThat(stale.getInt(0)).isZero();
            assertThat(Footprint.mappingsNaming("overcommit")).isZero();
            assertThat(Footprint.standIns()).isEqualTo(1);
            Reference.reachabilityFence(stale);
        }
        assertThat(Footprint.descriptors()).noneMatch(name -> name.contains("dmabuf-pool-closed"));
    }

    @Test
    void whereEverythingIsRefusedTheMemoryGoesWithTheLastView() {
        FaultingSyscalls syscalls = new FaultingSyscalls(refusingMappings());
        assertThatThrownBy(() -> mapAndClose(syscalls))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("mmap over 4096 bytes on refused failed with ENOMEM");
        await().until(() -> {
            System.gc();
            return syscalls.unmapped().size() == 1;
        });
        assertThat(Footprint.mappingsNaming("refused")).isZero();
    }

    private static Syscalls refusingMappings() {
        return new ForwardingSyscalls() {
            @Override
            public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
                boolean replaces = (flags & LinuxAbi.MAP_FIXED) != 0;
                return replaces ? -Errno.ENOMEM.number() : super.mmap(address, length, protection, flags, fd, offset);
            }
        };
    }

    private static void mapAndClose(Syscalls syscalls) {
        try (OwnedFd memfd = Memfd.create(syscalls, "refused", PAGE)) {
            MappedMemory.map(syscalls, "refused", memfd.number(), PAGE).close();
        }
    }

    private static MappedMemory map(OwnedFd memfd, long size) {
        return MappedMemory.map(Libc.INSTANCE, "test", memfd.number(), size);
    }
}
