// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

/** Maxima of ranges of an array: a table of those whose length is a power of two. */
final class RangeMaximum {

    private final long[][] table;

    RangeMaximum(long[] values) {
        int levels = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, values.length));
        table = new long[levels][];
        table[0] = values.clone();
        for (int level = 1; level < levels; level++) {
            long[] half = table[level - 1];
            int reach = 1 << (level - 1);
            table[level] = new long[half.length - reach];
            for (int i = 0; i < table[level].length; i++) {
                table[level][i] = Math.max(half[i], half[i + reach]);
            }
        }
    }

    /** The largest value from one index to before another. */
    long of(int from, int to) {
        int level = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(to - from);
        return Math.max(table[level][from], table[level][to - (1 << level)]);
    }
}
