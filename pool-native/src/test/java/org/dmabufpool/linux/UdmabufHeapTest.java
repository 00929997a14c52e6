// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdmabufHeapTest {

    private static final long MIB = 1L << 20;

    private final FakeKernel kernel = new FakeKernel();
    private final UdmabufHeap heap = new UdmabufHeap(kernel, "udmabuf-test");

    @Test
    void aWindowIsPrimedAndItsSyncIsItsOwn() {
        try (DmaBuf buffer = heap.allocate(128 * MIB);
                Window window = buffer.openWindow(8192, 4096)) {
            assertThat(kernel.syncs).containsExactly("whole 2", "whole 6");
            assertThat(window.offset()).isEqualTo(8192);
            assertThat(window.length()).isEqualTo(4096);
            window.sync(SyncPhase.START, Direction.READ);
            kernel.script(DmaBufIoctl.SYNC, -Errno.EINTR.number());
            window.sync(SyncPhase.END, Direction.READ);
            assertThat(kernel.syncs).containsExactly("whole 2", "whole 6", "whole 1", "whole 5");
            assertThat(buffer.restarts()).isEqualTo(1);
            assertThat(window).hasToString("window at 8192 of " + buffer.name() + " (4096 bytes)");
        }
    }

    /** A kernel whose first START syncs, on a machine where a START that reads discards dirty lines (Linux 7.3, arm64). */
    @Test
    void primingDiscardsNothingThatTheCpuHasWritten() {
        List<Long> invalidating = new ArrayList<>();
        kernel.effect = (flags, offset, length) -> {
            if ((flags & 5) == 1) {
                invalidating.add(flags);
            }
        };
        try (DmaBuf buffer = heap.allocate(MIB);
                Window window = buffer.openWindow(0, 4096)) {
            assertThat(kernel.syncs).as("the whole buffer and the window").hasSize(4);
            assertThat(invalidating).isEmpty();
            window.sync(SyncPhase.START, Direction.READ_WRITE);
            assertThat(invalidating).as("what the test must catch").containsExactly(3L);
        }
    }

    /** Linux 7.3 with bounced DMA, where a run of neighbouring pages is longer than a bounce buffer. */
    @Test
    void aWholeBufferThatCannotBeSyncedLeavesThePoolToItsWindows() {
        List<String> before = Footprint.descriptors();
        kernel.script(DmaBufIoctl.SYNC, -Errno.EIO.number());
        try (DmaBuf buffer = heap.allocate(MIB);
                Window window = buffer.openWindow(0, 4096)) {
            assertThat(buffer.support(SyncWay.WHOLE).supported()).isFalse();
            assertThat(buffer.support(SyncWay.WHOLE).reason()).contains("EIO").contains("bounce buffers");
            assertThat(buffer.fd()).isEqualTo(-1);
            window.sync(SyncPhase.START, Direction.WRITE);
        }
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void theWholeBufferIsSharedWhereTheLimitAllows() {
        try (DmaBuf buffer = heap.allocate(64 * MIB)) {
            assertThat(buffer.support(SyncWay.WHOLE).supported()).isTrue();
            assertThat(buffer.fd()).isNotNegative();
            assertThat(kernel.names).containsExactly("udmabuf-test");
            buffer.syncWhole(SyncPhase.START, Direction.WRITE);
        }
        try (DmaBuf buffer = heap.allocate(64 * MIB + 1)) {
            assertThat(buffer.support(SyncWay.WHOLE).supported()).isFalse();
            assertThat(buffer.support(SyncWay.WHOLE).reason())
                    .contains("67108864")
                    .contains("size_limit_mb");
            assertThat(buffer.fd()).isEqualTo(-1);
            assertThat(buffer.support(SyncWay.WINDOW).supported()).isTrue();
        }
    }

    @Test
    void labelsAreTheHeapsOwn() {
        heap.labelled("viewfinder").allocate(1).close();
        heap.allocate(1).close();
        assertThat(kernel.names).containsExactly("viewfinder", "udmabuf-test");
        assertThat(new UdmabufHeap().name()).isEqualTo("udmabuf");
    }

    @Test
    void aLimitThatCannotBeReadAllowsNoWholeBuffer() {
        kernel.removeFile(UdmabufIoctl.SIZE_LIMIT_FILE);
        try (DmaBuf buffer = heap.allocate(MIB)) {
            assertThat(buffer.support(SyncWay.WHOLE).reason()).contains("cannot be read");
            assertThat(buffer.support(SyncWay.PARTIAL).supported()).isFalse();
            assertThat(buffer.support(SyncWay.NONE).supported()).isFalse();
        }
    }

    @Test
    void moreThanIsAvailableIsNotTakenAtOnce() {
        kernel.file("/proc/meminfo", "MemAvailable:    1000 kB\n");
        try (DmaBuf buffer = heap.allocate(MIB)) {
            assertThat(buffer.support(SyncWay.WHOLE).reason()).contains("takes its memory at once");
            assertThat(buffer.fd()).isEqualTo(-1);
        }
    }

    @Test
    void aWindowBeyondTheLimitIsRefusedWithTheLimit() {
        try (DmaBuf buffer = heap.allocate(128 * MIB)) {
            List<String> before = Footprint.descriptors();
            assertThatThrownBy(() -> buffer.openWindow(0, 65 * MIB))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("UDMABUF_CREATE of 68157440 bytes at 0 on " + buffer.name())
                    .hasMessageContaining("EINVAL")
                    .hasMessageContaining("64 MiB")
                    .hasMessageContaining("udmabuf.size_limit_mb=");
            assertThat(Footprint.descriptors()).isEqualTo(before);
        }
    }

    @Test
    void theLimitOfWindowsIsToldWithHowToRaiseIt() {
        DmaBuf buffer = heap.allocate(128 * MIB);
        assertThat(buffer.windowLimit()).isEqualTo(64 * MIB);
        kernel.file(UdmabufIoctl.SIZE_LIMIT_FILE, "128\n");
        buffer.close();
        assertThat(buffer.windowLimit()).as("as it was when allocated").isEqualTo(64 * MIB);
        assertThat(buffer.windowLimitRemedy())
                .contains("67108864 bytes at most (udmabuf.size_limit_mb)")
                .contains("'echo N > /sys/module/udmabuf/parameters/size_limit_mb' as root")
                .contains("udmabuf.size_limit_mb=N on the kernel's command line")
                .endsWith(".");
        kernel.udmabufLimit = 128 * MIB;
        try (DmaBuf later = heap.allocate(128 * MIB)) {
            assertThat(later.windowLimit()).isEqualTo(128 * MIB);
        }
    }

    /** INT_MAX is what Linux 7.3 has; the others are what a file of another kernel might say. */
    @ParameterizedTest
    @ValueSource(strings = {"2147483647", "9223372036854775807", "99999999999999999999", "-1", "", "none"})
    void aLimitBeyondAnyBufferOrUnknownLimitsNoWindow(String text) {
        kernel.file(UdmabufIoctl.SIZE_LIMIT_FILE, text + "\n");
        try (DmaBuf buffer = heap.allocate(MIB)) {
            assertThat(buffer.windowLimit()).isEqualTo(Long.MAX_VALUE);
            assertThat(buffer.windowLimitRemedy()).isEmpty();
            boolean known = text.length() > 9 && text.length() < 20;
            assertThat(buffer.support(SyncWay.WHOLE).supported()).isEqualTo(known);
        }
    }

    @Test
    void aHeapWithoutWindowsHasNoLimitOfThem() {
        try (DmaBuf buffer = new MemfdHeap(kernel, "no-windows").allocate(MIB)) {
            assertThat(buffer.windowLimit()).isEqualTo(Long.MAX_VALUE);
            assertThat(buffer.windowLimitRemedy()).isEmpty();
        }
    }

    @Test
    void aMemfdClosedBehindOurBackIsSaidSo() {
        try (DmaBuf buffer = heap.allocate(128 * MIB)) {
            kernel.script(UdmabufIoctl.CREATE, -Errno.EBADFD.number());
            assertThatThrownBy(() -> buffer.openWindow(0, 4096))
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("EBADFD")
                    .hasMessageContaining("no memfd any more");
        }
    }

    @Test
    void windowsAreWholePagesWithin() {
        try (DmaBuf buffer = heap.allocate(MIB)) {
            for (long[] part : new long[][] {{0, 0}, {1, 4096}, {0, 1}, {4096, 4095}}) {
                assertThatThrownBy(() -> buffer.openWindow(part[0], part[1]))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("offset=" + part[0])
                        .hasMessageContaining("length=" + part[1]);
            }
            for (long[] part :
                    new long[][] {{-4096, 4096}, {0, -4096}, {MIB, 4096}, {4096, MIB}, {4096, Long.MAX_VALUE}}) {
                assertThatThrownBy(() -> buffer.openWindow(part[0], part[1]))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void aWindowOutlivesItsBuffer() {
        DmaBuf buffer = heap.allocate(MIB);
        Window window = buffer.openWindow(0, 4096);
        buffer.close();
        window.sync(SyncPhase.START, Direction.READ);
        window.close();
        window.close();
        for (ThrowingCallable use :
                List.<ThrowingCallable>of(window::fd, () -> window.sync(SyncPhase.END, Direction.READ))) {
            assertThatThrownBy(use).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
        }
    }

    @Test
    void noDeviceOrNoPermission() {
        kernel.refuse(UdmabufIoctl.DEVICE, Errno.ENOENT);
        assertThatThrownBy(() -> heap.allocate(1))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("CONFIG_UDMABUF");
        kernel.refuse(UdmabufIoctl.DEVICE, Errno.EPERM);
        assertThatThrownBy(() -> heap.allocate(1))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("SUBSYSTEM==\"misc\", KERNEL==\"udmabuf\"");
    }
}
