// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.Comparator;
import java.util.PriorityQueue;

/** A trace in the making, whose time is counted in frames: a part is released when its frame has come. */
final class FrameTrace {

    private final Trace.Builder trace;
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::time).thenComparingInt(Due::part));
    private long now;

    FrameTrace(String name) {
        trace = new Trace.Builder(name);
    }

    /** A part and the frame at which it is released. */
    private record Due(long time, int part) {}

    /** How many frames have begun. */
    long now() {
        return now;
    }

    /** Allocates a part that stays until it is given back; returns its number. */
    int keep(long bytes) {
        return trace.allocate(bytes);
    }

    /** Gives a part back so many frames later; 0 for at the next {@link #releaseDue}. */
    void giveBack(int part, int frames) {
        due.add(new Due(now + frames, part));
    }

    /** Allocates a part for so many frames. */
    void take(long bytes, int frames) {
        giveBack(keep(bytes), frames);
    }

    /** Begins the next frame. */
    void next() {
        now++;
        releaseDue();
    }

    /** Releases what is due, the longest due first. */
    void releaseDue() {
        releaseUntil(now);
    }

    /** Releases all that is given back, whenever it is due, and ends the trace. */
    Trace end() {
        releaseUntil(Long.MAX_VALUE);
        return trace.build();
    }

    private void releaseUntil(long time) {
        for (Due next = due.peek(); next != null && next.time() <= time; next = due.peek()) {
            due.remove();
            trace.release(next.part());
        }
    }
}
