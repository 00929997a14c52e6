// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
            assertThat(buffer.support(SyncWay.WHOLE).supported()).isTrue();
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
        try (OwnedFd any = new OwnedFd(kernel, "any", kernel.open("/dev/zero", LinuxAbi.O_RDWR))) {
            assertThatThrownBy(() -> heap(any.number()).allocate(4096))
                    .isInstanceOf(HeapException.class)
                    .hasMessageStartingWith("fd " + any.number() + " is no dma-buf")
                    .hasMessageContaining("exp_name");
        }
    }

    @Test
    void aMemfdIsMemoryThatNoDeviceSees() {
        try (OwnedFd memfd = Memfd.create(kernel, "adopted-memfd", 12288)) {
            assertThat(kernel.lseek(memfd.number(), 77, LinuxAbi.SEEK_SET)).isEqualTo(77);
            AdoptedHeap heap = heap(memfd.number());
            assertThat(heap.size()).isEqualTo(12288);
            try (DmaBuf buffer = heap.allocate(8192)) {
                assertThat(buffer.size()).isEqualTo(12288);
                assertThat(buffer.exporter()).isEqualTo("memfd");
                assertThat(buffer.name()).startsWith("adopted #");
                assertThat(buffer.support(SyncWay.NONE).supported()).isTrue();
                assertThat(buffer.support(SyncWay.WHOLE).supported()).isFalse();
                buffer.view(8192, 4).putInt(0, 42);
            }
            assertThat(kernel.lseek(memfd.number(), 0, LinuxAbi.SEEK_CUR))
                    .as("the position is the caller's too")
                    .isEqualTo(77);
            MappedMemory theirView = MappedMemory.map(kernel, "theirs", memfd.number(), 12288);
            assertThat(theirView.view(8192, 4).getInt(0)).isEqualTo(42);
            theirView.close();
        }
    }

    @Test
    void aPartOfAMemfdsLastPageIsLeftOut() {
        int odd = kernel.memfdCreate("adopted-odd", LinuxAbi.MFD_CLOEXEC);
        assertThat(kernel.ftruncate(odd, 4096 + 100)).isZero();
        try (DmaBuf buffer = heap(odd).allocate(1)) {
            assertThat(buffer.size()).isEqualTo(4096);
        }
        assertThat(kernel.ftruncate(odd, 100)).isZero();
        assertThatThrownBy(() -> heap(odd).allocate(1))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("has 0 bytes, wanted are 4096");
        kernel.close(odd);
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"ENOTSUPP", "ENODEV", "EINVAL"})
    void memoryThatTheCpuCannotMapIsForDevicesAlone(Errno answer) {
        kernel.unmappable = answer;
        DmaBuf buffer = heap(theirs).allocate(8192);
        assertThat(buffer.unmappedReason())
                .startsWith("mmap answers " + Errno.describe(answer.number()))
                .contains("secure heap, video memory");
        for (ThrowingCallable use :
                List.<ThrowingCallable>of(() -> buffer.view(0, 1), () -> buffer.readOnlyView(0, 1), buffer::address)) {
            assertThatThrownBy(use)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(buffer.name() + " has no mapping: " + buffer.unmappedReason());
        }
        assertThat(buffer.fd()).isNotNegative();
        assertThat(buffer.size()).isEqualTo(8192);
        buffer.syncWhole(SyncPhase.START, Direction.READ);
        buffer.syncWhole(SyncPhase.END, Direction.READ);
        assertThat(kernel.syncs).containsExactly("whole 1", "whole 5");
        buffer.close();
        assertThat(buffer.unmappedReason()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"EACCES", "ENOMEM", "EPERM"})
    void anyOtherRefusalToMapIsOne(Errno answer) {
        kernel.unmappable = answer;
        assertThatThrownBy(() -> heap(theirs).allocate(8192))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("mmap of 8192 bytes on adopted failed with " + answer);
    }

    @Test
    void theErrorThatNoLibraryNamesHasAName() {
        assertThat(Errno.describe(524)).startsWith("ENOTSUPP (");
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
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isTrue();
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
