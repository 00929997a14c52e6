// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.NONE;

/**
 * Finds the hole that covers a page, in a few steps however many holes there are.
 *
 * <p>Not safe for use by many threads. Holes are entered by the page that they begin with. A bit for each page tells whether a
 * hole begins there, a bit of the next level whether any of 64 bits is set, and so on up to a level of one word:
 *
 * <pre>
 *  holes     [ 7 . . . . . 12 . . . ]     the hole that begins with a page
 *  levels 0    1 0 0 0 0 0  1 0 0 0
 *         1    1 (for 64 bits of level 0)
 * </pre>
 */
final class HoleStarts extends Margin {

    private static final int SHIFT = 6;
    private static final int LOW = (1 << SHIFT) - 1;

    private final int[] holes;
    private final long[][] levels;

    /** @param pages how many pages are kept account of, from page 0; holes that begin behind are not entered */
    HoleStarts(int pages) {
        holes = new int[pages];
        int depth = 1;
        for (int words = words(pages); words > 1; words = words(words)) {
            depth++;
        }
        levels = new long[depth][];
        int bits = pages;
        for (int level = 0; level < depth; level++) {
            bits = words(bits);
            levels[level] = new long[bits];
        }
    }

    private static int words(int bits) {
        return (bits + LOW) >>> SHIFT;
    }

    /** A hole begins with a page. */
    void add(int page, int hole) {
        if (page < holes.length) {
            holes[page] = hole;
            int bit = page;
            for (long[] level : levels) {
                level[bit >>> SHIFT] |= 1L << bit;
                bit >>>= SHIFT;
            }
        }
    }

    /** No hole begins with a page any more. */
    void remove(int page) {
        if (page < holes.length) {
            int bit = page;
            for (long[] level : levels) {
                long left = level[bit >>> SHIFT] & ~(1L << bit);
                level[bit >>> SHIFT] = left;
                if (left != 0) {
                    return;
                }
                bit >>>= SHIFT;
            }
        }
    }

    /** The last hole that begins with a page, which is kept account of, or ahead of it; {@link BlockTable#NONE} if none does. */
    int lastUpTo(int page) {
        int bit = page;
        for (int level = 0; level < levels.length; level++) {
            // All bits up to this one; -1 >>> 63 - 63 is all of them.
            long found = levels[level][bit >>> SHIFT] & (-1L >>> (LOW - (bit & LOW)));
            if (found != 0) {
                return holes[down(level, (bit & ~LOW) + highest(found))];
            }
            bit = (bit >>> SHIFT) - 1;
            if (bit < 0) {
                return NONE;
            }
        }
        return NONE;
    }

    /** The highest page below a bit of a level. */
    private int down(int from, int bit) {
        int at = bit;
        for (int level = from - 1; level >= 0; level--) {
            at = (at << SHIFT) + highest(levels[level][at]);
        }
        return at;
    }

    private static int highest(long bits) {
        return LOW - Long.numberOfLeadingZeros(bits);
    }

    /** Shows each hole and the page that it begins with. */
    interface Holes {
        void forEach(Visitor visitor);
    }

    /** Is shown holes. */
    interface Visitor {
        void hole(int page, int hole);
    }

    /** The holes there are, and no others, are entered, and every level follows from the one below. */
    void checkInvariants(Holes shown) {
        int[] counts = new int[2];
        shown.forEach((page, hole) -> {
            if (page < holes.length) {
                Invariants.equal("hole that begins with page " + page, hole, lastUpTo(page));
                counts[0]++;
            }
        });
        for (long word : levels[0]) {
            counts[1] += Long.bitCount(word);
        }
        Invariants.equal("pages that holes begin with", counts[0], counts[1]);
        for (int level = 1; level < levels.length; level++) {
            for (int i = 0; i < levels[level - 1].length; i++) {
                long bit = levels[level][i >>> SHIFT] >>> i & 1;
                Invariants.equal("bit " + i + " of level " + level, levels[level - 1][i] == 0 ? 0 : 1, bit);
            }
        }
    }

    long metadataBytes() {
        long bytes = (long) holes.length * Integer.BYTES;
        for (long[] level : levels) {
            bytes += (long) level.length * Long.BYTES;
        }
        return bytes;
    }
}
