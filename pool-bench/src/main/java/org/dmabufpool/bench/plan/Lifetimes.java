// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;

/**
 * Lifetimes, counted in moments.
 *
 * @param begins the first moment at which each buffer lives
 * @param ends one past the last
 * @param moments how many moments there are
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over once, and never compared.
record Lifetimes(int[] begins, int[] ends, int moments) {

    /** Lifetimes from a time, included, to a later one, excluded. */
    static Lifetimes of(long[] lowers, long[] uppers) {
        long[] times = moments(lowers, uppers);
        int[] begins = new int[lowers.length];
        int[] ends = new int[lowers.length];
        for (int i = 0; i < lowers.length; i++) {
            begins[i] = firstFrom(times, lowers[i]);
            ends[i] = firstFrom(times, uppers[i]);
        }
        return new Lifetimes(begins, ends, times.length);
    }

    /** The times at which a buffer begins, and another one ends before or when the next begins. */
    private static long[] moments(long[] lowers, long[] uppers) {
        long[] begins = lowers.clone();
        long[] ends = uppers.clone();
        Arrays.sort(begins);
        Arrays.sort(ends);
        long[] times = new long[begins.length];
        int found = 0;
        int end = 0;
        for (int i = 0; i < begins.length; i++) {
            while (end < ends.length && ends[end] <= begins[i]) {
                end++;
            }
            boolean last = i + 1 == begins.length;
            if (last || ends[end] <= begins[i + 1]) {
                times[found++] = begins[i];
            }
        }
        return Arrays.copyOf(times, found);
    }

    private static int firstFrom(long[] times, long time) {
        int at = Arrays.binarySearch(times, time);
        return at < 0 ? ~at : at;
    }
}
