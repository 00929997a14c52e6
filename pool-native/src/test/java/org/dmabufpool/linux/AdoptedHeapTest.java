// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdoptedHeapTest {

    private final FakeKernel kernel = new FakeKernel();
    private final int theirs = kernel.dmaBuf(8192);
    private final List<String> before = Footprint.descriptors();

    private AdoptedHeap heap(int fd) {
        return new AdoptedHeap(kernel, fd, RangeSettings.NONE);
    }

    @AfterEach
    void callersDescriptorIsStillOpen() {
        assertThat(Footprint.descriptors()).isEqualTo(before);
        assertThat(kernel.close(theirs)).isZero();
    }

    @Test
    void theWholeBufferIsGivenWithItsContents() {
        MappedMemory contents = MappedMemory.map(kernel, "contents", theirs, 8192);
        contents.view(0, 4).putInt(0, 42);
        AdoptedHeap heap = heap(theirs);
        assertThat(heap.size()).isEqualTo(8192);
        try (DmaBuf buffer = heap.allocate(1)) {
            assertThat(buffer.size()).isEqualTo(8192);
            assertThat(buffer.view(0, 4).getInt(0)).isEqualTo(42);
            assertThat(buffer.fd()).isNotEqualTo(theirs);
            assertThat(buffer.exporter()).isEqualTo("system");
            assertThat(buffer.support(SyncWay.WHOLE_BUFFER).supported()).isTrue();
        }
        contents.close();
    }

    @Test
    void itIsGivenOnceOnly() {
        AdoptedHeap heap = heap(theirs);
        heap.allocate(8192).close();
        assertThatThrownBy(() -> heap.allocate(8192))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("fd " + theirs + " was adopted before");
    }

    @Test
    void tooSmallIsRefusedAndNotCountedAsGiven() {
        AdoptedHeap heap = heap(theirs);
        assertThatThrownBy(() -> heap.allocate(8193))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("has 8192 bytes, wanted are 12288");
        heap.allocate(8192).close();
    }

    @Test
    void aDescriptorThatIsNoDmaBuf() {
        try (OwnedFd memfd = Memfd.create(kernel, "no-dma-buf", 4096)) {
            assertThatThrownBy(() -> heap(memfd.number()).allocate(4096))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("is no dma-buf")
                    .hasMessageContaining("exp_name");
        }
    }

    @Test
    void aDescriptorThatIsClosed() {
        assertThatThrownBy(() -> heap(999_999).allocate(4096))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("fd 999999")
                .hasMessageContaining("EBADF")
                .hasMessageContaining("keep it open");
        assertThatThrownBy(() -> heap(999_999).size())
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("EBADF");
    }

    @Test
    void aNegativeDescriptor() {
        assertThatThrownBy(() -> new AdoptedHeap(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fd=-1");
    }

    @Test
    void trustIsGivenByExporter() {
        kernel.hasPartialSync = true;
        try (DmaBuf buffer = heap(theirs).trustPartialSync("system").allocate(1)) {
            assertThat(buffer.support(SyncWay.PARTIAL_IOCTL).supported()).isTrue();
        }
    }

    @Test
    void aDescriptorThatMayNotBeWritten() {
        int readOnly = kernel.open("/proc/self/fd/" + theirs, LinuxAbi.O_RDONLY);
        try {
            assertThatThrownBy(() -> MappedMemory.map(kernel, "read-only", readOnly, 8192))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("EACCES")
                    .hasMessageContaining("O_RDWR");
        } finally {
            kernel.close(readOnly);
        }
    }
}
