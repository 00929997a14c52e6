// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's own system heap. */
@Tag("lab")
class DmaHeapLabTest {

    private static final int BYTES = 16 << 20;

    private final DmaHeap heap = new DmaHeap("system");

    @Test
    void aBufferIsMappedSyncedAndNamed() {
        List<String> before = Footprint.descriptors();
        try (DmaBuf buffer = heap.labelled("camera ring").allocate(BYTES - 1)) {
            assertThat(buffer.size()).isEqualTo(BYTES);
            assertThat(buffer.exporter()).isEqualTo("system");
            assertThat(FdInfo.of(Libc.INSTANCE, buffer.fd())).isEqualTo(new FdInfo(BYTES, 2, "system", "camera ring"));
            assertThat(buffer.view(0, BYTES)).isEqualTo(ByteBuffer.allocate(BYTES));
            for (Direction direction : Direction.values()) {
                buffer.syncWhole(SyncPhase.START, direction);
                buffer.view(4096, 4).putInt(0, 42);
                buffer.syncWhole(SyncPhase.END, direction);
            }
            assertThat(buffer.view(4096, 4).getInt(0)).isEqualTo(42);
            assertThat(buffer.restarts()).isZero();
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
        assertThat(Footprint.mappings()).isZero();
    }

    @Test
    void closingGivesTheMemoryBackWhileAStaleViewIsHeld() {
        long bytes = 256L << 20;
        DmaBuf buffer = heap.allocate(bytes);
        ByteBuffer stale = buffer.view(0, 4096);
        stale.putInt(0, 42);
        long whileOpen = LinuxFacts.read().memoryAvailableBytes().orElseThrow();
        buffer.close();
        long afterwards = LinuxFacts.read().memoryAvailableBytes().orElseThrow();
        assertThat(afterwards - whileOpen).isGreaterThan(bytes / 2);
        assertThat(stale.getInt(0)).isZero();
    }

    @Test
    void thisKernelHasNoPartialSyncAndTrustDoesNotHelp() {
        try (DmaBuf buffer = heap.trustPartialSync("system").allocate(4096)) {
            SyncSupport support = buffer.support(SyncWay.PARTIAL);
            assertThat(support.supported()).isFalse();
            assertThat(support.reason()).contains("ENOTTY");
            assertThat(LinuxFacts.partialSyncAnswers(buffer.fd())).isFalse();
            assertThatThrownBy(() -> buffer.syncRange(SyncPhase.START, Direction.READ, 0, 128))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void anAdoptedDescriptorShowsTheSameMemoryAndOutlivesTheFirst() {
        List<String> before = Footprint.descriptors();
        DmaBuf theirs = heap.allocate(BYTES);
        AdoptedHeap adopted = new AdoptedHeap(theirs.fd());
        assertThat(adopted.size()).isEqualTo(BYTES);
        try (DmaBuf ours = adopted.allocate(BYTES)) {
            theirs.view(8192, 8).putLong(0, 4711);
            theirs.close();
            ours.syncWhole(SyncPhase.START, Direction.READ);
            assertThat(ours.view(8192, 8).getLong(0)).isEqualTo(4711);
            ours.syncWhole(SyncPhase.END, Direction.READ);
            assertThat(ours.exporter()).isEqualTo("system");
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void aHeapThatIsNotThereIsRefusedWithThoseThatAre() {
        assertThat(DmaHeap.present()).contains("system");
        assertThatThrownBy(() -> new DmaHeap("systen").allocate(4096))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("/dev/dma_heap/systen")
                .hasMessageContaining("ENOENT")
                .hasMessageContaining("Heaps present: system.");
    }

    @Test
    void moreThanTheMachineHasIsRefusedAndNothingIsLost() {
        List<String> before = Footprint.descriptors();
        assertThatThrownBy(() -> heap.allocate(1L << 40))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("1099511627776 bytes of /dev/dma_heap/system are more than")
                .hasMessageContaining("MemAvailable");
        assertThat(Footprint.descriptors()).isEqualTo(before);
        assertThat(Footprint.mappings()).isZero();
    }

    @Test
    void theFactsNameHeapUdmabufAndCamera() {
        LinuxFacts facts = LinuxFacts.read();
        assertThat(facts.heaps()).contains(new LinuxFacts.DeviceFact("system", "/dev/dma_heap/system", true, true, ""));
        assertThat(facts.udmabuf().device().opens()).isTrue();
        assertThat(facts.udmabuf().sizeLimitBytes()).isPresent();
        assertThat(facts.udmabuf().listLimit()).isPresent();
        assertThat(facts.videoDevices()).anyMatch(VideoDevice::captures);
    }
}
