// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;

/** Counts what a planner does, by phase and direction. Safe for use by many threads. */
final class SyncTally {

    /** The time of one phase in so many is taken: reading the clock twice costs as much as a short sync. */
    private static final int TIMED = 16;

    private static final SyncPhase[] PHASES = SyncPhase.values();
    private static final Direction[] DIRECTIONS = Direction.values();

    private final boolean on;
    private final Cell[] cells = new Cell[PHASES.length * DIRECTIONS.length];

    /** Numbers of one phase and direction. */
    private static final class Cell {
        final LongAdder phases = new LongAdder();
        final LongAdder bytesAsked = new LongAdder();
        final LongAdder timed = new LongAdder();
        final LongAdder timedNanos = new LongAdder();
        /** Counts to {@link #TIMED}; threads may overwrite one another's steps, which does no harm. */
        int untimed;
    }

    SyncTally(boolean on) {
        this.on = on;
        for (int i = 0; i < cells.length; i++) {
            cells[i] = new Cell();
        }
    }

    boolean isOn() {
        return on;
    }

    private static int index(SyncPhase phase, Direction direction) {
        int ofDirection = switch (direction) {
            case READ -> 0;
            case WRITE -> 1;
            case READ_WRITE -> 2;
        };
        return phase == SyncPhase.START ? ofDirection : DIRECTIONS.length + ofDirection;
    }

    /** Whether the phase that begins now is one whose time is to be taken. */
    boolean isTimed(SyncPhase phase, Direction direction) {
        return on && ((cells[index(phase, direction)].untimed++ & (TIMED - 1)) == 0);
    }

    /** A phase of an access is over. */
    void count(SyncPhase phase, Direction direction, long bytesAsked) {
        if (on) {
            Cell cell = cells[index(phase, direction)];
            cell.phases.increment();
            cell.bytesAsked.add(bytesAsked);
        }
    }

    /** The time of a phase was taken. */
    void time(SyncPhase phase, Direction direction, long nanos) {
        Cell cell = cells[index(phase, direction)];
        cell.timed.increment();
        cell.timedNanos.add(nanos);
    }

    List<SyncStatistics.Phases> phases(long bufferSize) {
        List<SyncStatistics.Phases> all = new ArrayList<>();
        for (SyncPhase phase : PHASES) {
            for (Direction direction : DIRECTIONS) {
                Cell cell = cells[index(phase, direction)];
                long count = cell.phases.sum();
                long timed = cell.timed.sum();
                long nanos = timed == 0 ? 0 : (long) ((double) cell.timedNanos.sum() / timed * count);
                all.add(new SyncStatistics.Phases(
                        phase, direction, count, cell.bytesAsked.sum(), count * bufferSize, nanos));
            }
        }
        return all;
    }

    /** Counts the calls of one way. */
    static final class Calls implements RangeSync.Meter {

        private final SyncWay way;
        private final boolean on;
        private final LongAdder[] counts = new LongAdder[PHASES.length * DIRECTIONS.length];
        private final LongAdder[] bytes = new LongAdder[counts.length];

        Calls(SyncWay way, boolean on) {
            this.way = way;
            this.on = on;
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
                bytes[i] = new LongAdder();
            }
        }

        @Override
        public void called(SyncPhase phase, Direction direction, long named) {
            if (on) {
                int index = index(phase, direction);
                counts[index].increment();
                bytes[index].add(named);
            }
        }

        void addTo(List<SyncStatistics.Calls> all) {
            for (SyncPhase phase : PHASES) {
                for (Direction direction : DIRECTIONS) {
                    int index = index(phase, direction);
                    all.add(new SyncStatistics.Calls(way, phase, direction, counts[index].sum(), bytes[index].sum()));
                }
            }
        }
    }
}
