// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds how a hand's shake moved a picture against the reference.
 *
 * <p>The search goes from the smallest level of two pyramids to the pictures themselves: a few pixels around no shift
 * first, then at each level a few around twice what the level before found. The best candidate has the smallest mean
 * difference; a single difference counts no more than {@link #CAP}, so that what moves by itself has little say.
 */
public final class Aligner {

    /** Candidates lie up to this many pixels off at the smallest level. */
    static final int FIRST_REACH = 4;
    /** Candidates lie up to this many pixels off at all other levels. */
    static final int REACH = 2;

    private static final int CAP = 6000;
    /** Rows are skipped at large levels: about this many differences tell as much as all. */
    private static final int ENOUGH_SAMPLES = 1 << 18;

    private Aligner() {}

    /**
     * Finds the shift.
     *
     * @param reference the reference's green plane
     * @param referenceLevels its pyramid
     * @param picture the picture's green plane
     * @param pictureLevels its pyramid
     */
    public static Shift align(
            Plane16 reference, List<Plane16> referenceLevels, Plane16 picture, List<Plane16> pictureLevels) {
        Shift shift = Shift.NONE;
        int smallest = referenceLevels.size() - 1;
        for (int level = smallest; level >= 0; level--) {
            int reach = level == smallest ? FIRST_REACH : REACH;
            shift = refine(referenceLevels.get(level), pictureLevels.get(level), shift, reach)
                    .doubled();
        }
        return refine(reference, picture, shift, REACH);
    }

    /** The best of all shifts up to {@code reach} around {@code middle}; the nearest to it if several are as good. */
    static Shift refine(Plane16 reference, Plane16 picture, Shift middle, int reach) {
        int side = 2 * reach + 1;
        long[] costs = IntStream.range(0, side * side)
                .parallel()
                .mapToLong(i -> cost(reference, picture, candidate(middle, i, reach)))
                .toArray();
        int best = costs.length / 2;
        for (int i = 0; i < costs.length; i++) {
            boolean nearer = distance(i, reach) < distance(best, reach);
            if (costs[i] < costs[best] || (costs[i] == costs[best] && nearer)) {
                best = i;
            }
        }
        return candidate(middle, best, reach);
    }

    private static Shift candidate(Shift middle, int index, int reach) {
        int side = 2 * reach + 1;
        return middle.plus(index % side - reach, index / side - reach);
    }

    private static int distance(int index, int reach) {
        int side = 2 * reach + 1;
        return Math.abs(index % side - reach) + Math.abs(index / side - reach);
    }

    /** The mean difference where both overlap, in 256ths; the largest number if less than half overlaps. */
    static long cost(Plane16 reference, Plane16 picture, Shift shift) {
        Overlap columns = Overlap.of(reference.width(), shift.dx());
        Overlap rows = Overlap.of(reference.height(), shift.dy());
        if (2 * columns.count() < reference.width() || 2 * rows.count() < reference.height()) {
            return Long.MAX_VALUE;
        }
        char[] left = new char[columns.count()];
        char[] right = new char[columns.count()];
        int step = 1 + (int) ((long) rows.count() * columns.count() / ENOUGH_SAMPLES);
        long sum = 0;
        long samples = 0;
        for (int y = rows.from(); y < rows.to(); y += step) {
            reference.read(y, columns.from(), left, 0, left.length);
            picture.read(y + shift.dy(), columns.from() + shift.dx(), right, 0, right.length);
            sum += difference(left, right);
            samples += left.length;
        }
        return (sum << Byte.SIZE) / samples;
    }

    private static int difference(char[] left, char[] right) {
        int sum = 0;
        for (int x = 0; x < left.length; x++) {
            sum += Math.min(CAP, Math.abs(left[x] - right[x]));
        }
        return sum;
    }
}
