// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.linux.RangeSyncProof.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The self-test over memory whose device has a side of its own, and calls that go wrong in every way. */
class SyncSelfTestTest {

    private static final int BYTES = 64 << 10;
    private static final int LINE = 128;

    /** What a call that names a range does. */
    private enum Call {
        SYNCS_ITS_RANGE(Verdict.PROVEN, "stale before the call, right after it"),
        DOES_NOTHING(Verdict.REFUTED, "answers 0, and bytes of its range stayed stale"),
        IS_ONE_LINE_SHORT(Verdict.REFUTED, "stayed stale (1024 of what the device wrote, 1024 of what the CPU wrote)"),
        SYNCS_EVERYTHING(Verdict.REFUTED, "more than its range"),
        SHOWS_WHAT_THE_DEVICE_WROTE_ONLY(Verdict.REFUTED, "stayed stale (0 of what the device wrote"),
        HANDS_OVER_WHAT_THE_CPU_WROTE_ONLY(Verdict.REFUTED, "stale");

        private final Verdict verdict;
        private final String reason;

        Call(Verdict verdict, String reason) {
            this.verdict = verdict;
            this.reason = reason;
        }
    }

    private final FakeKernel kernel = new FakeKernel();
    private final int fd = kernel.dmaBuf(BYTES);
    private final MappedMemory mapping = MappedMemory.map(Libc.INSTANCE, "self-test", fd, BYTES);
    private final ByteBuffer cpuSide = mapping.view(0, BYTES);
    private final ByteBuffer deviceSide = ByteBuffer.allocate(BYTES);
    private Call call = Call.SYNCS_ITS_RANGE;

    /** Whether the device reads and writes what the CPU does. */
    private boolean coherent;

    private final DeviceLoop device = new DeviceLoop() {
        @Override
        public void write(long offset, ByteBuffer bytes) {
            (coherent ? cpuSide : deviceSide).put((int) offset, bytes, bytes.position(), bytes.remaining());
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            into.put(into.position(), coherent ? cpuSide : deviceSide, (int) offset, into.remaining());
        }
    };

    @BeforeEach
    void letCallsMoveBytes() {
        kernel.hasPartialSync = true;
        kernel.effect = this::sync;
    }

    @AfterEach
    void giveBack() {
        mapping.close();
        kernel.close(fd);
    }

    private void sync(long flags, long offset, long length) {
        if (length == FakeKernel.SyncEffect.WHOLE || call == Call.SYNCS_EVERYTHING) {
            move(flags, 0, BYTES);
        } else if (call == Call.IS_ONE_LINE_SHORT) {
            move(flags, (int) offset, (int) length - LINE);
        } else if (call == Call.SYNCS_ITS_RANGE
                || (call == Call.SHOWS_WHAT_THE_DEVICE_WROTE_ONLY && !isEnd(flags))
                || (call == Call.HANDS_OVER_WHAT_THE_CPU_WROTE_ONLY && isEnd(flags))) {
            move(flags, (int) offset, (int) length);
        }
    }

    private static boolean isEnd(long flags) {
        return (flags & 4) != 0;
    }

