// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.dmabufpool.AccessRequest;
import org.dmabufpool.AccessSet;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRange;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.sync.AccessBlockedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each sync call does to the bytes that the CPU and a device see, where the two really differ. */
@Tag("lab-bounce")
class BouncedSyncTest {

    private static final int PAGE = 4096;
    private static final int LINE = 128;
    private static final int BYTES = 1 << 20;
    private static final int STRIDE = 1000;
    private static final int FRAME_BYTES = 100 * STRIDE;

    private final LabRig rig = LabRig.ranged();
    private final LabRig silent = LabRig.silent();

    @AfterEach
    void detachCameras() {
        rig.close();
        silent.close();
    }

    @Test
    void partialStartReadShowsWhatTheDeviceWroteAndLeavesTheNeighbours() {
        try (DmaBuf buffer = rig.allocate(BYTES)) {
            ByteBuffer cpu = buffer.view(0, BYTES);
            rig.camera().fill(3 * PAGE, 3 * PAGE, 5);
            assertAll(cpu, 0, BYTES, 0);

            buffer.syncRange(SyncPhase.START, Direction.READ, 4 * PAGE, PAGE);

            assertAll(cpu, 4 * PAGE, PAGE, 5);
            assertAll(cpu, 0, 4 * PAGE, 0);
            assertAll(cpu, 5 * PAGE, BYTES - 5 * PAGE, 0);
        }
    }

    @Test
    void partialEndWriteHandsOverExactlyTheLinesNamed() {
        try (DmaBuf buffer = rig.allocate(BYTES)) {
            ByteBuffer cpu = buffer.view(0, BYTES);
            for (int i = 0; i < 2 * PAGE; i++) {
                cpu.put(i, (byte) 7);
            }
            assertThat(rig.camera().read(PAGE)).isZero();

            buffer.syncRange(SyncPhase.END, Direction.WRITE, PAGE - LINE, 2 * LINE);

            byte[] device = rig.camera().read(0, 2 * PAGE);
            for (int i = 0; i < device.length; i++) {
                boolean named = i >= PAGE - LINE && i < PAGE + LINE;
                assertThat(device[i]).as("byte %d", i).isEqualTo((byte) (named ? 7 : 0));
            }
        }
    }

    @Test
    void wholeBufferStartReadLosesWhatAnotherSliceHasNotHandedOver() {
        try (DmaBuf buffer = rig.allocate(BYTES)) {
            ByteBuffer otherSlice = buffer.view(8 * PAGE, PAGE);
            otherSlice.put(0, (byte) 9);

            buffer.syncWhole(SyncPhase.START, Direction.READ);

            assertThat(otherSlice.get(0)).as("the data loss").isZero();
        }
    }

    @Test
    void partialStartReadOfOneSliceKeepsWhatAnotherHasNotHandedOver() {
        try (DmaBuf buffer = rig.allocate(BYTES)) {
            ByteBuffer otherSlice = buffer.view(8 * PAGE, PAGE);
            otherSlice.put(0, (byte) 9);

            buffer.syncRange(SyncPhase.START, Direction.READ, 0, 8 * PAGE);
            buffer.syncRange(SyncPhase.START, Direction.READ, 8 * PAGE + LINE, PAGE - LINE);

            assertThat(otherSlice.get(0)).isEqualTo((byte) 9);
        }
    }

