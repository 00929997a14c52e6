// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.List;
import java.util.function.Consumer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.log.Log;
import org.dmabufpool.sync.SyncPlanner;
import org.jspecify.annotations.Nullable;

/**
 * All observers of a pool, called one after another; what one throws does not reach the others, nor the caller. Nothing else does
 * either: what happened is not undone because there was no memory to tell it, and observers miss the event.
 */
final class PoolObservers {

    private static final Log LOG = new Log(PoolObservers.class);

    private final Guarded[] observers;
    private volatile boolean complained;

    /** One observer, and whether it was complained about. */
    private static final class Guarded {
        final PoolObserver observer;
        volatile boolean complained;

        Guarded(PoolObserver observer) {
            this.observer = observer;
        }
    }

    PoolObservers(List<PoolObserver> observers) {
        this.observers = observers.stream().map(Guarded::new).toArray(Guarded[]::new);
    }

    boolean isEmpty() {
        return observers.length == 0;
    }

    /** What a planner tells. */
    SyncPlanner.Observer ofSync(String pool) {
        return isEmpty()
                ? SyncPlanner.Observer.NONE
                : (phase, direction, offset, length, nanos) -> synced(pool, phase, direction, offset, length, nanos);
    }

    private void synced(String pool, SyncPhase phase, Direction direction, long offset, long length, long nanos) {
        try {
            callEach(observer -> observer.synced(pool, phase, direction, offset, length, nanos));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    // Each event has a method here, with the facts or null where there was no memory for them, as the call itself needs
    // memory.

    void allocated(@Nullable SliceFacts slice, long nanos) {
        if (slice == null) {
            return;
        }
        try {
            callEach(observer -> observer.allocated(slice, nanos));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void released(@Nullable SliceFacts slice) {
        if (slice == null) {
            return;
        }
        try {
            callEach(observer -> observer.released(slice));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void shared(@Nullable SliceFacts slice) {
        if (slice == null) {
            return;
        }
        try {
            callEach(observer -> observer.shared(slice));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void lent(@Nullable SliceFacts slice, Direction direction, String borrower) {
        if (slice == null) {
            return;
        }
        try {
            callEach(observer -> observer.lent(slice, direction, borrower));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void loanEnded(@Nullable SliceFacts loan, Direction direction, boolean failed) {
        if (loan == null) {
            return;
        }
        try {
            callEach(observer -> observer.loanEnded(loan, direction, failed));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void accessStarted(@Nullable SliceFacts slice, Direction direction) {
        if (slice == null) {
            return;
        }
        try {
            callEach(observer -> observer.accessStarted(slice, direction));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void accessEnded(@Nullable SliceFacts slice, Direction direction) {
        if (slice == null) {
            return;
        }
        try {
            callEach(observer -> observer.accessEnded(slice, direction));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void leaked(SliceFacts slice, boolean givenBack) {
        try {
            callEach(observer -> observer.leaked(slice, givenBack));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    void refused(String pool, long bytes, long alignment, String tag, PoolObserver.Refusal why, long nanos) {
        try {
            SliceRequest request = new SliceRequest(bytes, alignment, tag);
            callEach(observer -> observer.refused(pool, request, why, nanos));
        } catch (RuntimeException | Error e) {
            complain(e);
        }
    }

    /**
     * Calls one method of each. Nothing goes further, be it an Error or a checked exception that the method does not declare
     * (as Kotlin's methods throw): it would cost a slice its owner, or an access its end.
     */
    private void callEach(Consumer<PoolObserver> call) {
        for (Guarded guarded : observers) {
            try {
                call.accept(guarded.observer);
            } catch (Throwable e) {
                complain(guarded, e);
            }
        }
    }

    private static void complain(Guarded guarded, Throwable e) {
        if (!guarded.complained) {
            guarded.complained = true;
            log(
                    "an observer threw; the pool goes on, and logs no more of what it throws: "
                            + guarded.observer.getClass().getName(),
                    e);
        }
    }

    /** An event could not be told, such as for want of memory. Logged once. */
    void complain(Throwable e) {
        if (!complained) {
            complained = true;
            log("an event could not be told to observers; the pool goes on, and logs no more of this", e);
        }
    }

    private static void log(String what, Throwable e) {
        try {
            LOG.warning(e, () -> what);
        } catch (RuntimeException | Error unloggable) {
            e.addSuppressed(unloggable); // Logging fails for the same want of memory or stack.
        }
    }
}
