// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.WeakReference;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What pools do once a second beside the work of their users: look at the clock, and for leaks. One daemon thread for all
 * pools, which ends a while after the last of them; pools that were dropped without close are forgotten.
 */
final class Housekeeper {

    private static final Logger LOG = Logger.getLogger(Housekeeper.class.getName());
    private static final long PERIOD_MILLIS = 1000;
    private static final long IDLE_SECONDS = 10;
    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private Housekeeper() {}

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, chore -> {
            Thread thread = new Thread(chore, "dmabuf-pool housekeeper");
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** Keeps house for a pool from now on, until the answer is cancelled. */
    static Future<?> keep(SliceStore store) {
        WeakReference<SliceStore> weak = new WeakReference<>(store);
        return THREAD.scheduleWithFixedDelay(() -> step(weak), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void step(WeakReference<SliceStore> weak) {
        SliceStore store = weak.get();
        if (store == null) {
            throw new CancellationException("the pool was dropped without close");
        }
        try {
            store.keepHouse();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "housekeeping of pool '" + store.poolName() + "' failed; it goes on", e);
        }
    }
}
