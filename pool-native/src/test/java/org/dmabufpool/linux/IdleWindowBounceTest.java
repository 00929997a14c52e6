// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Windows that are kept for later, over memory that others have by then: up to Linux 6.12 closing a window writes its bounced
 * bytes back. In a guest whose DMA is bounced (swiotlb=…,force), so that a sync really copies.
 */
@Tag("lab-bounce")
class IdleWindowBounceTest {

    private static final int PAGE = 4096;
    /** Above 256 KiB Linux 7.3 may refuse a window whose pages are neighbours, as one bounce buffer holds no more. */
    private static final int LARGE = 160 << 10;

    @Test
    void windowsThatComeAndGoHarmNoLiveSliceOfAnotherShape() {
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(new UdmabufHeap()).capacity(32L << 20).build()) {
            Slice old = pool.allocate(LARGE);
            old.windowFd();
            fill(old, (byte) 1);
            old.close();
            Slice pad = pool.allocate(100 << 10);
            Slice live = pool.allocate(LARGE + PAGE);
            try (CpuAccess write = live.write()) {
                fill(write.buffer(), (byte) 0x55);
                comeAndGo(pool);
                assertThat(count(write.buffer(), (byte) 0x55)).isEqualTo(LARGE + PAGE);
            }
            try (CpuAccess read = live.read()) {
                assertThat(count(read.buffer(), (byte) 0x55)).isEqualTo(LARGE + PAGE);
            }
            live.close();
            pad.close();
        }
    }

    private static void comeAndGo(DmaBufPool pool) {
        List<Slice> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Slice small = pool.allocate(2 * PAGE);
            small.windowFd();
            many.add(small);
        }
        many.forEach(Slice::close);
    }

    @Test
    void slicesOfAnyShapeKeepTheirBytesWhileOthersComeAndGo() {
        SplittableRandom random = new SplittableRandom(7);
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(new UdmabufHeap()).capacity(4L << 20).build()) {
            Slice[] live = new Slice[8];
            byte[] bytes = new byte[live.length];
            for (int step = 0; step < 600; step++) {
                int at = random.nextInt(live.length);
                if (live[at] != null) {
                    try (CpuAccess read = live[at].read()) {
                        assertThat(count(read.buffer(), bytes[at]))
                                .as("slice at %d after %d steps", live[at].offset(), step)
                                .isEqualTo((int) live[at].length());
                    }
                    live[at].close();
                    live[at] = null;
                } else {
                    live[at] = pool.allocate((1 + random.nextInt(60)) * (long) PAGE);
                    bytes[at] = (byte) (1 + random.nextInt(100));
                    fill(live[at], bytes[at]);
                }
            }
            for (Slice slice : live) {
                if (slice != null) {
                    slice.close();
                }
            }
        }
    }

    private static void fill(Slice slice, byte value) {
        try (CpuAccess write = slice.write()) {
            fill(write.buffer(), value);
        }
    }

    private static void fill(ByteBuffer view, byte value) {
        for (int at = 0; at < view.capacity(); at++) {
            view.put(at, value);
        }
    }

    private static int count(ByteBuffer view, byte value) {
        int count = 0;
        for (int at = 0; at < view.capacity(); at++) {
            count += view.get(at) == value ? 1 : 0;
        }
        return count;
    }
}
