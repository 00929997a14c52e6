// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * How much may still be done. Work is counted in units, about one for each neighbour that is looked at, so that what a
 * search does between looks at the clock is the same everywhere.
 */
final class WorkLimit {

    /** Units between two looks at the clock: some microseconds of work. */
    static final long LOOK = 1 << 14;

    private final long start = System.nanoTime();
    private final long limitNanos;
    private final LongConsumer progress;
    private long units;
    private long slice = Long.MAX_VALUE;
    private long untilLook = LOOK;
    private boolean late;

    private WorkLimit(long limitNanos, long units, LongConsumer progress) {
        this.limitNanos = limitNanos;
        this.units = units;
        this.progress = progress;
    }

    /**
     * A limit of time.
     *
     * @param progress is told now and then how many nanoseconds have gone
     */
    static WorkLimit of(Duration limit, LongConsumer progress) {
        return new WorkLimit(limit.toNanos(), Long.MAX_VALUE, progress);
    }

    /** A limit of units of work alone. */
    static WorkLimit of(long units) {
        return new WorkLimit(Long.MAX_VALUE, units, nanos -> {});
    }

    /** From now on {@link #spent} when so many more units are. */
    void slice(long units) {
        slice = units;
    }

    /** Work was done. */
    void spend(long done) {
        units -= done;
        slice -= done;
        untilLook -= done;
        if (untilLook <= 0) {
            untilLook = LOOK;
            long nanos = nanos();
            late = nanos >= limitNanos;
            progress.accept(nanos);
        }
    }

    /** Whether the slice is over, or {@link #over everything}. */
    boolean spent() {
        return slice <= 0 || over();
    }

    /** Whether no more work may be done. */
    boolean over() {
        return late || units <= 0;
    }

    /** Nanoseconds since the beginning. */
    long nanos() {
        return System.nanoTime() - start;
    }
}
