// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.SplittableRandom;
import java.util.function.ToLongFunction;

/** A fixed number of live parts, of which a random one is replaced at each step. */
final class RandomReplaceTrace {

    private static final int LIVE = 256;
    private static final int STEPS = 20_000;
    private static final int SERVER_LIVE = 20_000;
    private static final int SERVER_STEPS = 100_000;
    private static final long PAGE = 4096;
    private static final long MOST_PAGES = (32L << 20) / PAGE;
    /** Odd sizes lie from here to three times as much, in bytes. */
    private static final int LEAST_ODD_SIZE = 1_000_001;
    /** One part in so many of a server is large. */
    private static final int ONE_LARGE_IN = 10;

    private RandomReplaceTrace() {}

    static Trace logUniform(long seed) {
        return generate("log-uniform, seed " + seed, seed, LIVE, STEPS, RandomReplaceTrace::logUniformPages);
    }

    static Trace oddSize(long seed) {
        long size = LEAST_ODD_SIZE + 2L * new SplittableRandom(seed).nextInt(LEAST_ODD_SIZE);
        return generate("one odd size, " + size + " bytes, seed " + seed, seed, LIVE, STEPS, random -> size);
    }

    static Trace server(long seed) {
        return generate("server, seed " + seed, seed, SERVER_LIVE, SERVER_STEPS, RandomReplaceTrace::serverSize);
    }

    private static long logUniformPages(SplittableRandom random) {
        return PAGE * Math.round(StrictMath.pow(MOST_PAGES, random.nextDouble()));
    }

    /** 2^4 to 2^12 bytes, one in ten up to 2^16; every power equally likely. */
    private static long serverSize(SplittableRandom random) {
        double power = random.nextInt(ONE_LARGE_IN) == 0 ? 12 + 4 * random.nextDouble() : 4 + 8 * random.nextDouble();
        return Math.round(StrictMath.pow(2, power));
    }

    private static Trace generate(String name, long seed, int live, int steps, ToLongFunction<SplittableRandom> sizes) {
        SplittableRandom random = new SplittableRandom(seed);
        Trace.Builder trace = new Trace.Builder(name);
        int[] parts = new int[live];
        for (int i = 0; i < live; i++) {
            parts[i] = trace.allocate(sizes.applyAsLong(random));
        }
        for (int step = 0; step < steps; step++) {
            int i = random.nextInt(live);
            trace.release(parts[i]);
            parts[i] = trace.allocate(sizes.applyAsLong(random));
        }
        return trace.build();
    }
}
