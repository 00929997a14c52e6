// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/**
 * The time since a pool was built, in ms, as an int: reading the real clock would cost an allocation more than the rest of
 * it, so allocations take the time of the last tick. Safe for use by many threads.
 */
final class PoolClock {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long begin = System.nanoTime();
    private volatile int millis;

    /** The time of the last tick. */
    int lastTick() {
        return millis;
    }

    /** Looks at the real clock. */
    int tick() {
        int now = (int) ((System.nanoTime() - begin) / NANOS_PER_MILLI);
        millis = now;
        return now;
    }

    /** Time from one reading to a later one, up to 49 days, in ns. */
    static long nanosBetween(int earlier, int later) {
        return Integer.toUnsignedLong(later - earlier) * NANOS_PER_MILLI;
    }
}
