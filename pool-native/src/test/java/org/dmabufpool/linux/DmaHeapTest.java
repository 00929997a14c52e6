// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DmaHeapTest {

    private final FakeKernel kernel = new FakeKernel();

    private DmaHeap heap(String name) {
        return new DmaHeap(kernel, name, DmaBufNames.DEFAULT, RangeSettings.NONE);
    }

    @Test
    void aBufferIsNamedAndKeepsOneDescriptor() {
        List<String> before = Footprint.descriptors();
        try (DmaBuf buffer = heap(FakeKernel.HEAP).labelled("frames").allocate(10_000)) {
            assertThat(buffer.size()).isEqualTo(12_288);
            assertThat(buffer.exporter()).isEqualTo("system");
            assertThat(kernel.names).containsExactly("frames");
            assertThat(Footprint.descriptors()).hasSize(before.size() + 1);
            assertThat(buffer.support(SyncWay.WHOLE).supported()).isTrue();
            assertThat(buffer.support(SyncWay.NONE).supported()).isFalse();
            assertThat(buffer.support(SyncWay.WINDOW).reason()).contains("only a udmabuf heap");
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void uncachedHeapsNeedNoSync() {
        kernel.exporter = "system-uncached";
        try (DmaBuf buffer = heap(FakeKernel.HEAP).allocate(1)) {
            assertThat(buffer.support(SyncWay.NONE).supported()).isTrue();
            assertThat(buffer.support(SyncWay.NONE).reason()).contains("uncached");
        }
    }

    @Test
    void trustIsGivenByExporter() {
        kernel.hasPartialSync = true;
        try (DmaBuf buffer =
                heap(FakeKernel.HEAP).trustPartialSync("cma", "system").allocate(1)) {
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isTrue();
            assertThat(buffer.support(SyncWay.PARTIAL).reason()).contains("trusted by setting");
        }
    }

    @Test
    void aKernelWithoutNamesIsNoFailure() {
        kernel.script(DmaBufIoctl.SET_NAME, -Errno.ENOTTY.number());
        heap(FakeKernel.HEAP).allocate(1).close();
    }

    @Test
    void noPermission() {
        kernel.refuse(FakeKernel.HEAP_PATH, Errno.EACCES);
        refused(() -> heap(FakeKernel.HEAP).allocate(1), Errno.EACCES)
                .contains("open on /dev/dma_heap/system failed with EACCES (permission denied)")
                .contains("SUBSYSTEM==\"dma_heap\", KERNEL==\"system\", GROUP=\"video\", MODE=\"0660\"")
                .contains("/etc/udev/rules.d/")
                .contains("usermod -aG video")
                .contains("SELinux")
                .contains("dmabuf_system_heap_device");
    }

    @Test
    void noSuchHeap() {
        refused(() -> heap("systen").allocate(1), Errno.ENOENT)
                .contains("/dev/dma_heap/systen")
                .contains("Heaps present: default_cma_region, system.");
    }

    @Test
    void noDescriptorsLeft() {
        kernel.refuse(FakeKernel.HEAP_PATH, Errno.EMFILE);
        kernel.file("/proc/self/limits", "Max open files            1024                 524288               files\n");
        refused(() -> heap(FakeKernel.HEAP).allocate(1), Errno.EMFILE)
                .contains("RLIMIT_NOFILE")
                .contains("1024 open files")
                .contains("ulimit -n");
        kernel.script(DmaHeapIoctl.ALLOC, -Errno.EMFILE.number());
        kernel.refuse(FakeKernel.HEAP_PATH, Errno.ENFILE);
        refused(() -> heap(FakeKernel.HEAP).allocate(1), Errno.ENFILE).contains("fs.file-max");
    }

    @Test
    void noMemoryLeft() {
        kernel.script(DmaHeapIoctl.ALLOC, -Errno.ENOMEM.number());
        refused(() -> heap(FakeKernel.HEAP).allocate(1 << 20), Errno.ENOMEM)
                .contains("DMA_HEAP_IOCTL_ALLOC of 1048576 bytes on /dev/dma_heap/system failed with ENOMEM")
                .contains("cma=");
    }

    @Test
    void moreThanIsAvailableNeverReachesTheKernelWhichWouldKillPrograms() {
        kernel.file("/proc/meminfo", "MemTotal: 9999 kB\nMemAvailable:    1000 kB\n");
        refused(() -> heap(FakeKernel.HEAP).allocate(1_024_001), Errno.ENOMEM)
                .contains("1028096 bytes of /dev/dma_heap/system are more than the 1024000 that are available");
        heap(FakeKernel.HEAP).allocate(1_024_000).close();
        kernel.file("/proc/meminfo", "");
        heap(FakeKernel.HEAP).allocate(1_024_001).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../mem", "a/b", "a\0b", ".hidden"})
    void namesThatAreNoFileNamesAreRefused(String name) {
        assertThatThrownBy(() -> new DmaHeap(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heap=\"" + name + "\"");
    }

    @Test
    void thisMachineSaysWhichHeapsItHas() {
        assertThat(DmaHeap.present()).isEqualTo(Libc.INSTANCE.list("/dev/dma_heap"));
        if (DmaHeap.present().isEmpty()) {
            assertThatThrownBy(() -> new DmaHeap("system").allocate(1))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("ENOENT")
                    .hasMessageContaining("Heaps present: none.")
                    .hasMessageContaining("MemfdHeap")
                    .hasMessageContaining("doctor");
        }
    }

    private static org.assertj.core.api.AbstractStringAssert<?> refused(ThrowingCallable call, Errno errno) {
        List<String> before = Footprint.descriptors();
        HeapException refusal = org.assertj.core.api.Assertions.catchThrowableOfType(HeapException.class, call);
        assertThat(refusal.errno()).isEqualTo(errno.number());
        assertThat(Footprint.descriptors()).isEqualTo(before);
        return assertThat(refusal.getMessage());
    }
}
