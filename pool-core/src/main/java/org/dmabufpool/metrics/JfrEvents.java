// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import org.dmabufpool.PoolObserver;
import org.dmabufpool.SliceFacts;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/**
 * Makes what happens in a pool events of the JDK's Flight Recorder: {@code dmabufpool.Allocate}, {@code Release},
 * {@code Access}, {@code Sync}, {@code Refused} and {@code Leak}.
 *
 * <pre>{@code
 * DmaBufPool.builder().heap(heap).capacity(256L << 20).observer(new JfrEvents()).build();
 * }</pre>
 *
 * <p>All are off unless a recording's settings turn them on, as {@code dmabuf-pool.jfc} beside this class does; an event
 * that is off costs a look at a flag, on top of what every observer costs. Needs the module {@code jdk.jfr}, which Android
 * lacks. Safe for use by many threads and for many pools.
 */
public final class JfrEvents implements PoolObserver {

    /** Has no state: one serves any number of pools. */
    public JfrEvents() {}

    @Override
    public void allocated(SliceFacts slice, long nanos) {
        AllocateEvent event = new AllocateEvent();
        if (event.shouldCommit()) {
            event.describe(slice);
            event.requestTime = nanos;
            event.commit();
        }
    }

    @Override
    public void released(SliceFacts slice) {
        ReleaseEvent event = new ReleaseEvent();
        if (event.shouldCommit()) {
            event.describe(slice);
            event.held = slice.ageNanos();
            event.commit();
        }
    }

    @Override
    public void shared(SliceFacts slice) {
        ShareEvent event = new ShareEvent();
        if (event.shouldCommit()) {
            event.describe(slice);
            event.commit();
        }
    }

    @Override
    public void lent(SliceFacts slice, Direction direction, String borrower) {
        LendEvent event = new LendEvent();
        if (event.shouldCommit()) {
            event.describe(slice);
            event.borrower = borrower;
            event.direction = direction.name();
            event.commit();
        }
    }

    @Override
    public void loanEnded(SliceFacts loan, Direction direction, boolean failed) {
        LoanEndEvent event = new LoanEndEvent();
        if (event.shouldCommit()) {
            event.describe(loan);
            event.direction = direction.name();
            event.lent = loan.ageNanos();
            event.failed = failed;
            event.commit();
        }
    }

    @Override
    public void refused(String pool, SliceRequest request, Refusal why, long nanos) {
        RefusedEvent event = new RefusedEvent();
        if (event.shouldCommit()) {
            event.pool = pool;
            event.tag = request.tag();
            event.bytes = request.bytes();
            event.alignment = request.alignment();
            event.why = why.name();
            event.requestTime = nanos;
            event.commit();
        }
    }

    @Override
    public void accessStarted(SliceFacts slice, Direction direction) {
        access(SyncPhase.START, slice, direction);
    }

    @Override
    public void accessEnded(SliceFacts slice, Direction direction) {
        access(SyncPhase.END, slice, direction);
    }

    private static void access(SyncPhase phase, SliceFacts slice, Direction direction) {
        AccessEvent event = new AccessEvent();
        if (event.shouldCommit()) {
            event.describe(slice);
            event.phase = phase.name();
            event.direction = direction.name();
            event.commit();
        }
    }

    @Override
    public void synced(String pool, SyncPhase phase, Direction direction, long offset, long length, long nanos) {
        SyncEvent event = new SyncEvent();
        if (event.shouldCommit()) {
            event.pool = pool;
            event.phase = phase.name();
            event.direction = direction.name();
            event.offset = offset;
            event.bytes = length;
            event.syncTime = nanos;
            event.commit();
        }
    }

    @Override
    public void leaked(SliceFacts slice, boolean givenBack) {
        LeakEvent event = new LeakEvent();
        if (event.shouldCommit()) {
            event.describe(slice);
            event.age = slice.ageNanos();
            event.givenBack = givenBack;
            event.commit();
        }
    }
}
