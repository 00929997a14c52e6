// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/**
 * Is told what happens in a pool, for events, histograms and leaks. Every method does nothing unless overridden.
 *
 * <p>Methods are called by the thread that acts, by many threads at once, under no lock of the pool; {@link #leaked} by the
 * pool's maintenance. They should be quick, as they take part in the time of each allocation. What they throw, be it
 * an Error, is logged once for each observer and goes no further.
 *
 * <p>A pool with an observer looks at the clock and makes one small object for each call; a pool without pays nothing.
 */
public interface PoolObserver {

    /** Why a request was refused. */
    enum Refusal {
        /** Less was free than asked for. */
        EXHAUSTED,
        /** Enough was free, but not in one piece. */
        FRAGMENTED,
        /** The budget of the tag was used up. */
        OVER_BUDGET,
        /** No pool of this size can serve it, ever. */
        INVALID
    }

    /**
     * A slice begins.
     *
     * @param nanos how long the request took in ns, waiting included
     */
    default void allocated(SliceFacts slice, long nanos) {}

    /** An owner has closed; the age is how long it owned the slice. */
    default void released(SliceFacts slice) {}

    /** A slice has a further owner, whose handle and tag the facts name. */
    default void shared(SliceFacts slice) {}

    /**
     * A slice was lent to a device.
     *
     * @param slice by the owner who lent it
     * @param direction what the device does
     * @param borrower who borrows
     */
    default void lent(SliceFacts slice, Direction direction, String borrower) {}

    /**
     * A loan has ended.
     *
     * @param loan the loan's handle, its borrower as the tag, and its age; place and length are the slice's
     * @param direction what the device did
     * @param failed whether a fence with an error ended it
     */
    default void loanEnded(SliceFacts loan, Direction direction, boolean failed) {}

    /**
     * A request failed permanently.
     *
     * @param pool the pool's name
     * @param nanos how long the request took in ns, waiting included
     */
    default void refused(String pool, SliceRequest request, Refusal why, long nanos) {}

    /** An access to a slice began: START is done. */
    default void accessStarted(SliceFacts slice, Direction direction) {}

    /** An access to a slice ended: END is done, or was refused. */
    default void accessEnded(SliceFacts slice, Direction direction) {}

    /**
     * A phase of an access was synced.
     *
     * @param pool the pool's name
     * @param offset first byte of the range within the pool, or of the first of several
     * @param length bytes of the ranges, together
     * @param nanos how long that took in ns, waiting for other accesses and fences included
     */
    default void synced(String pool, SyncPhase phase, Direction direction, long offset, long length, long nanos) {}

    /**
     * A slice, or a loan, was collected without being closed.
     *
     * @param givenBack whether its memory went back to the pool, by {@link LeakPolicy}
     */
    default void leaked(SliceFacts slice, boolean givenBack) {}
}
