// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * Power-of-two buddies, the lowest free block of the smallest order that fits.
 *
 * <p>A capacity that is no power of two is cut into ever smaller blocks, the largest first.
 */
final class Buddy implements Placer {

    private static final int ORDERS = Long.SIZE - 1;

    /** Offsets of free blocks by order; a block of order k has 2<sup>k</sup> bytes. */
    private final List<TreeSet<Long>> free = new ArrayList<>();

    /** Orders of live blocks by their offset, which is their handle. */
    private final Map<Long, Integer> live = new HashMap<>();

    private long last;

    Buddy(long capacity) {
        for (int order = 0; order < ORDERS; order++) {
            free.add(new TreeSet<>());
        }
        long offset = 0;
        for (long rest = capacity; rest > 0; rest -= Long.highestOneBit(rest)) {
            free.get(orderOf(Long.highestOneBit(rest))).add(offset);
            offset += Long.highestOneBit(rest);
        }
    }

    @Override
    public long allocate(long bytes, long alignment) {
        int order = orderOf(Math.max(bytes, Math.max(alignment, GRANULE)));
        int from = order;
        while (from < ORDERS && free.get(from).isEmpty()) {
            from++;
        }
        if (from >= ORDERS) {
            return NO_SPACE;
        }
        long offset = Objects.requireNonNull(free.get(from).pollFirst());
        while (from > order) {
            from--;
            free.get(from).add(offset + (1L << from));
        }
        live.put(offset, order);
        last = offset;
        return offset;
    }

    @Override
    public long offset() {
        return last;
    }

    @Override
    public void free(long handle) {
        int order = Objects.requireNonNull(live.remove(handle), "no live part begins there");
        long block = handle;
        while (free.get(order).remove(block ^ (1L << order))) {
            block &= -(2L << order);
            order++;
        }
        free.get(order).add(block);
    }

    /** The smallest order whose blocks hold so many bytes. */
    private static int orderOf(long bytes) {
        return Long.SIZE - Long.numberOfLeadingZeros(bytes - 1);
    }
}
