// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;

/** The ranges of one access that a thread begins or ends now, and the sync calls it makes for them. */
final class Bracket {

    private final List<Range> ranges = new ArrayList<>();
    private final List<SyncCall> calls = new ArrayList<>();
    private boolean open;

    /**
     * One more range. All ranges of a bracket are told before its calls; so one that comes after calls, as one that comes
     * after a bracket was shut, begins a new bracket: the last one has failed.
     */
    void add(Range range) {
        if (!open || !calls.isEmpty()) {
            ranges.clear();
            calls.clear();
            open = true;
        }
        ranges.add(range);
    }

    void add(SyncCall call) {
        calls.add(call);
    }

    /** No more calls belong to this bracket; what was noted stays until the next begins. */
    void shut() {
        open = false;
    }

    boolean isOpen() {
        return open;
    }

    List<Range> ranges() {
        return ranges;
    }

    List<SyncCall> calls() {
        return calls;
    }

    /** The lines of the calls that serve an access in some direction. */
    List<Range> served(SyncPhase phase, Direction direction) {
        List<Range> served = new ArrayList<>();
        for (SyncCall call : calls) {
            if (call.phase() == phase && call.serves(direction)) {
                served.add(call.range().lines());
            }
        }
        return served;
    }

    /** The lines of all calls of a phase, whatever their direction. */
    List<Range> called(SyncPhase phase) {
        List<Range> called = new ArrayList<>();
        for (SyncCall call : calls) {
            if (call.phase() == phase) {
                called.add(call.range().lines());
            }
        }
        return called;
    }

    /** What a call of some way may touch for these ranges: their lines, or the slices where it cannot be narrower. */
    List<Range> allowed(SyncWay way, SliceBook book) {
        List<Range> allowed = new ArrayList<>();
        for (Range range : ranges) {
            allowed.add(way == SyncWay.WINDOW ? book.home(range) : range.lines());
        }
        return allowed;
    }
}