    @Test
    void theKernelsOwnSystemHeapLosesItToo() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE);
                LabCamera camera = new LabCamera(buffer.fd())) {
            ByteBuffer cpu = buffer.view(0, PAGE);
            cpu.put(LINE, (byte) 9);
            buffer.syncWhole(SyncPhase.START, Direction.READ);
            assertThat(cpu.get(LINE)).as("the data loss").isZero();
            camera.fill(0, PAGE, 3);
            buffer.syncWhole(SyncPhase.START, Direction.READ);
            assertThat(cpu.get(LINE)).isEqualTo((byte) 3);
        }
    }

    @Test
    void wholeBufferPoolKeepsAWritersBytesWhileItsThreadWantsToReadAnotherSlice() {
        try (DmaBufPool pool = pool(SyncWay.WHOLE);
                Slice written = pool.allocate(PAGE);
                Slice read = pool.allocate(PAGE)) {
            try (CpuAccess write = written.write()) {
                write.buffer().put(0, (byte) 9);
                assertThatThrownBy(read::read)
                        .as("any thread may write through the view that is open")
                        .isInstanceOf(AccessBlockedException.class)
                        .hasMessageContaining("pool.access(");
                write.buffer().put(1, (byte) 10);
            }
            assertThat(rig.camera().read(written.offset(), 2)).containsExactly(9, 10);
        }
    }

    @Test
    void wholeBufferPoolReadsOneSliceAndWritesAnotherInOneBracket() {
        try (DmaBufPool pool = pool(SyncWay.WHOLE);
                Slice written = pool.allocate(PAGE);
                Slice read = pool.allocate(PAGE)) {
            rig.camera().fill(read.offset(), PAGE, 4);
            try (AccessSet both = pool.access(AccessRequest.write(written), AccessRequest.read(read))) {
                assertThat(both.buffer(read).get(0)).isEqualTo((byte) 4);
                both.buffer(written).put(0, (byte) 9);
            }
            assertThat(rig.camera().read(written.offset())).isEqualTo((byte) 9);
            assertThat(rig.camera().read(read.offset())).isEqualTo((byte) 4);
        }
    }

    @Test
    void wholeBufferPoolKeepsOtherThreadsFromReadingWhileOneWrites() {
        try (DmaBufPool pool = pool(SyncWay.WHOLE);
                Slice written = pool.allocate(PAGE);
                Slice read = pool.allocate(PAGE)) {
            try (CpuAccess write = written.write()) {
                write.buffer().put(0, (byte) 9);
                assertThatThrownBy(() -> CompletableFuture.runAsync(read::read).join())
                        .as("readers wait for writers")
                        .hasCauseInstanceOf(AccessBlockedException.class);
                assertThat(write.buffer().get(0)).isEqualTo((byte) 9);
            }
            assertThat(rig.camera().read(written.offset())).isEqualTo((byte) 9);
        }
    }

    /**
     * Why whole-buffer sync over bounce buffers asks for idle devices: they know no dirty lines, so END WRITE hands over
     * every byte, and a device's fresh output elsewhere is gone. Caches write back dirty lines only.
     */
    @Test
    void wholeBufferEndWriteOverBounceBuffersRunsOverADevicesFreshOutput() {
        try (DmaBuf buffer = rig.allocate(BYTES)) {
            rig.camera().fill(0, PAGE, 6);
            buffer.syncWhole(SyncPhase.END, Direction.WRITE);
            assertThat(rig.camera().read(0)).as("the device's own byte").isZero();

            rig.camera().fill(0, PAGE, 6);
            buffer.syncRange(SyncPhase.END, Direction.WRITE, PAGE, PAGE);
            assertThat(rig.camera().read(0)).isEqualTo((byte) 6);
        }
    }

    @Test
    void silentExporterAnswersZeroAndDoesNothing() {
        try (DmaBuf buffer = silent.allocate(BYTES)) {
            buffer.view(0, 1).put(0, (byte) 7);
            Scratch sync = Scratch.cleared(DmaBufIoctl.SYNC_PARTIAL_BYTES)
                    .putLong(DmaBufIoctl.FLAGS, DmaBufIoctl.syncFlags(SyncPhase.END, Direction.WRITE))
                    .putInt(DmaBufIoctl.PARTIAL_LENGTH, PAGE);

            int answer = Libc.INSTANCE.ioctl(buffer.fd(), DmaBufIoctl.SYNC_PARTIAL, sync.address());

            assertThat(answer).isZero();
            assertThat(silent.camera().read(0)).isZero();
            assertThat(silent.takeCounters().totalCalls()).isZero();
        }
    }

    @Test
    void silentExporterIsNotTrustedAndThePoolStaysRight() {
        try (DmaBufPool pool = DmaBufPool.builder().heap(silent).capacity(BYTES).build();
                Slice slice = pool.allocate(PAGE)) {
            SyncSupport support = silent.buffer().support(SyncWay.PARTIAL);
            assertThat(support.supported()).isFalse();
            assertThat(support.reason()).contains("proves nothing", "dmabuf_pool_silent", "trustPartialSync");
            assertThat(pool.statistics().syncWay()).isEqualTo(SyncWay.WHOLE);
            try (CpuAccess access = slice.write()) {
                access.buffer().put(0, (byte) 7);
            }
            assertThat(silent.camera().read(slice.offset())).isEqualTo((byte) 7);
        }
    }

    @Test
    void ordinaryExportersAreSilentTooWhereTheKernelKnowsTheCall() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(PAGE)) {
            assertThat(LinuxFacts.partialSyncAnswers(buffer.fd())).isTrue();
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void vendorDeviceSyncsRangesInEachLayout(LabVendor vendor) {
        try (LabRig through = LabRig.through(vendor);
                DmaBuf buffer = through.allocate(BYTES)) {
            ByteBuffer cpu = buffer.view(0, BYTES);
            through.camera().fill(0, 2 * PAGE, 5);
            buffer.syncRange(SyncPhase.START, Direction.READ, PAGE, PAGE);
            assertAll(cpu, PAGE, PAGE, 5);
            assertAll(cpu, 0, PAGE, 0);

            cpu.put(2 * PAGE, (byte) 7).put(2 * PAGE + LINE, (byte) 7);
            buffer.syncRange(SyncPhase.END, Direction.WRITE, 2 * PAGE, LINE);
            assertThat(through.camera().read(2 * PAGE)).isEqualTo((byte) 7);
            assertThat(through.camera().read(2 * PAGE + LINE)).isZero();

            cpu.put(3 * PAGE, (byte) 8);
            buffer.syncRange(SyncPhase.END, Direction.READ_WRITE, 3 * PAGE, LINE);
            through.camera().fill(3 * PAGE + LINE, LINE, 9);
            buffer.syncRange(SyncPhase.START, Direction.READ_WRITE, 3 * PAGE, 2 * LINE);
            assertThat(cpu.get(3 * PAGE)).isEqualTo((byte) 8);
            assertThat(cpu.get(3 * PAGE + LINE)).isEqualTo((byte) 9);

            LabCounters counters = through.takeCounters();
            assertThat(counters.totalCalls()).isEqualTo(4);
            assertThat(counters.partialBytes(SyncPhase.START, Direction.READ)).isEqualTo(PAGE);
            assertThat(counters.partialBytes(SyncPhase.END, Direction.WRITE)).isEqualTo(LINE);
            assertThat(counters.partialBytes(SyncPhase.END, Direction.READ_WRITE))
                    .isEqualTo(LINE);
            assertThat(counters.partialBytes(SyncPhase.START, Direction.READ_WRITE))
                    .isEqualTo(2 * LINE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void vendorDeviceIsSilentWhereTheExporterIs(LabVendor vendor) {
        try (LabRig through = LabRig.told(LabModule.Exporter.SILENT, heap -> heap.vendorSync(vendor.sync()));
                DmaBuf buffer = through.allocate(BYTES)) {
            through.camera().fill(0, PAGE, 5);
            buffer.syncRange(SyncPhase.START, Direction.READ, 0, PAGE);
            assertThat(buffer.view(0, 1).get(0)).isZero();
            assertThat(through.takeCounters().totalCalls()).isZero();
        }
    }

    @Test
    void bytesSyncedAreTheLinesTouched() {
        try (DmaBufPool pool = pool(SyncWay.PARTIAL)) {
            rig.takeCounters();
            long lines = 0;
            PoolStatistics before = pool.statistics();
            int[] lengths = {1, LINE - 1, LINE, LINE + 1, 1000, PAGE, PAGE + 1, 3 * PAGE - LINE, 100_001};
            for (int length : lengths) {
                try (Slice slice = pool.allocate(length)) {
                    slice.write().close();
                    slice.read().close();
                    slice.readWrite().close();
                    lines += slice.reservedLength() / LINE;
                    assertThat(slice.reservedLength()).isGreaterThanOrEqualTo(length);
                }
            }
            LabCounters counters = rig.takeCounters();
            for (SyncPhase phase : SyncPhase.values()) {
                for (Direction direction : Direction.values()) {
                    assertThat(counters.partialBytes(phase, direction)).isEqualTo(lines * LINE);
                    assertThat(counters.partialCalls(phase, direction)).isEqualTo(lengths.length);
                }
            }
            PoolStatistics after = pool.statistics();
            assertThat(counters.totalBytes())
                    .isEqualTo(after.sync().bytes() - before.sync().bytes());
            assertThat(counters.totalCalls())
                    .isEqualTo(after.sync().callCount() - before.sync().callCount());
        }
    }

    @Test
    void rangesOfOneAccessAreSyncedLineByLineAndByTheFewestCalls() {
        SplittableRandom random = new SplittableRandom(1);
        try (DmaBufPool pool = pool(SyncWay.PARTIAL);
                Slice slice = pool.allocate(FRAME_BYTES)) {
            for (int i = 0; i < 200; i++) {
                List<SliceRange> ranges = SliceRange.rectangle(
                        random.nextInt(FRAME_BYTES / 2),
                        1 + random.nextInt(STRIDE),
                        STRIDE,
                        1 + random.nextInt(FRAME_BYTES / STRIDE / 2 - 1));
                BitSet lines = linesTouched(slice, ranges);
                rig.takeCounters();
                slice.access(Direction.READ, ranges).close();
                LabCounters counters = rig.takeCounters();
                for (SyncPhase phase : SyncPhase.values()) {
                    assertThat(counters.partialBytes(phase, Direction.READ))
                            .as("%s", ranges)
                            .isEqualTo((long) lines.cardinality() * LINE);
                    assertThat(counters.partialCalls(phase, Direction.READ))
                            .as("%s", ranges)
                            .isEqualTo(runs(lines));
                }
            }
        }
    }

    private static BitSet linesTouched(Slice slice, List<SliceRange> ranges) {
        BitSet lines = new BitSet();
        for (SliceRange range : ranges) {
            long first = slice.offset() + range.offset();
            lines.set((int) (first / LINE), (int) ((first + range.length() - 1) / LINE) + 1);
        }
        return lines;
    }

    private static int runs(BitSet lines) {
        int runs = 0;
        for (int start = lines.nextSetBit(0); start >= 0; start = lines.nextSetBit(lines.nextClearBit(start))) {
            runs++;
        }
        return runs;
    }

    @Test
    void whatIsWrittenThroughAViewThatWasKeptNeverReachesTheDevice() {
        try (DmaBufPool pool = pool(SyncWay.PARTIAL);
                Slice slice = pool.allocate(PAGE)) {
            ByteBuffer kept;
            try (CpuAccess access = slice.write()) {
                kept = access.buffer();
            }
            kept.put(0, (byte) 7);
            assertThat(rig.camera().read(slice.offset()))
                    .as("what the device sees")
                    .isZero();
        }
    }

    @Test
    void coherenceDeclaredWhereThereIsNoneShowsStaleBytesBothWays() {
        try (DmaBufPool pool = pool(SyncWay.NONE);
                Slice slice = pool.allocate(PAGE)) {
            try (CpuAccess access = slice.write()) {
                access.buffer().put(0, (byte) 7);
            }
            assertThat(rig.camera().read(slice.offset()))
                    .as("what the device sees")
                    .isZero();
            rig.camera().fill(slice.offset(), PAGE, 5);
            try (CpuAccess access = slice.read()) {
                assertThat(access.buffer().get(1)).as("what the CPU sees").isZero();
            }
        }
    }

    @Test
    void aWriteThatCoversPartOfWhatTheDeviceWroteRunsOverTheRest() {
        try (DmaBufPool pool = pool(SyncWay.PARTIAL);
                Slice slice = pool.allocate(PAGE)) {
            rig.camera().fill(slice.offset(), PAGE, 5);
            try (CpuAccess access = slice.write()) {
                access.buffer().put(0, (byte) 7);
            }
            assertThat(rig.camera().read(slice.offset() + 1))
                    .as("the device's own byte")
                    .isZero();
            rig.camera().fill(slice.offset(), PAGE, 5);
            try (CpuAccess access = slice.readWrite()) {
                access.buffer().put(0, (byte) 7);
            }
            assertThat(rig.camera().read(slice.offset(), 2)).containsExactly(7, 5);
        }
    }

    @Test
    void twoOwnersOfOneLineLoseWhatTheDeviceWrote() {
        try (DmaBuf buffer = rig.allocate(BYTES)) {
            rig.camera().fill(LINE / 2, LINE / 2, 6);
            buffer.view(0, LINE / 2).put(0, (byte) 7);
            buffer.syncRange(SyncPhase.END, Direction.WRITE, 0, LINE);
            assertThat(rig.camera().read(0)).isEqualTo((byte) 7);
            assertThat(rig.camera().read(LINE / 2)).as("the device's own byte").isZero();
        }
    }

    private DmaBufPool pool(SyncWay way) {
        return DmaBufPool.builder()
                .heap(rig)
                .capacity(BYTES)
                .sync(way)
                .accessTimeout(Duration.ofMillis(100))
                .build();
    }

    private static void assertAll(ByteBuffer cpu, int offset, int length, int value) {
        for (int i = offset; i < offset + length; i++) {
            if (cpu.get(i) != value) {
                assertThat(cpu.get(i)).as("byte %d", i).isEqualTo((byte) value);
            }
        }
    }
}
