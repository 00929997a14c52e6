// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.dmabufpool.bench.policy.Placer;
import org.dmabufpool.bench.policy.Policy;

/**
 * The adversary of J. M. Robson, "Bounds for Some Functions Concerning Dynamic Storage Allocation" (1974), played
 * against a policy and written down.
 *
 * <p>In step k it releases every part but those which lie over an address congruent to a residue modulo
 * 2<sup>k</sup> units, so that no hole holds 2<sup>k</sup> units, then fills the live bytes up with parts of that size.
 * Each residue follows from the one before, or is half a modulus further: whichever keeps the fewest bytes live.
 */
final class RobsonTrace {

    /** The smallest part in bytes. */
    private static final long UNIT = 4096;
    /** Live parts of the smallest size. */
    private static final int UNITS = 1 << 12;
    /** The largest parts have 2^8 units: 1 MiB. */
    private static final int STEPS = 8;
    /** The policy plays in a range so large that it never runs out of it. */
    private static final long RANGE = (UNITS * UNIT) << STEPS;

    private final Trace.Builder trace;
    private final Placer placer;
    private final Random order;
    private final List<Part> live = new ArrayList<>();
    private long residue;

    private RobsonTrace(String name, Placer placer, long seed) {
        this.trace = new Trace.Builder(name);
        this.placer = placer;
        this.order = new Random(seed);
    }

    private record Part(int number, long handle, long offset, long size) {

        /** Whether it lies over an address congruent to the residue. */
        boolean covers(long residue, long modulus) {
            return Math.floorMod(residue - offset, modulus) < size;
        }
    }

    static Trace against(Policy policy, long seed) {
        try (Placer placer = policy.open(RANGE)) {
            RobsonTrace adversary =
                    new RobsonTrace("Robson against " + policy.label() + ", seed " + seed, placer, seed);
            adversary.fill(UNIT);
            for (int step = 1; step <= STEPS; step++) {
                adversary.step(UNIT << step);
            }
            return adversary.trace.build();
        }
    }

    private void step(long size) {
        long other = residue + size / 2;
        if (kept(other, size) < kept(residue, size)) {
            residue = other;
        }
        Collections.shuffle(live, order);
        live.removeIf(part -> !part.covers(residue, size) && release(part));
        fill(size);
    }

    private long kept(long candidate, long modulus) {
        return live.stream()
                .filter(part -> part.covers(candidate, modulus))
                .mapToLong(Part::size)
                .sum();
    }

    private boolean release(Part part) {
        placer.free(part.handle());
        trace.release(part.number());
        return true;
    }

    private void fill(long size) {
        while (trace.liveBytes() + size <= UNITS * UNIT) {
            long handle = placer.allocate(size, 1);
            live.add(new Part(trace.allocate(size), handle, placer.offset(), size));
        }
    }
}
