// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.log.Log;
import org.dmabufpool.sync.SyncPlanner;

/**
 * Gives memory and descriptors back: when the pool is closed, or when the pool and all its slices, accesses and loans were
 * collected without that. It knows nothing that refers to the pool. Safe for use by many threads.
 */
final class DroppedPool implements Runnable {

    private static final Log LOG = new Log(DroppedPool.class);
    private static final Cleaner CLEANER = Cleaner.create();

    private final String name;
    private final DmaBuf buffer;
    private final SyncPlanner planner;
    private final Loans.Fences fences;
    private final AtomicBoolean done = new AtomicBoolean();

    private DroppedPool(String name, DmaBuf buffer, SyncPlanner planner, Loans.Fences fences) {
        this.name = name;
        this.buffer = buffer;
        this.planner = planner;
        this.fences = fences;
    }

    /** Watches for the store to be collected, which the pool, its slices, accesses and loans refer to. */
    static DroppedPool watch(SliceStore store, String name, DmaBuf buffer, SyncPlanner planner, Loans.Fences fences) {
        DroppedPool pool = new DroppedPool(name, buffer, planner, fences);
        CLEANER.register(store, pool);
        return pool;
    }

    /** The pool is closed. */
    void close() {
        if (done.compareAndSet(false, true)) {
            giveBack(buffer::close);
        }
    }

    /** The pool was collected. */
    @Override
    public void run() {
        if (done.compareAndSet(false, true)) {
            LOG.warning(() -> "pool '" + name + "' was collected without being closed; its " + buffer.size()
                    + " bytes and its descriptors go back to the kernel. Close pools, such as by try-with-resources");
            giveBack(buffer::closeDropped);
        }
    }

    /** All are tried, whatever is refused. */
    private void giveBack(Runnable closeBuffer) {
        try {
            fences.close();
        } finally {
            try {
                planner.close();
            } finally {
                closeBuffer.run();
            }
        }
    }
}
