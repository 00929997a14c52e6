// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The smallest hole that fits, the lowest of equals. */
final class BestFit extends HolePlacer {

    /** Offsets of holes by their length. */
    private final TreeMap<Long, TreeSet<Long>> bySize = new TreeMap<>();

    BestFit(long capacity) {
        super(capacity);
        index(0, capacity);
    }

    @Override
    Map.@Nullable Entry<Long, Long> choose(long bytes, long alignment) {
        for (Map.Entry<Long, TreeSet<Long>> size : bySize.tailMap(bytes, true).entrySet()) {
            for (long offset : size.getValue()) {
                Map.Entry<Long, Long> hole = Map.entry(offset, size.getKey());
                if (fits(hole, bytes, alignment)) {
                    return hole;
                }
            }
        }
        return null;
    }

    private void index(long offset, long bytes) {
        bySize.computeIfAbsent(bytes, size -> new TreeSet<>()).add(offset);
    }

    @Override
    void added(long offset, long bytes) {
        index(offset, bytes);
    }

    @Override
    void removed(long offset, long bytes) {
        bySize.computeIfPresent(bytes, (size, offsets) -> {
            offsets.remove(offset);
            return offsets.isEmpty() ? null : offsets;
        });
    }
}
