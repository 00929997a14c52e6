// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.dmabufpool.sync.SyncPlanner;

/** All observers of a pool, called one after another; what one throws does not reach the others, nor the caller. */
final class PoolObservers {

    private static final Logger LOG = Logger.getLogger(PoolObservers.class.getName());

    private final Guarded[] observers;

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
                : (phase, direction, offset, length, nanos) ->
                        tell(observer -> observer.synced(pool, phase, direction, offset, length, nanos));
    }

    /** Calls one method of each. Not even an Error goes further: it would cost a slice its owner, or an access its end. */
    void tell(Consumer<PoolObserver> call) {
        for (Guarded guarded : observers) {
            try {
                call.accept(guarded.observer);
            } catch (RuntimeException | Error e) {
                complain(guarded, e);
            }
        }
    }

    private static void complain(Guarded guarded, Throwable e) {
        if (!guarded.complained) {
            guarded.complained = true;
            LOG.log(
                    Level.WARNING,
                    "an observer threw; the pool goes on, and logs no more of what it throws: "
                            + guarded.observer.getClass().getName(),
                    e);
        }
    }
}
