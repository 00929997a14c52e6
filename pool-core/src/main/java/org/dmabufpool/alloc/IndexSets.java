// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Up to 64 sets of small numbers, each of which finds a member in O(1).
 *
 * <p>Bitmaps in levels: a bit of a higher level says that the word of 64 bits below it is not empty. Three levels reach
 * 2<sup>18</sup> numbers, four 2<sup>24</sup>.
 */
final class IndexSets {

    /** What a search returns when there is no such member. */
    static final int NONE = -1;

    private static final int SHIFT = 6;
    private static final int MOST_LEVELS = Integer.SIZE / SHIFT + 1;

    private final int depth;
    /** Where each level begins in {@link #words}, lowest first. */
    private final int[] begins = new int[MOST_LEVELS];
    /** Words per set on each level; 1 on the last. */
    private final int[] strides = new int[MOST_LEVELS];
    /** All levels; on each the words of set 0, then those of set 1, and so on. */
    private final long[] words;

    private long filled;

    IndexSets(int sets, int length) {
        int levels = 0;
        int total = 0;
        int entries = length;
        do {
            entries = Math.max(1, (entries + Long.SIZE - 1) >>> SHIFT);
            begins[levels] = total;
            strides[levels++] = entries;
            total = Math.addExact(total, Math.multiplyExact(sets, entries));
        } while (entries > 1);
        depth = levels;
        words = new long[total];
    }

    /** Bit s is set if set s has a member. */
    long filled() {
        return filled;
    }

    void add(int set, int number) {
        int i = number;
        for (int level = 0; level < depth; level++) {
            int word = word(level, set, i >>> SHIFT);
            long before = words[word];
            words[word] = before | (1L << i);
            if (before != 0) {
                return;
            }
            i >>>= SHIFT;
        }
        filled |= 1L << set;
    }

    void remove(int set, int number) {
        int i = number;
        for (int level = 0; level < depth; level++) {
            int word = word(level, set, i >>> SHIFT);
            long after = words[word] & ~(1L << i);
            words[word] = after;
            if (after != 0) {
                return;
            }
            i >>>= SHIFT;
        }
        filled &= ~(1L << set);
    }

    /** The smallest member of the set, or {@link #NONE}. */
    int first(int set) {
        return ((filled >>> set) & 1) == 0 ? NONE : firstBelow(depth - 1, set, 0);
    }

    /** The smallest member of the set from {@code number} on, or {@link #NONE}. */
    int next(int set, int number) {
        int i = number;
        for (int level = 0; level < depth && i >>> SHIFT < strides[level]; level++) {
            long rest = words[word(level, set, i >>> SHIFT)] & (-1L << i);
            assert Steps.count();
            if (rest != 0) {
                int found = (i & -Long.SIZE) + Long.numberOfTrailingZeros(rest);
                return level == 0 ? found : firstBelow(level - 1, set, found);
            }
            i = (i >>> SHIFT) + 1;
        }
        return NONE;
    }

    /** The largest member of the set, or {@link #NONE}. */
    int last(int set) {
        int i = 0;
        for (int level = depth - 1; level >= 0; level--) {
            long word = words[word(level, set, i)];
            if (word == 0) {
                return NONE;
            }
            i = (i << SHIFT) + Long.SIZE - 1 - Long.numberOfLeadingZeros(word);
        }
        return i;
    }

    /** The smallest member under a word that is not empty. */
    private int firstBelow(int top, int set, int index) {
        int i = index;
        for (int level = top; level >= 0; level--) {
            assert Steps.count();
            i = (i << SHIFT) + Long.numberOfTrailingZeros(words[word(level, set, i)]);
        }
        return i;
    }

    boolean contains(int set, int number) {
        return ((words[word(0, set, number >>> SHIFT)] >>> number) & 1) != 0;
    }

    private int word(int level, int set, int index) {
        return begins[level] + set * strides[level] + index;
    }

    /** A bit of a higher level is set exactly where the word below is not empty. */
    void checkInvariants() {
        int sets = (begins.length > 1 && depth > 1 ? begins[1] : words.length) / strides[0];
        for (int set = 0; set < sets; set++) {
            for (int level = 1; level < depth; level++) {
                for (int i = 0; i < strides[level - 1]; i++) {
                    long bit = (words[word(level, set, i >>> SHIFT)] >>> i) & 1;
                    long expected = words[word(level - 1, set, i)] != 0 ? 1 : 0;
                    Invariants.equal("bit " + i + " of set " + set + " on level " + level, expected, bit);
                }
            }
            long expected = words[word(depth - 1, set, 0)] != 0 ? 1 : 0;
            Invariants.equal("mark of filled set " + set, expected, (filled >>> set) & 1);
        }
    }

    long metadataBytes() {
        return (long) words.length * Long.BYTES;
    }
}
