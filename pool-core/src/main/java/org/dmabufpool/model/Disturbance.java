// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.SplittableRandom;

/**
 * What a cache does unasked: dirty lines are written back when room is needed, clean ones dropped, and others fetched
 * on a guess. Drawn from a seed, mostly among lines that were in use lately. Guarded by the memory's monitor.
 */
final class Disturbance {

    private static final int RECENT = 16;
    private static final int LINES_A_TIME = 4;

    /** One draw in so many goes to any line at all. */
    private static final int ANYWHERE = 8;

    private final ModelMemory memory;
    private final int size;
    private final SplittableRandom random;
    private final int linesATime;
    private final Range[] recent = new Range[RECENT];
    private int used;

    private Disturbance(ModelMemory memory, int size, long seed, int linesATime) {
        this.memory = memory;
        this.size = size;
        this.random = new SplittableRandom(seed);
        this.linesATime = linesATime;
    }

    /** A cache that does nothing of its own, as most of the time. */
    static Disturbance none(ModelMemory memory, int size) {
        return new Disturbance(memory, size, 0, 0);
    }

    /** A cache under pressure. */
    static Disturbance seeded(ModelMemory memory, int size, long seed) {
        return new Disturbance(memory, size, seed, LINES_A_TIME);
    }

    /** These bytes are in use, so their lines are where trouble would show. */
    void inUse(Range range) {
        if (range.length() > 0) {
            recent[used % RECENT] = range;
            used++;
        }
    }

    /** A few lines are evicted or fetched. */
    void strike() {
        for (int i = 0; i < linesATime; i++) {
            int line = pick();
            if (random.nextBoolean()) {
                memory.evict(line);
            } else {
                memory.refetch(line);
            }
        }
    }

    private int pick() {
        if (used == 0 || random.nextInt(ANYWHERE) == 0) {
            return ModelLine.first(random.nextInt(size));
        }
        Range range = recent[random.nextInt(Math.min(used, RECENT))];
        return ModelLine.first(random.nextInt(range.from(), range.to()));
    }
}
