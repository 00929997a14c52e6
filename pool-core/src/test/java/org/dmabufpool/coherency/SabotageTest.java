// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.coherency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.dmabufpool.AccessRequest;
import org.dmabufpool.AccessSet;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelDevice;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.model.ModelTransfer;
import org.dmabufpool.model.Violation;
import org.dmabufpool.model.Violation.Kind;
import org.dmabufpool.sync.AccessBlockedException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Each fault that code for non-coherent memory is known for, planted, and what the model says to it. That the same steps
 * without the fault are clean is part of every test: a detector that always shouts detects nothing.
 */
class SabotageTest {

    private static final long CAPACITY = 64 << 10;
    private static final int LINE = 128;
    private static final int LENGTH = 4 * LINE;

    /** What becomes of a range call on its way to the buffer. */
    private interface RangeFault {
        void sync(DmaBuf target, SyncPhase phase, Direction direction, long offset, long length);
    }

    /** No windows, so that slices lie as close as lines allow. */
    private static ModelHeap machine() {
        return ModelHeap.supporting(SyncWay.PARTIAL, SyncWay.WHOLE);
    }

    private static DmaBufPool pool(ModelHeap heap, RangeFault fault) {
        return DmaBufPool.builder()
                .heap(ForwardingBuffer.heap(heap, target -> new ForwardingBuffer(target) {
                    @Override
                    public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
                        fault.sync(target, phase, direction, offset, length);
                    }
                }))
                .capacity(CAPACITY)
                .sync(SyncWay.PARTIAL)
                .build();
    }

    /** Steps that are sound over any pool whose syncs work. */
    private interface Steps {
        void run(DmaBufPool pool, ModelHeap heap);
    }

    /** What the model sees in the steps, over a pool with the fault; without the fault it must see nothing. */
    private static Set<Kind> seen(ModelHeap machine, RangeFault fault, Steps steps) {
        return seen(machine, fault, steps, true);
    }

    private static Set<Kind> seen(ModelHeap machine, RangeFault fault, Steps steps, boolean checkSound) {
        if (checkSound) {
            assertThat(seen(machine.withUnalignedRanges(), DmaBuf::syncRange, steps, false))
                    .as("without the fault")
                    .isEmpty();
        }
        ModelHeap heap = machine.withUnalignedRanges();
        try (DmaBufPool pool = pool(heap, fault)) {
            steps.run(pool, heap);
        }
        return kinds(heap);
    }

    private static Set<Kind> kinds(ModelHeap heap) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        heap.violations().forEach(violation -> kinds.add(violation.kind()));
        return kinds;
    }

    private static void cpuWritesDeviceReads(DmaBufPool pool, ModelHeap heap) {
        try (Slice slice = pool.allocate(LENGTH)) {
            write(slice, 7);
            heap.device("encoder").read(slice.offset(), ByteBuffer.allocate(LENGTH));
        }
    }

    private static void deviceWritesCpuReads(DmaBufPool pool, ModelHeap heap) {
        try (Slice slice = pool.allocate(LENGTH)) {
            slice.read().close();
            heap.device("sensor").write(slice.offset(), bytes(LENGTH, 9));
            slice.read().close();
        }
    }

    /** One slice is being written by its owner while another is read. */
    private static void oneWritesWhileAnotherReads(DmaBufPool pool, ModelHeap heap) {
        try (Slice written = pool.allocate(LENGTH);
                Slice read = pool.allocate(LENGTH);
                CpuAccess write = written.write()) {
            write.buffer().put(filled(LENGTH, 3));
            read.read().close();
        }
    }

    private static void write(Slice slice, int value) {
        try (CpuAccess access = slice.write()) {
            access.buffer().put(filled(LENGTH, value));
        }
    }

    private static ByteBuffer bytes(int length, int value) {
        return ByteBuffer.wrap(filled(length, value));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void endForgottenAfterWrite() {
        RangeFault fault = (target, phase, direction, offset, length) -> {
            if (phase == SyncPhase.START || !direction.writes()) {
                target.syncRange(phase, direction, offset, length);
            }
        };
        assertThat(seen(machine(), fault, SabotageTest::cpuWritesDeviceReads))
                .containsExactlyInAnyOrder(Kind.SYNC_MISSING, Kind.DEVICE_READ_STALE);
    }

    @Test
    void endForgottenIsSeenThoughAnEvictionSavedTheBytes() {
        RangeFault fault = (target, phase, direction, offset, length) -> {
            if (phase == SyncPhase.START) {
                target.syncRange(phase, direction, offset, length);
            }
        };
        Steps steps = (pool, heap) -> {
            try (Slice slice = pool.allocate(LENGTH)) {
                write(slice, 7);
                heap.evictAll();
                ByteBuffer read = ByteBuffer.allocate(LENGTH);
                heap.device().read(slice.offset(), read);
                assertThat(read.array()).containsOnly(7);
            }
        };
        assertThat(seen(machine(), fault, steps)).containsExactlyInAnyOrder(Kind.SYNC_MISSING, Kind.DEVICE_READ_STALE);
    }

    @Test
    void startForgottenBeforeRead() {
        RangeFault fault = (target, phase, direction, offset, length) -> {
            if (phase == SyncPhase.END || !direction.reads()) {
                target.syncRange(phase, direction, offset, length);
            }
        };
        assertThat(seen(machine(), fault, SabotageTest::deviceWritesCpuReads))
                .containsExactlyInAnyOrder(Kind.SYNC_MISSING, Kind.CPU_READ_STALE);
    }

    @Nested
    class WrongDirection {

        private final RangeFault swapped = (target, phase, direction, offset, length) ->
                target.syncRange(phase, direction == Direction.READ ? Direction.WRITE : Direction.READ, offset, length);

        @Test
        void ofAReader() {
            assertThat(seen(machine(), swapped, SabotageTest::deviceWritesCpuReads))
                    .containsExactlyInAnyOrder(Kind.SYNC_WRONG_DIRECTION, Kind.CPU_READ_STALE);
        }

        @Test
        void ofAWriter() {
            assertThat(seen(machine(), swapped, SabotageTest::cpuWritesDeviceReads))
                    .as("harmless by luck on new kernels, as END READ cleans there")
                    .containsExactlyInAnyOrder(Kind.SYNC_WRONG_DIRECTION);
        }

        @Test
        void ofAWriterOnOldArm64() {
            assertThat(seen(machine().withOldArm64(), swapped, SabotageTest::cpuWritesDeviceReads))
                    .containsExactlyInAnyOrder(Kind.SYNC_WRONG_DIRECTION, Kind.CPU_WRITE_LOST);
        }
    }

    @Nested
    class WholeBufferWithoutExclusion {

        /** What libraries do that know whole buffers only. */
        private final RangeFault whole =
                (target, phase, direction, offset, length) -> target.syncWhole(phase, direction);

        @Test
        void startRead() {
            ModelHeap heap = machine();
            try (DmaBufPool pool = pool(heap, whole)) {
                oneWritesWhileAnotherReads(pool, heap);
            }
            assertThat(kinds(heap)).containsExactly(Kind.CPU_WRITE_LOST);
            assertThat(heap.bytesSynced()).as("and the width is on the books").isGreaterThan(30 * heap.bytesNeeded());
        }

        @Test
        void theOwnerCanNoLongerFindItsBytes() {
            ModelHeap heap = machine();
            try (DmaBufPool pool = pool(heap, whole);
                    Slice jpeg = pool.allocate(SliceRequest.of(LENGTH).tag("jpeg"));
                    Slice raw = pool.allocate(SliceRequest.of(LENGTH).tag("raw"));
                    CpuAccess write = jpeg.write()) {
                ByteBuffer view = write.buffer();
                view.put(0, (byte) 9);
                raw.read().close();
                assertThat(view.get(0)).isZero();
            }
            Violation lost = heap.violations().get(0);
            assertThat(lost.what()).contains("START READ (WHOLE) of 65536 bytes at 0");
            assertThat(lost.slice()).contains("'jpeg'").contains("SabotageTest");
            assertThat(lost.access()).contains("WRITE").contains("still open").contains("SabotageTest");
        }

        @Test
        void theSameStepsAreRefusedUnderExclusionAndSoundInOneBracket() {
            ModelHeap heap = ModelHeap.supporting(SyncWay.WHOLE).withOldArm64();
            try (DmaBufPool pool =
                            DmaBufPool.builder().heap(heap).capacity(CAPACITY).build();
                    Slice written = pool.allocate(LENGTH);
                    Slice read = pool.allocate(LENGTH)) {
                assertThatThrownBy(() -> oneWritesWhileAnotherReads(pool, heap))
                        .isInstanceOf(AccessBlockedException.class);
                try (AccessSet set = pool.access(AccessRequest.write(written), AccessRequest.read(read))) {
                    set.buffer(written).put(filled(LENGTH, 3));
                }
                ByteBuffer seen = ByteBuffer.allocate(LENGTH);
                heap.device("encoder").read(written.offset(), seen);
                assertThat(seen.array()).isEqualTo(filled(LENGTH, 3));
            }
            assertThat(heap.violations()).isEmpty();
        }

        @Test
        void oldArm64EndReadOverAnotherSlicesDirtyLines() {
            RangeFault wideEnd = (target, phase, direction, offset, length) -> {
                if (phase == SyncPhase.END && direction == Direction.READ) {
                    target.syncWhole(phase, direction);
                } else {
                    target.syncRange(phase, direction, offset, length);
                }
            };
            assertThat(seen(machine().withOldArm64(), wideEnd, SabotageTest::oneWritesWhileAnotherReads))
                    .containsExactly(Kind.CPU_WRITE_LOST);
            assertThat(seen(machine(), wideEnd, SabotageTest::oneWritesWhileAnotherReads))
                    .as("new kernels only clean there")
                    .isEmpty();
        }
    }

    /** Two owners packed closer than a line, each syncing its own bytes, as a pool with too small an alignment would. */
    @Nested
    class TwoSlicesOnOneLine {

        private static final int HALF = LINE / 2;

        private final ModelHeap heap = machine().withUnalignedRanges();
        private final DmaBuf buffer = heap.allocate(CAPACITY);
        private final ModelDevice device = heap.device("sensor");

        @Test
        void roundedToLinesTheNeighboursBytesAreDropped() {
            buffer.syncRange(SyncPhase.START, Direction.WRITE, 0, LINE);
            buffer.view(0, HALF).put(filled(HALF, 1));
            buffer.syncRange(SyncPhase.START, Direction.READ, 0, LINE);
            assertThat(kinds(heap)).containsExactly(Kind.CPU_WRITE_LOST);
        }

        @Test
        void unroundedTheEdgeIsCleanedOverTheDevicesBytes() {
            buffer.syncRange(SyncPhase.START, Direction.READ_WRITE, 0, HALF);
            buffer.view(0, HALF).put(filled(HALF, 1));
            device.write(HALF, bytes(HALF, 2));
            buffer.syncRange(SyncPhase.START, Direction.READ, HALF, HALF);
            assertThat(kinds(heap)).contains(Kind.DEVICE_WRITE_LOST);
            assertThat(buffer.view(0, 1).get(0)).as("the CPU's bytes survive").isEqualTo((byte) 1);
            assertThat(buffer.view(HALF, 1).get(0)).as("the device's do not").isZero();
        }

        @Test
        void onLinesOfTheirOwnBothSurvive() {
            buffer.syncRange(SyncPhase.START, Direction.READ_WRITE, 0, HALF);
            buffer.view(0, HALF).put(filled(HALF, 1));
            device.write(LINE, bytes(HALF, 2));
            buffer.syncRange(SyncPhase.START, Direction.READ, LINE, HALF);
            assertThat(heap.violations()).isEmpty();
            assertThat(buffer.view(0, 1).get(0)).isEqualTo((byte) 1);
            assertThat(buffer.view(LINE, 1).get(0)).isEqualTo((byte) 2);
        }
    }

    @Test
    void reuseWithoutClean() {
        RangeFault fault = (target, phase, direction, offset, length) -> {
            if (phase == SyncPhase.START) {
                target.syncRange(phase, direction, offset, length);
            }
        };
        Steps steps = (pool, heap) -> {
            try (Slice zeroed = pool.allocate(LENGTH)) {
                write(zeroed, 1);
            }
            try (Slice reused = pool.allocate(LENGTH)) {
                heap.device("sensor").write(reused.offset(), bytes(LENGTH / 4, 9));
                heap.evictAll();
                reused.read().close();
            }
        };
        assertThat(seen(machine(), fault, steps)).contains(Kind.SYNC_MISSING, Kind.DEVICE_WRITE_LOST);
    }

    @Test
    void aViewKeptAfterItsAccessIsSeenAtRelease() {
        ModelHeap heap = machine();
        try (DmaBufPool pool =
                        DmaBufPool.builder().heap(heap).capacity(CAPACITY).build();
                Slice slice = pool.allocate(LENGTH)) {
            ByteBuffer kept;
            try (CpuAccess access = slice.write()) {
                kept = access.buffer();
            }
            kept.put(0, (byte) 1);
        }
        assertThat(kinds(heap)).containsExactly(Kind.SYNC_MISSING);
        assertThat(heap.violations().get(0).access()).contains("closed");
    }

    @Test
    void rangeOneLineShort() {
        RangeFault fault =
                (target, phase, direction, offset, length) -> target.syncRange(phase, direction, offset, length - LINE);
        assertThat(seen(machine(), fault, SabotageTest::cpuWritesDeviceReads))
                .containsExactlyInAnyOrder(Kind.SYNC_MISSING, Kind.DEVICE_READ_STALE);
        assertThat(seen(machine(), fault, SabotageTest::deviceWritesCpuReads))
                .containsExactlyInAnyOrder(Kind.SYNC_MISSING, Kind.CPU_READ_STALE);
    }

    @Test
    void rangeOneLineTooWide() {
        RangeFault fault =
                (target, phase, direction, offset, length) -> target.syncRange(phase, direction, offset, length + LINE);
        ModelHeap heap = machine();
        try (DmaBufPool pool = pool(heap, fault)) {
            oneWritesWhileAnotherReads(pool, heap);
        }
        assertThat(kinds(heap)).containsExactly(Kind.SYNC_TOO_WIDE);
        assertThat(heap.violations().get(0).length()).isEqualTo(LINE);
    }

    @Test
    void silentExporterTrusted() {
        RangeFault fault = (target, phase, direction, offset, length) -> {};
        assertThat(seen(machine(), fault, SabotageTest::cpuWritesDeviceReads))
                .contains(Kind.SYNC_MISSING, Kind.DEVICE_READ_STALE);
        assertThat(seen(machine(), fault, SabotageTest::deviceWritesCpuReads))
                .contains(Kind.SYNC_MISSING, Kind.CPU_READ_STALE);
    }

    @Test
    void coherenceDeclaredWhereThereIsNone() {
        ModelHeap heap = machine();
        try (DmaBufPool pool = DmaBufPool.builder()
                .heap(heap)
                .capacity(CAPACITY)
                .sync(SyncWay.NONE)
                .build()) {
            cpuWritesDeviceReads(pool, heap);
        }
        assertThat(kinds(heap)).contains(Kind.SYNC_MISSING, Kind.DEVICE_READ_STALE);
    }

    @Test
    void startBeforeTheDeviceFinished() {
        ModelHeap heap = machine();
        try (DmaBufPool pool =
                        DmaBufPool.builder().heap(heap).capacity(CAPACITY).build();
                Slice slice = pool.allocate(SliceRequest.of(LENGTH).tag("frame"))) {
            ModelTransfer transfer = heap.device("sensor").beginWrite(slice.offset(), bytes(LENGTH, 9));
            transfer.progress(LENGTH / 2);
            try (CpuAccess read = slice.read()) {
                assertThat(read.buffer().get(LENGTH - 1)).isZero();
                assertThat(kinds(heap)).as("said at once").containsExactly(Kind.CPU_READ_STALE);
                transfer.finish();
                assertThat(read.buffer().get(LENGTH - 1))
                        .as("the cache keeps what it fetched")
                        .isZero();
            }
            assertThat(heap.violations()).hasSize(2);
            assertThat(heap.violations().get(0).what()).contains("before the end of: device 'sensor' writing");
            slice.read().close();
            assertThat(heap.violations()).as("the device has finished now").hasSize(2);
        }
    }

    @Test
    void writeStartedWhileADeviceStillReads() {
        ModelHeap heap = machine();
        try (DmaBufPool pool =
                        DmaBufPool.builder().heap(heap).capacity(CAPACITY).build();
                Slice slice = pool.allocate(LENGTH)) {
            write(slice, 1);
            ModelTransfer transfer = heap.device("encoder").beginRead(slice.offset(), ByteBuffer.allocate(LENGTH));
            write(slice, 2);
            transfer.finish();
        }
        assertThat(kinds(heap)).containsExactly(Kind.DEVICE_READ_STALE);
    }

    @Test
    void aWriteThatCoversOnlyPartOfWhatADeviceWrote() {
        ModelHeap heap = machine();
        try (DmaBufPool pool =
                        DmaBufPool.builder().heap(heap).capacity(CAPACITY).build();
                Slice slice = pool.allocate(LENGTH)) {
            heap.device().write(slice.offset(), bytes(LENGTH, 9));
            try (CpuAccess update = slice.readWrite()) {
                update.buffer().put(0, (byte) 1);
            }
            assertThat(heap.violations()).as("READ_WRITE keeps the rest").isEmpty();
            heap.device().write(slice.offset(), bytes(LENGTH, 9));
            try (CpuAccess update = slice.write()) {
                update.buffer().putInt(0, 1);
            }
        }
        assertThat(kinds(heap)).containsExactly(Kind.DEVICE_WRITE_LOST);
    }
}
