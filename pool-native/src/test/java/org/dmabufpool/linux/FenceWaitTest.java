// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.FenceTimeoutException;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FenceWaitTest {

    private static final long MILLI = 1_000_000;
    private static final long HOUR = 3_600_000 * MILLI;
    private static final int EINTR = -Errno.EINTR.number();

    private final FakeKernel kernel = new FakeKernel();

    private DmaHeap heap() {
        return new DmaHeap(kernel, FakeKernel.HEAP, "fence-test", RangeSettings.NONE);
    }

    @ParameterizedTest
    @CsvSource({"READ, 1", "WRITE, 4", "READ_WRITE, 4"})
    void readersWaitForWritersAndWritersForEveryone(Direction direction, int events) {
        try (DmaBuf buffer = heap().allocate(4096)) {
            assertThat(buffer.awaitFences(direction, 0)).isTrue();
            assertThat(kernel.polled).containsExactly(events + " for 0");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "999999, 1", "1000000, 1", "1000001, 2", "99000001, 100", "9223372036854775807, 100"})
    void timeIsRoundedUpAndTakenInSteps(long nanos, int millis) {
        try (DmaBuf buffer = heap().allocate(4096)) {
            buffer.awaitFences(Direction.READ, nanos);
            assertThat(kernel.polled).containsExactly("1 for " + millis);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3_000_000, 120_000_000})
    void aStuckDeviceIsATimeoutAndNoHang(long nanos) {
        kernel.busy = true;
        try (DmaBuf buffer = heap().allocate(4096)) {
            long start = System.nanoTime();
            assertThat(buffer.awaitFences(Direction.WRITE, nanos)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
        }
    }

    @Test
    void stepsGoOnUntilTheDeviceHasDone() {
        kernel.polls.addAll(Collections.nCopies(50, 0));
        kernel.polls.add((int) LinuxAbi.POLLIN);
        try (DmaBuf buffer = heap().allocate(4096)) {
            assertThat(buffer.awaitFences(Direction.READ, HOUR)).isTrue();
            assertThat(kernel.polled).hasSize(51);
            assertThat(buffer.restarts()).isZero();
        }
    }

    @Test
    void signalsRestartTheWaitAndAreCounted() {
        int more = SyncCalls.MAX_RESTARTS + 5;
        kernel.polls.addAll(Collections.nCopies(more, EINTR));
        try (DmaBuf buffer = heap().allocate(4096)) {
            assertThat(buffer.awaitFences(Direction.READ, HOUR))
                    .as("within its time")
                    .isTrue();
            assertThat(buffer.restarts()).isEqualTo(more);
        }
    }

    @Test
    void whereNoTimeIsLeftRestartingHasAnEnd() {
        kernel.polls.addAll(Collections.nCopies(SyncCalls.MAX_RESTARTS + 1, EINTR));
        try (DmaBuf buffer = heap().allocate(4096)) {
            assertThatThrownBy(() -> buffer.awaitFences(Direction.READ, 0))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("poll POLLIN for devices that write on " + buffer.name())
                    .hasMessageContaining("EINTR");
        }
    }

    @Test
    void aRefusalNamesTheSideWaitedFor() {
        kernel.polls.add(-Errno.ENOMEM.number());
        try (DmaBuf buffer = heap().allocate(4096)) {
            assertThatThrownBy(() -> buffer.awaitFences(Direction.WRITE, HOUR))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("poll POLLOUT for devices that read or write")
                    .hasMessageContaining("ENOMEM");
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {LinuxAbi.POLLERR, LinuxAbi.POLLNVAL, LinuxAbi.POLLIN | LinuxAbi.POLLERR})
    void aDescriptorThatIsNoDmaBufAnyMoreIsNoSuccess(short events) {
        kernel.polls.add((int) events);
        try (DmaBuf buffer = heap().allocate(4096)) {
            assertThatThrownBy(() -> buffer.awaitFences(Direction.READ, HOUR))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("no dma-buf any more");
        }
    }

    @Test
    void anInterruptEndsAWaitButNotALook() {
        try (DmaBuf buffer = heap().allocate(4096)) {
            Thread.currentThread().interrupt();
            assertThat(buffer.awaitFences(Direction.READ, HOUR)).isTrue();
            kernel.busy = true;
            assertThat(buffer.awaitFences(Direction.READ, 0)).isFalse();
            assertThatThrownBy(() -> buffer.awaitFences(Direction.READ, HOUR))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("interrupted while it waited for fences");
        } finally {
            assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
        }
    }

    @Test
    void aCloseEndsAWaitOfAnotherThread() throws InterruptedException {
        kernel.busy = true;
        DmaBuf buffer = heap().allocate(4096);
        Throwable[] seen = new Throwable[1];
        Thread waiter = new Thread(() -> {
            try {
                buffer.awaitFences(Direction.READ, HOUR);
            } catch (IllegalStateException closed) {
                seen[0] = closed;
            }
        });
        waiter.start();
        buffer.close();
        waiter.join();
        assertThat(seen[0]).hasMessageContaining("closed");
    }

    @Test
    void anAccessWithATimeoutSaysWhoseFenceItWaitedFor() {
        try (DmaBufPool pool =
                        DmaBufPool.builder().heap(heap()).capacity(1 << 20).build();
                Slice slice = pool.allocate(100)) {
            kernel.busy = true;
            assertThatThrownBy(() -> slice.access(Direction.READ, Duration.ZERO))
                    .isInstanceOf(FenceTimeoutException.class)
                    .hasMessageContaining("devices writing to the dma-buf that this slice shares with others");
            assertThatThrownBy(() -> slice.access(Direction.WRITE, Duration.ofMillis(1)))
                    .isInstanceOf(FenceTimeoutException.class)
                    .hasMessageContaining("devices at work on the dma-buf");
            assertThat(kernel.syncs).as("nothing was begun").isEmpty();
            kernel.busy = false;
            slice.access(Direction.READ, Duration.ofSeconds(10)).close();
        }
    }

    @Test
    void aWindowHasFencesOfItsOwn() {
        try (DmaBuf buffer = new UdmabufHeap(kernel, "fence-test").allocate(1 << 20);
                Window window = buffer.openWindow(4096, 4096)) {
            kernel.polls.add(0);
            assertThat(window.awaitFences(Direction.READ, 0)).isFalse();
            assertThat(window.awaitFences(Direction.WRITE, 0)).isTrue();
            assertThat(kernel.polled).containsExactly("1 for 0", "4 for 0");
        }
    }

    @Test
    void withoutADescriptorThereAreNoFences() {
        kernel.removeFile(UdmabufIoctl.SIZE_LIMIT_FILE);
        try (DmaBuf buffer = new UdmabufHeap(kernel, "fence-test").allocate(1 << 20)) {
            assertThat(buffer.fd()).isEqualTo(-1);
            assertThat(buffer.awaitFences(Direction.READ, HOUR)).isTrue();
            assertThat(kernel.polled).isEmpty();
        }
    }
}
