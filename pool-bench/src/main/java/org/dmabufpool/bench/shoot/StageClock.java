// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up the time of every stage, in the order in which they first ran. For use by one thread. */
final class StageClock {

    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private final long began = System.nanoTime();

    /** Runs a part of a stage; its time is added to the stage's. */
    void run(String stage, Runnable part) {
        long start = System.nanoTime();
        part.run();
        nanos.merge(stage, System.nanoTime() - start, Long::sum);
    }

    /** The stages so far. */
    List<StageTime> stages() {
        List<StageTime> stages = new ArrayList<>();
        nanos.forEach((name, time) -> stages.add(new StageTime(name, millis(time))));
        return List.copyOf(stages);
    }

    /** Milliseconds since this clock was made. */
    double totalMillis() {
        return millis(System.nanoTime() - began);
    }

    private static double millis(long time) {
        return StageTime.rounded(time / 1e6);
    }
}
