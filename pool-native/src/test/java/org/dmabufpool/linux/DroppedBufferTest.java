// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.junit.jupiter.api.Test;

/** What is left of a buffer whose pool was dropped without close: no descriptor, and the memory that views show. */
class DroppedBufferTest {

    private static final String LABEL = "dmabuf-dropped";

    private final FakeKernel kernel = new FakeKernel();
    private final List<String> before = Footprint.descriptors();

    @Test
    void descriptorsAreClosedAndTheMemoryStaysUntilItsLastViewIsCollected() {
        ByteBuffer[] view = {viewOfDropped()};
        assertThat(Footprint.descriptors()).isEqualTo(before);
        for (int i = 0; i < 3; i++) {
            System.gc();
            assertThat(view[0].getInt(0)).isEqualTo(42);
            assertThat(Footprint.mappingsNaming(LABEL)).isEqualTo(1);
        }
        view[0] = null;
        await().until(() -> {
            System.gc();
            return Footprint.mappingsNaming(LABEL) == 0;
        });
    }

    /** In a method of its own: the frame of an interpreted method keeps what its variables once held. */
    private ByteBuffer viewOfDropped() {
        DmaBuf buffer = new UdmabufHeap(kernel, LABEL).allocate(1 << 20);
        ByteBuffer view = buffer.view(4096, 4);
        view.putInt(0, 42);
        kernel.script(DmaBufIoctl.SYNC, -Errno.EINTR.number(), 0);
        buffer.syncWhole(SyncPhase.START, Direction.READ);
        buffer.closeDropped();
        buffer.closeDropped();
        buffer.close();
        assertThat(buffer.restarts()).as("the last value").isEqualTo(1);
        assertThat(buffer.toString()).endsWith("closed)");
        assertThatThrownBy(() -> buffer.view(0, 1)).isInstanceOf(IllegalStateException.class);
        return view;
    }

    @Test
    void aVendorsDeviceIsClosedToo() {
        RangeSettings ranges = RangeSettings.NONE.through(new XringSync(FakeKernel.VENDOR_PATH));
        new DmaHeap(kernel, FakeKernel.HEAP, LABEL, ranges).allocate(4096).closeDropped();
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void whereOneDescriptorIsGoneTheOthersAreClosed() {
        FaultingSyscalls syscalls = new FaultingSyscalls(kernel);
        DmaBuf buffer = new UdmabufHeap(syscalls, LABEL).allocate(4096);
        syscalls.failCall(1, Errno.EBADF);
        assertThatThrownBy(buffer::closeDropped)
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("EBADF");
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }
}
