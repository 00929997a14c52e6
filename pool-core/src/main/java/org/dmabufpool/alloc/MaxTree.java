// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;

/**
 * A row of numbers that finds, in O(log n), the first one that is large enough.
 *
 * <p>An implicit tree in one array: the lowest level is the row itself, and each entry of a higher level is the largest
 * of {@value #FANOUT} below it. A lookup touches one group of {@value #FANOUT} neighbours (half a line of the cache)
 * per level.
 */
final class MaxTree {

    private static final int FANOUT = 8;
    private static final int SHIFT = 3;

    private final int length;
    /** All levels, lowest first; each is padded with zeros to whole groups. */
    private final int[] values;
    /** Where each level begins in {@link #values}; the last one is a single group. */
    private final int[] levels;

    MaxTree(int length) {
        this.length = length;
        int[] begins = new int[Integer.SIZE / SHIFT + 1];
        int depth = 0;
        int total = 0;
        int entries = length;
        do {
            begins[depth++] = total;
            int groups = (entries + FANOUT - 1) >>> SHIFT;
            total += groups << SHIFT;
            entries = groups;
        } while (entries > 1);
        values = new int[total];
        levels = Arrays.copyOf(begins, depth);
    }

    /** Numbers in the row. */
    int length() {
        return length;
    }

    int get(int index) {
        return values[index];
    }

    void set(int index, int value) {
        int[] tree = values;
        int i = index;
        int v = value;
        int begin = 0;
        for (int level = 1; level < levels.length; level++) {
            tree[begin + i] = v;
            v = maxOfGroup(begin + (i & -FANOUT));
            begin = levels[level];
            i >>>= SHIFT;
            assert Steps.count();
            if (tree[begin + i] == v) {
                return;
            }
        }
        tree[begin + i] = v;
    }

    /** Index of the first number that is at least {@code value} (1 or more), or -1. */
    int firstAtLeast(int value) {
        int index = 0;
        for (int level = levels.length - 1; level >= 0; level--) {
            int candidates = atLeast(levels[level] + (index << SHIFT), value);
            assert Steps.count();
            if (candidates == 0) {
                return -1;
            }
            index = (index << SHIFT) + Integer.numberOfTrailingZeros(candidates);
        }
        return index;
    }

    /** The largest number. */
    int largest() {
        return maxOfGroup(levels[levels.length - 1]);
    }

    /** One bit per entry of the group, set where the entry is at least {@code value}; free of branches. */
    private int atLeast(int group, int value) {
        int[] tree = values;
        int limit = value - 1;
        return ((limit - tree[group]) >>> 31)
                | ((limit - tree[group + 1]) >>> 31 << 1)
                | ((limit - tree[group + 2]) >>> 31 << 2)
                | ((limit - tree[group + 3]) >>> 31 << 3)
                | ((limit - tree[group + 4]) >>> 31 << 4)
                | ((limit - tree[group + 5]) >>> 31 << 5)
                | ((limit - tree[group + 6]) >>> 31 << 6)
                | ((limit - tree[group + 7]) >>> 31 << 7);
    }

    private int maxOfGroup(int group) {
        int[] tree = values;
        int left = Math.max(Math.max(tree[group], tree[group + 1]), Math.max(tree[group + 2], tree[group + 3]));
        int right = Math.max(Math.max(tree[group + 4], tree[group + 5]), Math.max(tree[group + 6], tree[group + 7]));
        return Math.max(left, right);
    }

    /** Every entry above the row is the largest of its group. */
    void checkInvariants() {
        int entries = length;
        for (int level = 1; level < levels.length; level++) {
            entries = (entries + FANOUT - 1) >>> SHIFT;
            for (int i = 0; i < entries; i++) {
                int largest = maxOfGroup(levels[level - 1] + (i << SHIFT));
                Invariants.equal("largest of group " + i + " on level " + level, largest, values[levels[level] + i]);
            }
        }
    }

    long metadataBytes() {
        return (long) values.length * Integer.BYTES;
    }
}
