// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/** Writes down what it is told. */
final class RecordingObserver implements PoolObserver {

    /** What was told, without facts. */
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    final List<SliceFacts> allocated = Collections.synchronizedList(new ArrayList<>());
    final List<SliceFacts> released = Collections.synchronizedList(new ArrayList<>());
    final List<SliceFacts> started = Collections.synchronizedList(new ArrayList<>());
    final List<SliceFacts> ended = Collections.synchronizedList(new ArrayList<>());
    final List<SliceFacts> leaked = Collections.synchronizedList(new ArrayList<>());
    final List<SliceRequest> refused = Collections.synchronizedList(new ArrayList<>());
    volatile long lastNanos;

    @Override
    public void allocated(SliceFacts slice, long nanos) {
        allocated.add(slice);
        lastNanos = nanos;
        calls.add("allocated " + slice.tag());
    }

    @Override
    public void released(SliceFacts slice) {
        released.add(slice);
        calls.add("released " + slice.tag());
    }

    @Override
    public void refused(String pool, SliceRequest request, Refusal why, long nanos) {
        refused.add(request);
        lastNanos = nanos;
        calls.add("refused " + why + " by " + pool);
    }

    @Override
    public void accessStarted(SliceFacts slice, Direction direction) {
        started.add(slice);
        calls.add("started " + direction);
    }

    @Override
    public void accessEnded(SliceFacts slice, Direction direction) {
        ended.add(slice);
        calls.add("ended " + direction);
    }

    @Override
    public void synced(String pool, SyncPhase phase, Direction direction, long offset, long length, long nanos) {
        lastNanos = nanos;
        calls.add("synced " + phase + " " + direction + " " + offset + "+" + length);
    }

    @Override
    public void leaked(SliceFacts slice, boolean givenBack) {
        leaked.add(slice);
        calls.add("leaked " + slice.tag() + (givenBack ? ", given back" : ", kept"));
    }
}