    private void move(long flags, int offset, int length) {
        if (isEnd(flags) && (flags & 2) != 0) {
            deviceSide.put(offset, cpuSide, offset, length);
        } else if (!isEnd(flags) && (flags & 1) != 0) {
            cpuSide.put(offset, deviceSide, offset, length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyACallThatSyncsJustItsRangeIsProven(Call tried) {
        call = tried;
        RangeSyncProof proof = SyncSelfTest.ofPartialIoctl(kernel, fd, device);
        assertThat(proof.verdict()).as("%s", proof).isEqualTo(tried.verdict);
        assertThat(proof.reason()).contains(tried.reason);
        assertThat(proof.exporter()).isEqualTo(FakeKernel.HEAP);
        assertThat(proof.way()).isEqualTo(SyncWay.PARTIAL);
        assertThat(proof.vendor()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void vendorsDevicesAreJudgedAlike(Call tried) {
        call = tried;
        VendorSync vendor = new XringSync(FakeKernel.VENDOR_PATH);
        RangeSyncProof proof = SyncSelfTest.ofVendorDevice(kernel, fd, vendor, device);
        assertThat(proof.verdict()).as("%s", proof).isEqualTo(tried.verdict);
        assertThat(proof.way()).isEqualTo(SyncWay.VENDOR);
        assertThat(proof.vendor()).containsSame(vendor);
    }

    @Test
    void coherentHardwareLeavesNothingToProve() {
        coherent = true;
        kernel.effect = (flags, offset, length) -> {};
        RangeSyncProof proof = SyncSelfTest.ofPartialIoctl(kernel, fd, device);
        assertThat(proof.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(proof.reason()).contains("without any sync", "coherent");
    }

    @Test
    void withoutTheIoctlThereIsNothingToTry() {
        kernel.hasPartialSync = false;
        RangeSyncProof proof = SyncSelfTest.ofPartialIoctl(kernel, fd, device);
        assertThat(proof.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(proof.reason()).contains("ENOTTY");
        kernel.refuse(FakeKernel.VENDOR_PATH, Errno.ENOENT);
        RangeSyncProof vendors = SyncSelfTest.ofVendorDevice(kernel, fd, new XringSync(FakeKernel.VENDOR_PATH), device);
        assertThat(vendors.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(vendors.reason()).contains("open on /dev/vendor failed with ENOENT");
    }

    @Test
    void aCallThatIsRefusedIsRefuted() {
        kernel.script(DmaBufIoctl.SYNC_PARTIAL, -Errno.EINVAL.number(), -Errno.EIO.number());
        RangeSyncProof proof = SyncSelfTest.ofPartialIoctl(kernel, fd, device);
        assertThat(proof.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(proof.reason()).contains("the call is refused", "EIO");
    }

    @Test
    void theBufferStaysTheCallersAndNothingIsLeftOpen() {
        List<String> before = Footprint.descriptors();
        SyncSelfTest.ofVendorDevice(kernel, fd, new XringSync(FakeKernel.VENDOR_PATH), device);
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void aBufferThatIsTooSmallIsRefused() {
        int small = kernel.dmaBuf(4096);
        assertThatThrownBy(() -> SyncSelfTest.ofPartialIoctl(kernel, small, device))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("4096 bytes, wanted are 16384");
        kernel.close(small);
    }

    @Test
    void aPoolTakesWhatIsProvenAndSaysWhy() {
        RangeSyncProof proof = SyncSelfTest.ofPartialIoctl(kernel, fd, device);
        try (DmaBufPool pool = pool(proof)) {
            assertThat(pool.statistics().syncWay()).isEqualTo(SyncWay.PARTIAL);
            assertThat(pool.statistics().syncReason())
                    .contains("a self-test of exporter \"system\" says PROVEN: 8 rounds");
        }
    }

    @Test
    void aPoolTakesAVendorsDeviceThatIsProven() {
        RangeSyncProof proof = SyncSelfTest.ofVendorDevice(kernel, fd, new XringSync(FakeKernel.VENDOR_PATH), device);
        try (DmaBufPool pool = pool(proof)) {
            assertThat(pool.statistics().syncWay()).isEqualTo(SyncWay.VENDOR);
            assertThat(pool.statistics().syncReason()).contains("says PROVEN");
        }
    }

    @Test
    void whatIsNotProvenIsNotTakenAndSaysWhy() {
        call = Call.DOES_NOTHING;
        RangeSyncProof partial = SyncSelfTest.ofPartialIoctl(kernel, fd, device);
        RangeSyncProof vendors = SyncSelfTest.ofVendorDevice(kernel, fd, new XringSync(FakeKernel.VENDOR_PATH), device);
        try (DmaBuf buffer = heap().provenSync(partial).provenSync(vendors).allocate(1)) {
            for (SyncWay way : List.of(SyncWay.PARTIAL, SyncWay.VENDOR)) {
                assertThat(buffer.support(way).supported()).isFalse();
                assertThat(buffer.support(way).reason()).contains("says REFUTED", "stayed stale");
            }
        }
    }

    @Test
    void aProofIsOfItsExporterOnly() {
        RangeSyncProof partial = SyncSelfTest.ofPartialIoctl(kernel, fd, device);
        RangeSyncProof vendors = SyncSelfTest.ofVendorDevice(kernel, fd, new XringSync(FakeKernel.VENDOR_PATH), device);
        kernel.exporter = "cma";
        try (DmaBuf buffer = heap().provenSync(partial).provenSync(vendors).allocate(1)) {
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isFalse();
            assertThat(buffer.support(SyncWay.PARTIAL).reason()).contains("proves nothing for exporter \"cma\"");
            assertThat(buffer.support(SyncWay.VENDOR).supported()).isFalse();
            assertThat(buffer.support(SyncWay.VENDOR).reason()).contains("was of exporter \"system\"");
        }
    }

    private DmaBufPool pool(RangeSyncProof proof) {
        return DmaBufPool.builder()
                .heap(heap().provenSync(proof))
                .capacity(BYTES)
                .build();
    }

    private DmaHeap heap() {
        return new DmaHeap(kernel, FakeKernel.HEAP, "self-test", RangeSettings.NONE);
    }
}
