// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/** Sizes of pools in pages, and whether a trace was served in them. None is tried twice. */
final class PoolTries {

    private static final long NONE = -1;

    private final LongPredicate serves;
    private final NavigableMap<Long, Boolean> tried = new TreeMap<>();

    PoolTries(LongPredicate serves) {
        this.serves = serves;
    }

    /** Whether the trace is served in a pool of so many pages. */
    boolean serves(long pages) {
        return tried.computeIfAbsent(pages, serves::test);
    }

    /**
     * Halves the way between a size that does not serve, or is below all that can, and one that does.
     *
     * @return a size that serves, one above a size that does not
     */
    long bisect(long fails, long served) {
        long low = fails;
        long high = served;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (serves(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    /** How many sizes were tried. */
    int count() {
        return tried.size();
    }

    /** How many sizes above {@code pages} were tried. */
    int countAbove(long pages) {
        return tried.tailMap(pages, false).size();
    }

    /** How many sizes above {@code pages} were tried and do not serve. */
    int failuresAbove(long pages) {
        return (int) tried.tailMap(pages, false).values().stream()
                .filter(served -> !served)
                .count();
    }

    /** The largest size above {@code pages} that was tried and does not serve; {@code otherwise} if there is none. */
    long largestFailureAbove(long pages, long otherwise) {
        return tried.tailMap(pages, false).descendingMap().entrySet().stream()
                .filter(size -> !size.getValue())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(otherwise);
    }

    /** The size next above {@code pages} that was tried; -1 if there is none. */
    long nextAbove(long pages) {
        Long next = tried.higherKey(pages);
        return next == null ? NONE : next;
    }

    /** The largest size that was tried; -1 if there is none. */
    long largest() {
        return tried.isEmpty() ? NONE : tried.lastKey();
    }
}
