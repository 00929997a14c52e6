// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyncPlannerTest {

    private static final Thread ME = Thread.currentThread();

    @Test
    void theNarrowestSupportedWayIsTaken() {
        List<SyncWay> supported = new ArrayList<>(List.of(SyncWay.values()));
        for (SyncWay way : SyncWay.values()) {
            assertThat(planner(supported.toArray(new SyncWay[0])).choice().way())
                    .isEqualTo(way);
            supported.remove(way);
        }
        assertThatThrownBy(() -> planner())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("WINDOW: told not to WINDOW");
    }

    @Test
    void aWayAskedForIsTakenOrRefusedWithTheReason() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL_IOCTL, SyncWay.WHOLE_BUFFER);
        assertThat(SyncPlanner.choose(buffer, SyncWay.WHOLE_BUFFER, Duration.ZERO, true, SyncPlanner.Observer.NONE)
                        .choice()
                        .way())
                .isEqualTo(SyncWay.WHOLE_BUFFER);
        assertThatThrownBy(() ->
                        SyncPlanner.choose(buffer, SyncWay.WINDOW, Duration.ZERO, true, SyncPlanner.Observer.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sync=WINDOW")
                .hasMessageContaining("told not to WINDOW");
        assertThat(SyncPlanner.choose(buffer, SyncWay.NONE, Duration.ZERO, true, SyncPlanner.Observer.NONE)
                        .choice()
                        .reason())
                .contains("declared by the user");
    }

    @Test
    void slicesAreWholePagesWhereWindowsAreHad() {
        assertThat(planner(SyncWay.PARTIAL_IOCTL).granule()).isEqualTo(SyncPlanner.CACHE_LINE);
        assertThat(planner(SyncWay.PARTIAL_IOCTL, SyncWay.WINDOW).granule()).isEqualTo(4096);
    }

    @Test
    void partialSyncNamesJustTheRange() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL_IOCTL);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        bracket(planner, 256, 128, Direction.READ_WRITE, null);
        assertThat(buffer.calls).containsExactly("START READ_WRITE 256+128", "END READ_WRITE 256+128");
        assertSynced(planner, 2, 256, 256);
    }

    @Test
    void windowSyncNamesJustTheWindow() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WINDOW);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        Window window = planner.takeWindow(4096, 8192);
        bracket(planner, 4096, 8192, Direction.WRITE, window);
        assertThat(buffer.calls).containsExactly("START WRITE window 0", "END WRITE window 0");
        assertThat(planner.statistics().bytes()).isEqualTo(2 * 8192);
    }

    @Test
    void whatAThreadWroteIsCleanedBeforeItInvalidates() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WHOLE_BUFFER);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        planner.start(0, 128, Direction.WRITE, null);
        planner.start(128, 128, Direction.READ, null);
        planner.end(128, 128, Direction.READ, null, ME);
        planner.end(0, 128, Direction.WRITE, null, ME);
        assertThat(buffer.calls)
                .containsExactly("START WRITE", "END WRITE", "START READ", "END WRITE", "END READ", "END WRITE");
        assertThat(planner.statistics().bytes()).isEqualTo(6 * RecordingBuffer.SIZE);
    }

    @Test
    void slicesBeyondTheReachOfRangesAreSyncedWholeWithoutHarmToThoseBelow() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL_IOCTL, SyncWay.WHOLE_BUFFER);
        buffer.limit = 4096;
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        assertThat(planner.choice().reason()).contains("beyond byte 4096");
        bracket(planner, 0, 4096, Direction.READ, null);
        bracket(planner, 3968, 256, Direction.READ, null);
        planner.start(0, 128, Direction.WRITE, null);
        planner.start(8192, 128, Direction.READ, null);
        assertThat(buffer.calls)
                .containsExactly(
                        "START READ 0+4096",
                        "END READ 0+4096",
                        "START READ",
                        "END READ",
                        "START WRITE 0+128",
                        "END WRITE",
                        "START READ");
        planner.end(8192, 128, Direction.READ, null, ME);
        planner.end(0, 128, Direction.WRITE, null, ME);
        assertThat(buffer.calls).endsWith("END WRITE", "END READ", "END WRITE 0+128");
    }

    @Test
    void aWriterBelowTheReachKeepsOutReadersBeyondIt() throws Exception {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL_IOCTL, SyncWay.WHOLE_BUFFER);
        buffer.limit = 4096;
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        planner.start(0, 128, Direction.READ_WRITE, null);
        Thread other = new Thread(() -> {
            planner.start(128, 128, Direction.READ, null);
            assertThatThrownBy(() -> planner.start(8192, 128, Direction.READ, null))
                    .isInstanceOf(AccessBlockedException.class);
            buffer.calls.add("kept out");
        });
        other.start();
        other.join();
        assertThat(buffer.calls).endsWith("kept out");
        planner.end(0, 128, Direction.READ_WRITE, null, ME);
        bracket(planner, 8192, 128, Direction.READ, null);
    }

    @Test
    void severalRunsTakeSeveralCallsOnlyWhereCallsNameRanges() {
        LineRuns runs = LineRuns.covering(128, new long[] {0, 512}, new long[] {128, 640});
        RecordingBuffer partial = new RecordingBuffer(SyncWay.PARTIAL_IOCTL);
        SyncPlanner planner = SyncPlanner.choose(partial, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        planner.start(runs, Direction.READ, null);
        planner.end(runs, Direction.READ, null, ME);
        assertThat(partial.calls)
                .containsExactly("START READ 0+128", "START READ 512+128", "END READ 0+128", "END READ 512+128");
        RecordingBuffer whole = new RecordingBuffer(SyncWay.WHOLE_BUFFER);
        SyncPlanner wide = SyncPlanner.choose(whole, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        wide.start(runs, Direction.READ, null);
        wide.end(runs, Direction.READ, null, ME);
        assertThat(whole.calls).containsExactly("START READ", "END READ");
    }

    @Test
    void noWayNoCall() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.NONE);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        bracket(planner, 0, 128, Direction.READ, null);
        assertThat(buffer.calls).isEmpty();
        assertSynced(planner, 0, 256, 0);
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void aRefusedStartOrEndLeavesNobodyInside(Direction direction) {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WHOLE_BUFFER);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        buffer.refusing = true;
        assertThatThrownBy(() -> planner.start(0, 128, direction, null)).isInstanceOf(HeapException.class);
        buffer.refusing = false;
        planner.start(0, 128, direction, null);
        buffer.refusing = true;
        assertThatThrownBy(() -> planner.end(0, 128, direction, null, ME)).isInstanceOf(HeapException.class);
        buffer.refusing = false;
        buffer.calls.clear();
        planner.start(0, 128, Direction.READ, null);
        assertThat(buffer.calls).as("no write is thought open").containsExactly("START READ");
    }

    @Test
    void windowsAreKeptWithTheirPlaceAndTheOldestIsClosedFirst() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WINDOW);
        WindowCache cache = new WindowCache(buffer, 2);
        Window first = cache.take(0, 4096);
        cache.giveBack(first);
        assertThat(cache.take(0, 4096)).isSameAs(first);
        assertThat(cache.take(0, 4096)).as("one in use is not shared").isNotSameAs(first);
        cache.giveBack(first);
        cache.giveBack(first);
        cache.giveBack(cache.take(4096, 4096));
        cache.giveBack(cache.take(8192, 4096));
        assertThat(buffer.openWindows).containsExactly(1, 2, 3);
        assertThat(cache.openWindows()).isEqualTo(3);
        cache.close();
        assertThat(buffer.openWindows).isEmpty();
        assertThatThrownBy(() -> cache.take(0, 4096)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aWindowThatIsRefusedLeavesNothingOpen() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WINDOW);
        WindowCache cache = new WindowCache(buffer, 2);
        buffer.refusing = true;
        assertThatThrownBy(() -> cache.take(0, 4096)).isInstanceOf(HeapException.class);
        assertThat(cache.openWindows()).isZero();
    }

    private static SyncPlanner planner(SyncWay... supported) {
        return SyncPlanner.choose(new RecordingBuffer(supported), null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
    }

    private static void bracket(SyncPlanner planner, long offset, long length, Direction direction, Window window) {
        planner.start(offset, length, direction, window);
        planner.end(offset, length, direction, window, ME);
    }

    /** After one START and one END. */
    private static void assertSynced(SyncPlanner planner, long calls, long bytesAsked, long bytes) {
        SyncStatistics sync = planner.statistics();
        assertThat(sync.callCount()).isEqualTo(calls);
        assertThat(sync.bytesAsked()).isEqualTo(bytesAsked);
        assertThat(sync.bytes()).isEqualTo(bytes);
        assertThat(sync.bytesWholeBuffer()).isEqualTo(2 * RecordingBuffer.SIZE);
    }
}
