// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.FenceTimeoutException;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real fences of a device at work: whom they hold up, and that nobody hangs. */
@Tag("lab-bounce")
class FenceBounceTest {

    private static final int PAGE = 4096;
    private static final int SLICES = 16;
    private static final long CAPACITY = SLICES * PAGE;
    private static final Duration LONG = Duration.ofMinutes(5);

    @ParameterizedTest
    @EnumSource
    void aStuckWriterIsATimeoutForEveryone(Direction direction) {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera camera = new LabCamera(buffer.fd())) {
            assertThat(buffer.awaitFences(direction, 0)).isTrue();
            camera.busy(true);
            assertThat(buffer.awaitFences(direction, 0)).isFalse();
            assertThat(buffer.awaitFences(direction, 20_000_000)).isFalse();
            camera.idle();
            assertThat(buffer.awaitFences(direction, 0)).isTrue();
        }
    }

    @Test
    void aStuckReaderHoldsUpThoseWhoWriteOnly() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera camera = new LabCamera(buffer.fd())) {
            camera.busy(false);
            assertThat(buffer.awaitFences(Direction.READ, 0)).isTrue();
            assertThat(buffer.awaitFences(Direction.WRITE, 0)).isFalse();
            assertThat(buffer.awaitFences(Direction.READ_WRITE, 1_000_000)).isFalse();
        }
    }

    @Test
    void aWaitEndsWhenTheDeviceHasDone() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera camera = new LabCamera(buffer.fd())) {
            camera.busy(true);
            CompletableFuture<Boolean> wait =
                    CompletableFuture.supplyAsync(() -> buffer.awaitFences(Direction.READ, LONG.toNanos()));
            assertThat(buffer.awaitFences(Direction.READ, 0)).isFalse();
            camera.idle();
            assertThat(wait.join()).isTrue();
        }
    }

    @Test
    void aWritersFenceTravelsAsASyncFileFromBufferToWindow() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera camera = new LabCamera(buffer.fd());
                DmaBuf windowed = new UdmabufHeap().allocate(CAPACITY);
                Window window = windowed.openWindow(PAGE, PAGE)) {
            assertThat(buffer.pendingFences()).isNull();
            camera.busy(true);
            int exported = buffer.exportFence(Direction.READ);
            window.importFence(Direction.WRITE, exported);
            try (Fence fence = buffer.adoptFence(exported);
                    Fence pending = buffer.pendingFences()) {
                LabModule.required("close the exported fence", Libc.INSTANCE.close(exported));
                assertThat(pending).isNotNull();
                assertThat(fence.state()).isEqualTo(Fence.State.PENDING);
                assertThat(pending.state()).isEqualTo(Fence.State.PENDING);
                assertThat(window.awaitFences(Direction.READ, 0)).isFalse();
                camera.idle();
                assertThat(fence.state()).isEqualTo(Fence.State.SIGNALLED);
                assertThat(pending.state()).isEqualTo(Fence.State.SIGNALLED);
                assertThat(window.awaitFences(Direction.READ, 0)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"READ, SIGNALLED", "WRITE, PENDING", "READ_WRITE, PENDING"})
    void aReadersFenceIsNoneThatReadersWaitFor(Direction direction, Fence.State state) {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera camera = new LabCamera(buffer.fd())) {
            camera.busy(false);
            int exported = buffer.exportFence(direction);
            try (Fence fence = buffer.adoptFence(exported);
                    Fence pending = buffer.pendingFences()) {
                assertThat(fence.state()).isEqualTo(state);
                assertThat(pending).as("readers count among the pending").isNotNull();
                assertThat(pending.state()).isEqualTo(Fence.State.PENDING);
            }
            LabModule.required("close the exported fence", Libc.INSTANCE.close(exported));
        }
    }

    /** A fence of a device that starts later is not in it, and the pending one outlives buffer and device. */
    @Test
    void pendingFencesAreThoseOfNow() {
        Fence first;
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera one = new LabCamera(buffer.fd());
                LabCamera two = new LabCamera(buffer.fd())) {
            one.busy(true);
            first = buffer.pendingFences();
            two.busy(true);
            one.idle();
            assertThat(first).isNotNull();
            assertThat(first.state()).isEqualTo(Fence.State.SIGNALLED);
            try (Fence second = buffer.pendingFences()) {
                assertThat(second).isNotNull();
                assertThat(second.state()).isEqualTo(Fence.State.PENDING);
            }
            two.idle();
        }
        assertThat(first.state()).isEqualTo(Fence.State.SIGNALLED);
        first.close();
    }

    /** Each slice is tried with a timeout; what is held up though its own bytes are idle is held up falsely. */
    @Test
    void slicesOfOneDmaBufShareFencesFalselyAndWindowsDoNot() {
        List<Slice> shared = new ArrayList<>();
        try (LabRig rig = LabRig.ranged();
                DmaBufPool pool = pool(rig)) {
            take(pool, shared);
            rig.camera().busy(true);
            assertThat(heldUp(shared)).as("one device, one slice, no windows").isEqualTo(SLICES);
            rig.camera().idle();
            assertThat(heldUp(shared)).isZero();
            shared.forEach(Slice::close);
        }
        List<Slice> own = new ArrayList<>();
        try (DmaBufPool pool = pool(new UdmabufHeap())) {
            take(pool, own);
            try (LabCamera camera = new LabCamera(own.get(3).windowFd())) {
                camera.busy(true);
                assertThat(heldUp(own)).as("one device, one slice, windows").isEqualTo(1);
                assertThatThrownBy(() -> own.get(3).access(Direction.READ, Duration.ZERO))
                        .isInstanceOf(FenceTimeoutException.class)
                        .hasMessageContaining("devices writing to this slice did not finish");
            }
            own.forEach(Slice::close);
        }
        System.out.println("fences: one device at work on one of " + SLICES + " slices holds up " + SLICES
                + " without windows, 1 with");
    }

    @Test
    void aWaitInVainLeavesTheSliceAsItWas() {
        try (LabRig rig = LabRig.ranged();
                DmaBufPool pool = pool(rig);
                Slice slice = pool.allocate(PAGE)) {
            rig.camera().fill(slice.offset(), PAGE, 5);
            rig.camera().busy(true);
            rig.takeCounters();
            assertThatThrownBy(() -> slice.access(Direction.READ, Duration.ofMillis(5)))
                    .isInstanceOf(FenceTimeoutException.class)
                    .hasMessageContaining("devices writing to the dma-buf that this slice shares with others");
            assertThat(rig.takeCounters().totalCalls()).isZero();
            rig.camera().idle();
            try (CpuAccess access = slice.access(Direction.READ, Duration.ZERO)) {
                assertThat(access.buffer().get(0)).isEqualTo((byte) 5);
            }
        }
    }

    /** The fault, and its cure: START without end or an access with a timeout, both after the device has done. */
    @Test
    void startBeforeTheDeviceHasDoneLeavesTheCpuWithStaleBytes() {
        try (LabRig rig = LabRig.ranged();
                DmaBufPool pool = pool(rig);
                Slice slice = pool.allocate(PAGE)) {
            try (CpuAccess tooEarly = slice.read()) {
                rig.camera().fill(slice.offset(), PAGE, 5);
                assertThat(tooEarly.buffer().get(0)).as("the stale byte").isZero();
            }
            try (CpuAccess access = slice.access(Direction.READ, Duration.ZERO)) {
                assertThat(access.buffer().get(0)).isEqualTo((byte) 5);
            }
        }
    }

    @Test
    void theModuleRefusesWhatMakesNoSense() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera camera = new LabCamera(buffer.fd())) {
            assertThat(Errno.EINVAL.is(camera.tryIdle())).isTrue();
            assertThat(Errno.EINVAL.is(camera.tryBusy(2))).isTrue();
            camera.busy(false);
            assertThat(Errno.EBUSY.is(camera.tryBusy(1))).isTrue();
        }
    }

    private static DmaBufPool pool(Heap heap) {
        return DmaBufPool.builder().heap(heap).capacity(CAPACITY).build();
    }

    private static void take(DmaBufPool pool, List<Slice> slices) {
        for (int i = 0; i < SLICES; i++) {
            slices.add(pool.allocate(PAGE));
        }
    }

    private static int heldUp(List<Slice> slices) {
        int heldUp = 0;
        for (Slice slice : slices) {
            try {
                slice.access(Direction.READ, Duration.ZERO).close();
            } catch (FenceTimeoutException stuck) {
                heldUp++;
            }
        }
        return heldUp;
    }
}
