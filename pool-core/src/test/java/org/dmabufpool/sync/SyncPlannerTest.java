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
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL, SyncWay.WHOLE);
        assertThat(SyncPlanner.choose(buffer, SyncWay.WHOLE, Duration.ZERO, true, SyncPlanner.Observer.NONE)
                        .choice()
                        .way())
                .isEqualTo(SyncWay.WHOLE);
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
    void slicesAreWholePagesWhereWindowsAreSupported() {
        assertThat(planner(SyncWay.PARTIAL).granule()).isEqualTo(SyncPlanner.CACHE_LINE);
        assertThat(planner(SyncWay.PARTIAL, SyncWay.WINDOW).granule()).isEqualTo(4096);
    }

    @Test
    void partialSyncNamesJustTheRange() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        bracket(planner, 256, 128, Direction.READ_WRITE, null);
        assertThat(buffer.calls).containsExactly("START READ_WRITE 256+128", "END READ_WRITE 256+128");
        assertSynced(planner, 2, 256, 256);
    }

    @Test
    void windowSyncNamesJustTheWindow() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WINDOW);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        Window window = planner.openWindow(4096, 8192);
        bracket(planner, 4096, 8192, Direction.WRITE, window);
        assertThat(buffer.calls).containsExactly("START WRITE window 0", "END WRITE window 0");
        assertThat(planner.statistics().bytes()).isEqualTo(2 * 8192);
    }

    @Test
    void slicesBeyondTheReachOfRangesAreSyncedWholeApartFromWritersBelow() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL, SyncWay.WHOLE);
        buffer.limit = 4096;
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        assertThat(planner.choice().reason()).contains("beyond byte 4096");
        bracket(planner, 0, 4096, Direction.READ, null);
        bracket(planner, 3968, 256, Direction.READ, null);
        assertThat(buffer.calls).containsExactly("START READ 0+4096", "END READ 0+4096", "START READ", "END READ");
        assertThat(planner.exclusion(4096, Direction.READ)).as("below, reading").isZero();
        int writing = planner.exclusion(4096, Direction.WRITE);
        assertThat(planner.enter(writing)).isTrue();
        assertThatThrownBy(() -> planner.enter(planner.exclusion(4097, Direction.READ)))
                .isInstanceOf(AccessBlockedException.class);
        assertThat(planner.lend(Direction.WRITE))
                .as("a call below cleans just its range")
                .isTrue();
        planner.endLoan(Direction.WRITE);
        planner.leave(writing, ME);
        assertThat(planner.enter(planner.exclusion(4097, Direction.READ_WRITE))).isTrue();
        assertThat(planner.lend(Direction.WRITE)).isFalse();
        assertThat(planner.lend(Direction.READ)).isTrue();
    }

    @Test
    void whatADeviceWroteIsFetchedBeforeTheWholeBufferIsCleaned() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WHOLE);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        lendToAWriter(planner);
        enteredBracket(planner, Direction.WRITE);
        assertThat(buffer.calls).containsExactly("START READ", "END READ", "START WRITE", "END WRITE");
        buffer.calls.clear();
        lendToAWriter(planner);
        enteredBracket(planner, Direction.READ);
        enteredBracket(planner, Direction.WRITE);
        assertThat(buffer.calls).containsExactly("START READ", "END READ", "START WRITE", "END WRITE");
        buffer.calls.clear();
        lendToAWriter(planner);
        assertThat(planner.clean(0, 128, null)).isTrue();
        assertThat(buffer.calls).containsExactly("START READ", "END READ", "START WRITE", "END WRITE");
    }

    @Test
    void aRefusedFetchIsMadeAgainByTheNextAccess() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WHOLE);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        for (int refused = 0; refused < 2; refused++) {
            lendToAWriter(planner);
            buffer.refuseCall(refused);
            int kind = planner.exclusion(128, Direction.WRITE);
            assertThatThrownBy(() -> planner.enter(kind)).isInstanceOf(HeapException.class);
            buffer.calls.clear();
            enteredBracket(planner, Direction.WRITE);
            assertThat(buffer.calls).containsExactly("START READ", "END READ", "START WRITE", "END WRITE");
        }
    }

    private static void lendToAWriter(SyncPlanner planner) {
        assertThat(planner.lend(Direction.WRITE)).isTrue();
        planner.endLoan(Direction.WRITE);
    }

    private static void enteredBracket(SyncPlanner planner, Direction direction) {
        int kind = planner.exclusion(128, direction);
        assertThat(planner.enter(kind)).isTrue();
        bracket(planner, 0, 128, direction, null);
        planner.leave(kind, ME);
    }

    @Test
    void aRefusedRangeTakesBackThoseBefore() {
        LineRuns runs = LineRuns.covering(128, new long[] {0, 512, 1024}, new long[] {128, 640, 1152});
        for (int refused = 0; refused < 3; refused++) {
            RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL);
            SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
            buffer.refuseCall(refused);
            assertThatThrownBy(() -> planner.start(runs, Direction.WRITE, null)).isInstanceOf(HeapException.class);
            List<String> expected = new ArrayList<>();
            for (int run = 0; run < refused; run++) {
                expected.add("START WRITE " + 512 * run + "+128");
            }
            for (int run = 0; run < refused; run++) {
                expected.add("END WRITE " + 512 * run + "+128");
            }
            assertThat(buffer.calls).isEqualTo(expected);
        }
    }

    @Test
    void aRectangleBeyondTheReachTakesOneCallAPhase() {
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.PARTIAL, SyncWay.WHOLE);
        buffer.limit = 4096;
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        LineRuns rows = LineRuns.rectangle(128, 0, 128, 512, 100, false);
        planner.start(rows, Direction.READ, null);
        planner.end(rows, Direction.READ, null);
        assertThat(buffer.calls).containsExactly("START READ", "END READ");
    }

    @Test
    void severalRunsTakeSeveralCallsOnlyWhereCallsNameRanges() {
        LineRuns runs = LineRuns.covering(128, new long[] {0, 512}, new long[] {128, 640});
        RecordingBuffer partial = new RecordingBuffer(SyncWay.PARTIAL);
        SyncPlanner planner = SyncPlanner.choose(partial, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        planner.start(runs, Direction.READ, null);
        planner.end(runs, Direction.READ, null);
        assertThat(partial.calls)
                .containsExactly("START READ 0+128", "START READ 512+128", "END READ 0+128", "END READ 512+128");
        RecordingBuffer whole = new RecordingBuffer(SyncWay.WHOLE);
        SyncPlanner wide = SyncPlanner.choose(whole, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        wide.start(runs, Direction.READ, null);
        wide.end(runs, Direction.READ, null);
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
        RecordingBuffer buffer = new RecordingBuffer(SyncWay.WHOLE);
        SyncPlanner planner = SyncPlanner.choose(buffer, null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
        buffer.refusing = true;
        assertThatThrownBy(() -> planner.start(0, 128, direction, null)).isInstanceOf(HeapException.class);
        buffer.refusing = false;
        planner.start(0, 128, direction, null);
        buffer.refusing = true;
        assertThatThrownBy(() -> planner.end(0, 128, direction, null)).isInstanceOf(HeapException.class);
        buffer.refusing = false;
        assertThat(planner.clean(0, 128, null)).as("nobody is inside").isTrue();
    }

    private static SyncPlanner planner(SyncWay... supported) {
        return SyncPlanner.choose(new RecordingBuffer(supported), null, Duration.ZERO, true, SyncPlanner.Observer.NONE);
    }

    private static void bracket(SyncPlanner planner, long offset, long length, Direction direction, Window window) {
        planner.start(offset, length, direction, window);
        planner.end(offset, length, direction, window);
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
