// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;

/**
 * Several sets of small numbers, each of which finds its smallest member in O(1).
 *
 * <p>Bitmaps in levels: a bit of a higher level says that the word of 64 bits below it is not empty. Three levels reach
 * 2<sup>18</sup> numbers, four 2<sup>24</sup>.
 */
final class IndexSets {

    private static final int SHIFT = 6;

    /** For each level, lowest first: the words of set 0, then those of set 1, and so on. */
    private final long[][] levels;
    /** Words per set on each level; 1 on the last. */
    private final int[] strides;

    IndexSets(int sets, int length) {
        int depth = 0;
        int[] words = new int[Integer.SIZE / SHIFT + 1];
        int entries = length;
        do {
            entries = Math.max(1, (entries + Long.SIZE - 1) >>> SHIFT);
            words[depth++] = entries;
        } while (entries > 1);
        strides = Arrays.copyOf(words, depth);
        levels = new long[depth][];
        for (int level = 0; level < depth; level++) {
            levels[level] = new long[Math.multiplyExact(sets, strides[level])];
        }
    }

    void add(int set, int number) {
        int i = number;
        for (int level = 0; level < strides.length; level++) {
            int word = set * strides[level] + (i >>> SHIFT);
            long before = levels[level][word];
            levels[level][word] = before | (1L << i);
            if (before != 0) {
                return;
            }
            i >>>= SHIFT;
        }
    }

    void remove(int set, int number) {
        int i = number;
        for (int level = 0; level < strides.length; level++) {
            int word = set * strides[level] + (i >>> SHIFT);
            long after = levels[level][word] & ~(1L << i);
            levels[level][word] = after;
            if (after != 0) {
                return;
            }
            i >>>= SHIFT;
        }
    }

    /** The smallest member of the set, or -1. */
    int first(int set) {
        int i = 0;
        for (int level = strides.length - 1; level >= 0; level--) {
            long word = levels[level][set * strides[level] + i];
            assert Steps.count();
            if (word == 0) {
                return -1;
            }
            i = (i << SHIFT) + Long.numberOfTrailingZeros(word);
        }
        return i;
    }

    boolean contains(int set, int number) {
        return ((levels[0][set * strides[0] + (number >>> SHIFT)] >>> number) & 1) != 0;
    }

    /** A bit of a higher level is set exactly where the word below is not empty. */
    void checkInvariants() {
        for (int level = 1; level < strides.length; level++) {
            int sets = levels[level].length / strides[level];
            for (int set = 0; set < sets; set++) {
                for (int i = 0; i < strides[level - 1]; i++) {
                    boolean filled = levels[level - 1][set * strides[level - 1] + i] != 0;
                    boolean bit = ((levels[level][set * strides[level] + (i >>> SHIFT)] >>> i) & 1) != 0;
                    Invariants.equal("bit " + i + " of set " + set + " on level " + level, filled ? 1 : 0, bit ? 1 : 0);
                }
            }
        }
    }

    long metadataBytes() {
        long words = 0;
        for (long[] level : levels) {
            words += level.length;
        }
        return words * Long.BYTES;
    }
}
