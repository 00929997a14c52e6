// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinuxFactsTest {

    @Test
    void factsOfAKernelWithDmaBufs() {
        FakeKernel kernel = new FakeKernel();
        kernel.file("/proc/sys/kernel/osrelease", "6.12.9-test\n");
        kernel.refuse("/dev/dma_heap/default_cma_region", Errno.EACCES);
        List<String> before = Footprint.descriptors();

        LinuxFacts facts = LinuxFacts.read(kernel);

        assertThat(facts.kernelRelease()).isEqualTo("6.12.9-test");
        assertThat(facts.heaps())
                .containsExactly(
                        new LinuxFacts.DeviceFact(
                                "default_cma_region",
                                "/dev/dma_heap/default_cma_region",
                                true,
                                false,
                                "EACCES (permission denied)"),
                        new LinuxFacts.DeviceFact("system", "/dev/dma_heap/system", true, true, ""));
        assertThat(facts.udmabuf().device().opens()).isTrue();
        assertThat(facts.udmabuf().sizeLimitBytes()).hasValue(64L << 20);
        assertThat(facts.udmabuf().listLimit()).hasValue(1024);
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void factsOfThisMachine() {
        List<String> before = Footprint.descriptors();
        LinuxFacts facts = LinuxFacts.read();
        assertThat(facts.kernelRelease()).isNotEmpty();
        assertThat(facts.pageBytes()).isEqualTo(Libc.INSTANCE.pageSize());
        assertThat(Integer.bitCount(facts.cacheLineBytes())).isEqualTo(1);
        assertThat(facts.openFilesLimit()).isNotEqualTo("unknown");
        assertThat(facts.memoryAvailableBytes().orElse(0)).isPositive();
        assertThat(facts.udmabuf().device().path()).isEqualTo("/dev/udmabuf");
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void theDeviceThatIsMissingIsSaidSo() {
        FakeKernel kernel = new FakeKernel();
        kernel.refuse(UdmabufIoctl.DEVICE, Errno.ENOENT);
        kernel.removeFile(UdmabufIoctl.SIZE_LIMIT_FILE);
        LinuxFacts.UdmabufFact udmabuf = LinuxFacts.read(kernel).udmabuf();
        assertThat(udmabuf.device().present()).isFalse();
        assertThat(udmabuf.device().opens()).isFalse();
        assertThat(udmabuf.device().error()).contains("ENOENT");
        assertThat(udmabuf.sizeLimitBytes()).isEmpty();
    }

    @Test
    void aMemfdDoesNotAnswerPartialSync() {
        try (OwnedFd memfd = Memfd.create(Libc.INSTANCE, "no-partial", 4096)) {
            assertThat(LinuxFacts.partialSyncAnswers(memfd.number())).isFalse();
        }
    }

    @Test
    void vendorsDevicesAreKnownByTheirPaths() {
        Syscalls phone = new ForwardingSyscalls() {
            @Override
            public List<String> list(String directory) {
                return directory.equals("/dev")
                        ? List.of("lwis-csi", "lwis-top", "null", "xr_dmabuf_helper", "xr_meminfo")
                        : super.list(directory);
            }
        };
        assertThat(LinuxFacts.vendorSyncDevices(phone))
                .containsExactly("/dev/lwis-csi", "/dev/lwis-top", "/dev/xr_dmabuf_helper");
    }
}
