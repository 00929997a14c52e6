// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.time.Duration;
import java.util.function.LongConsumer;

/** Shows how much of its time a solver has used. */
final class SolverLine implements LongConsumer, AutoCloseable {

    /** A day: more than anyone waits for. */
    private static final int MOST_SECONDS = 86_400;

    private static final int MILLIS_PER_SECOND = 1000;

    private final ProgressLine line;
    private final Duration limit;

    SolverLine(String task, boolean shown, Duration limit) {
        this.line = new ProgressLine(task, shown);
        this.limit = limit;
    }

    /**
     * The time that an option allows.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Duration limit(String option, double seconds) {
        if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
            throw new IllegalArgumentException(option + " is " + seconds + ": give seconds from 0 to " + MOST_SECONDS);
        }
        return Duration.ofMillis(Math.round(seconds * MILLIS_PER_SECOND));
    }

    @Override
    public void accept(long nanos) {
        int most = (int) limit.toMillis();
        line.at((int) Math.min(most, Duration.ofNanos(nanos).toMillis()), most, "ms, placing with foresight");
    }

    @Override
    public void close() {
        line.close();
    }
}
