// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Idle windows, and the places that are handed out meanwhile. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WindowCacheTest {

    private static final long PAGE = 4096;
    private static final int EMFILE = 24;

    private final Windows buffer = new Windows();

    /** A buffer of windows that can be told to be slow or to refuse. */
    private static final class Windows implements DmaBuf {

        final List<Fake> open = new ArrayList<>();
        int most = Integer.MAX_VALUE;
        LongConsumer beforeOpen = offset -> {};
        LongConsumer beforeClose = offset -> {};

        @Override
        public Window openWindow(long offset, long length) {
            beforeOpen.accept(offset);
            synchronized (open) {
                if (open.size() >= most) {
                    throw new HeapException("too many descriptors", EMFILE);
                }
                Fake window = new Fake(this, offset, length);
                open.add(window);
                return window;
            }
        }

        int count() {
            synchronized (open) {
                return open.size();
            }
        }

        @Override
        public String name() {
            return "windows";
        }

        @Override
        public String exporter() {
            return "windows";
        }

        @Override
        public long size() {
            return 1 << 20;
        }

        @Override
        public int pageSize() {
            return (int) PAGE;
        }

        @Override
        public int fd() {
            return -1;
        }

        @Override
        public ByteBuffer view(long offset, int length) {
            throw new UnsupportedOperationException("numbers only");
        }

        @Override
        public SyncSupport support(SyncWay way) {
            return way == SyncWay.WINDOW ? SyncSupport.yes(way, "told so") : SyncSupport.no(way, "told so");
        }

        @Override
        public void syncWhole(SyncPhase phase, Direction direction) {}

        @Override
        public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {}

        @Override
        public long restarts() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private record Fake(Windows buffer, long offset, long length) implements Window {

        @Override
        public int fd() {
            return 3;
        }

        @Override
        public void sync(SyncPhase phase, Direction direction) {}

        @Override
        public void close() {
            buffer.beforeClose.accept(offset);
            synchronized (buffer.open) {
                buffer.open.removeIf(one -> one == this);
            }
        }
    }

    private void idle(WindowCache cache, long firstPage, long pages) {
        cache.giveBack(cache.open(firstPage * PAGE, pages * PAGE));
    }

    @Test
    void anIdleWindowIsTheNextSlicesOfItsShape() {
        WindowCache cache = new WindowCache(buffer, 4);
        Window window = cache.open(PAGE, 2 * PAGE);
        cache.giveBack(window);
        assertThat(cache.claim(PAGE, 2 * PAGE)).isSameAs(window);
        assertThat(cache.claim(PAGE, 2 * PAGE)).as("it is taken").isNull();
        cache.giveBack(window);
        cache.giveBack(window);
        assertThat(cache.openWindows()).isEqualTo(1);
    }

    @Test
    void noIdleWindowOverlapsAPlaceOfAnotherShape() {
        WindowCache cache = new WindowCache(buffer, 128);
        SplittableRandom random = new SplittableRandom(11);
        long[][] live = new long[6][];
        Window[] windows = new Window[live.length];
        for (int step = 0; step < 20_000; step++) {
            int at = random.nextInt(live.length);
            if (live[at] != null) {
                if (windows[at] != null) {
                    cache.giveBack(windows[at]);
                }
                live[at] = null;
                windows[at] = null;
                continue;
            }
            long from = random.nextInt(60) * PAGE;
            long length = (1 + random.nextInt(4)) * PAGE;
            if (overlapsAny(live, from, from + length)) {
                continue;
            }
            live[at] = new long[] {from, from + length};
            Window own = cache.claim(from, length);
            windows[at] = own != null || random.nextBoolean() ? own : cache.open(from, length);
            assertThat(windowsOver(from, from + length)).hasSize(windows[at] == null ? 0 : 1);
        }
        assertThat(cache.openWindows()).isEqualTo(buffer.count());
        cache.close();
        assertThat(buffer.count()).isZero();
    }

    private static boolean overlapsAny(long[][] live, long from, long to) {
        for (long[] one : live) {
            if (one != null && one[0] < to && one[1] > from) {
                return true;
            }
        }
        return false;
    }

    private List<Fake> windowsOver(long from, long to) {
        List<Fake> over = new ArrayList<>(buffer.open);
        over.removeIf(window -> window.offset() >= to || window.offset() + window.length() <= from);
        return over;
    }

    @Test
    void theOldestIdleWindowIsClosedFirst() {
        WindowCache cache = new WindowCache(buffer, 2);
        idle(cache, 8, 1);
        idle(cache, 0, 1);
        idle(cache, 4, 1);
        assertThat(buffer.open).extracting(Fake::offset).containsExactlyInAnyOrder(0L, 4 * PAGE);
    }

    @Test
    void aCloseUnderWayIsWaitedForByWhoGetsTheBytesAndByNobodyElse() throws Exception {
        WindowCache cache = new WindowCache(buffer, 4);
        idle(cache, 0, 4);
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        buffer.beforeClose = offset -> {
            closing.countDown();
            awaitLatch(goOn);
        };
        Thread first = new Thread(() -> cache.claim(0, PAGE));
        first.start();
        awaitLatch(closing);
        Thread second = new Thread(() -> cache.claim(2 * PAGE, PAGE));
        second.start();
        await().atMost(4, TimeUnit.MINUTES).until(() -> second.getState() == Thread.State.WAITING);
        assertThat(cache.claim(8 * PAGE, PAGE)).as("elsewhere").isNull();
        Window other = cache.open(12 * PAGE, PAGE);
        cache.giveBack(other);
        goOn.countDown();
        first.join();
        second.join();
        assertThat(buffer.open).extracting(Fake::offset).containsExactly(12 * PAGE);
    }

    @Test
    void whileAWindowOpensOthersGoOn() throws Exception {
        WindowCache cache = new WindowCache(buffer, 4);
        Window released = cache.open(4 * PAGE, PAGE);
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        buffer.beforeOpen = offset -> {
            opening.countDown();
            awaitLatch(goOn);
        };
        Thread slow = new Thread(() -> cache.open(0, PAGE));
        slow.start();
        awaitLatch(opening);
        cache.giveBack(released);
        assertThat(cache.claim(4 * PAGE, PAGE)).isSameAs(released);
        assertThat(cache.openWindows()).isEqualTo(1);
        goOn.countDown();
        slow.join();
        assertThat(cache.openWindows()).isEqualTo(2);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(4, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whereDescriptorsAreUsedUpIdleWindowsAreClosedAndTheKernelIsAskedAgain() {
        WindowCache cache = new WindowCache(buffer, 8);
        for (int i = 0; i < 8; i++) {
            idle(cache, i, 1);
        }
        buffer.most = 8;
        Window more = cache.open(20 * PAGE, PAGE);
        assertThat(buffer.open).extracting(Fake::offset).containsExactly(20 * PAGE);
        buffer.most = 1;
        assertThatThrownBy(() -> cache.open(30 * PAGE, PAGE)).isInstanceOf(HeapException.class);
        assertThat(cache.openWindows()).isEqualTo(1);
        cache.giveBack(more);
    }

    @Test
    void aWindowThatWillNotCloseKeepsNoOtherOpen() {
        WindowCache cache = new WindowCache(buffer, 8);
        for (int i = 0; i < 4; i++) {
            idle(cache, i, 1);
        }
        cache.open(6 * PAGE, PAGE);
        buffer.beforeClose = offset -> {
            if (offset == PAGE || offset == 3 * PAGE) {
                throw new HeapException("refused at " + offset, 9);
            }
        };
        assertThatThrownBy(cache::close)
                .isInstanceOf(HeapException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(buffer.open).extracting(Fake::offset).containsExactlyInAnyOrder(PAGE, 3 * PAGE);
        assertThatThrownBy(() -> cache.open(0, PAGE)).isInstanceOf(IllegalStateException.class);
    }
}
