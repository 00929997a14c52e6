// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers as a C compiler computes them from the kernel's headers on x86-64. */
class IoctlNumbersTest {

    @Test
    void dmaBuf() {
        assertThat(DmaBufIoctl.SYNC).isEqualTo(0x40086200L);
        assertThat(DmaBufIoctl.SET_NAME).isEqualTo(0x40086201L);
        assertThat(DmaBufIoctl.SYNC_PARTIAL).isEqualTo(0x40106202L);
        assertThat(DmaBufIoctl.EXPORT_SYNC_FILE).isEqualTo(0xC0086202L);
        assertThat(DmaBufIoctl.IMPORT_SYNC_FILE).isEqualTo(0x40086203L);
        assertThat(SyncFileIoctl.FILE_INFO).isEqualTo(0xC0383E04L);
    }

    @Test
    void othersShowThatDirectionAndSizeAreEncoded() {
        assertThat(IoctlEncoding.iow('u', 0x43, 8)).isEqualTo(0x40087543L);
        assertThat(IoctlEncoding.ior('V', 38, 4)).isEqualTo(0x80045626L);
    }

    @Test
    void dmaHeapAndUdmabuf() {
        assertThat(DmaHeapIoctl.ALLOC).isEqualTo(0xC0184800L);
        assertThat(UdmabufIoctl.CREATE).isEqualTo(0x40187542L);
    }

    @Test
    void v4l2() {
        assertThat(V4l2Layout.QUERYCAP).isEqualTo(0x80685600L);
        assertThat(V4l2Layout.ENUM_FMT).isEqualTo(0xC0405602L);
        assertThat(V4l2Layout.S_FMT).isEqualTo(0xC0D05605L);
        assertThat(V4l2Layout.REQBUFS).isEqualTo(0xC0145608L);
        assertThat(V4l2Layout.QBUF).isEqualTo(0xC058560FL);
        assertThat(V4l2Layout.DQBUF).isEqualTo(0xC0585611L);
        assertThat(V4l2Layout.STREAMON).isEqualTo(0x40045612L);
        assertThat(V4l2Layout.STREAMOFF).isEqualTo(0x40045613L);
        assertThat(V4l2Layout.S_PARM).isEqualTo(0xC0CC5616L);
        assertThat(V4l2Layout.S_CTRL).isEqualTo(0xC008561CL);
        assertThat(V4l2Layout.QUERYCTRL).isEqualTo(0xC0445624L);
        assertThat(V4l2Layout.S_INPUT).isEqualTo(0xC0045627L);
    }

    @ParameterizedTest
    @CsvSource({
        "START, READ, 1", "START, WRITE, 2", "START, READ_WRITE, 3",
        "END, READ, 5", "END, WRITE, 6", "END, READ_WRITE, 7",
    })
    void syncFlags(SyncPhase phase, Direction direction, long flags) {
        assertThat(DmaBufIoctl.syncFlags(phase, direction)).isEqualTo(flags);
        assertThat(flags & DmaBufIoctl.INVALID_FLAG).isZero();
    }

    @Test
    void pixelFormatsAreTheirLetters() {
        assertThat(V4l2Layout.pixelFormat("YUYV")).isEqualTo(0x56595559);
        assertThat(V4l2Layout.fourcc(0x56595559)).isEqualTo("YUYV");
    }
}
