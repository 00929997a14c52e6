// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabufpool.heap.DmaBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A machine that charges private memory when it is mapped, as some servers and boards are set. */
@Tag("lab")
class OvercommitLabTest {

    private static final Path MODE = Path.of("/proc/sys/vm/overcommit_memory");
    private static final Path RATIO = Path.of("/proc/sys/vm/overcommit_ratio");
    private static final long TWICE_THE_MACHINE = 16L << 30;

    @AfterEach
    void setBack() throws IOException {
        Files.writeString(MODE, "0");
        Files.writeString(RATIO, "50");
    }

    @Test
    void staleViewsStayHarmlessWhereTheKernelRefusesPrivateMemory() throws IOException {
        DmaBuf buffer = new MemfdHeap().labelled("charged").allocate(TWICE_THE_MACHINE);
        ByteBuffer[] stale = new ByteBuffer[16];
        for (int i = 0; i < stale.length; i++) {
            stale[i] = buffer.view((long) i << 30, 8);
            stale[i].putLong(0, 42);
        }
        Footprint.awaitNoStandIns();
        Files.writeString(RATIO, "100");
        Files.writeString(MODE, "2");

        buffer.close();

        assertThat(Footprint.mappingsNaming("memfd:charged")).isZero();
        assertThat(Footprint.standIns()).isEqualTo(1);
        for (ByteBuffer view : stale) {
            assertThat(view.getLong(0)).isZero();
            view.putLong(0, 43);
        }
        Reference.reachabilityFence(stale);
    }
}
