// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.linux.LabModule.Exporter;
import org.dmabufpool.linux.RangeSyncProof.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The self-test on real exporters of a real kernel, where CPU and device really differ. */
@Tag("lab-bounce")
class SyncSelfTestBounceTest {

    private static final long BYTES = 64 << 10;

    @ParameterizedTest
    @CsvSource({"RANGED, PROVEN", "SILENT, REFUTED"})
    void thePartialIoctlIsProvenWhereItSyncsAndNowhereElse(Exporter exporter, Verdict verdict) {
        RangeSyncProof proof = partialProof(exporter);
        System.out.println("self-test: " + proof);
        assertThat(proof.verdict()).as("%s", proof).isEqualTo(verdict);
        assertThat(proof.exporter()).isEqualTo(exporter.kernelName());
    }

    @ParameterizedTest
    @CsvSource({
        "RANGED, LWIS, PROVEN",
        "SILENT, LWIS, REFUTED",
        "RANGED, XRING, PROVEN",
        "SILENT, XRING, REFUTED",
    })
    void aVendorsDeviceIsProvenWhereItSyncsAndNowhereElse(Exporter exporter, LabVendor vendor, Verdict verdict) {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(BYTES, exporter));
                LabCamera camera = new LabCamera(fd.number())) {
            RangeSyncProof proof = SyncSelfTest.ofVendorDevice(fd.number(), vendor.sync(), camera.loop());
            assertThat(proof.verdict()).as("%s", proof).isEqualTo(verdict);
        }
    }

    /** The kernel knows the call here, and the system heap has no operation behind it. */
    @Test
    void theSystemHeapIsRefuted() {
        try (DmaBuf buffer = new DmaHeap("system").allocate(BYTES);
                LabCamera camera = new LabCamera(buffer.fd())) {
            RangeSyncProof proof = SyncSelfTest.ofPartialIoctl(buffer.fd(), camera.loop());
            assertThat(proof.verdict()).as("%s", proof).isEqualTo(Verdict.REFUTED);
            assertThat(proof.reason()).contains("stayed stale");
            try (DmaBuf told = new DmaHeap("system").provenSync(proof).allocate(BYTES)) {
                assertThat(told.support(SyncWay.PARTIAL).supported()).isFalse();
                assertThat(told.support(SyncWay.PARTIAL).reason()).contains("REFUTED");
            }
        }
    }

    @Test
    void aPoolOverAProvenExporterSyncsByRangeAndIsRight() {
        RangeSyncProof proof = partialProof(Exporter.RANGED);
        try (LabRig rig = LabRig.told(Exporter.RANGED, heap -> heap.provenSync(proof));
                DmaBufPool pool = DmaBufPool.builder().heap(rig).capacity(BYTES).build();
                Slice slice = pool.allocate(1000)) {
            assertThat(pool.statistics().syncWay()).isEqualTo(SyncWay.PARTIAL);
            assertThat(pool.statistics().syncReason()).contains("PROVEN");
            try (CpuAccess access = slice.write()) {
                access.buffer().put(0, (byte) 7);
            }
            assertThat(rig.camera().read(slice.offset())).isEqualTo((byte) 7);
            assertThat(rig.takeCounters().totalBytes()).isEqualTo(2L * 1024);
        }
    }

    private static RangeSyncProof partialProof(Exporter exporter) {
        try (OwnedFd fd = new OwnedFd(Libc.INSTANCE, "buffer", LabModule.allocate(BYTES, exporter));
                LabCamera camera = new LabCamera(fd.number())) {
            return SyncSelfTest.ofPartialIoctl(fd.number(), camera.loop());
        }
    }
}
