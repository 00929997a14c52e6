// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holes by address, live parts by offset: plain enough to be seen to be right, for footprints, not for speed.
 *
 * <p>What distinguishes policies is which hole they choose.
 */
abstract class HolePlacer implements Placer {

    /** Length in bytes of each hole, by its offset. Holes never adjoin. */
    final TreeMap<Long, Long> holes = new TreeMap<>();

    /** Length in bytes of each live part, by its offset, which is its handle. */
    private final Map<Long, Long> live = new HashMap<>();

    private long last;

    HolePlacer(long capacity) {
        holes.put(0L, capacity);
    }

    /** The hole to take a part from, or null. */
    abstract Map.@Nullable Entry<Long, Long> choose(long bytes, long alignment);

    /** A hole came to be. */
    void added(long offset, long bytes) {}

    /** A hole is no more. */
    void removed(long offset, long bytes) {}

    @Override
    public final long allocate(long bytes, long alignment) {
        long size = alignUp(bytes, GRANULE);
        Map.Entry<Long, Long> hole = choose(size, Math.max(alignment, GRANULE));
        if (hole == null) {
            return NO_SPACE;
        }
        // Read once: a tree's entry may become another one's when it is removed.
        long begin = hole.getKey();
        long end = begin + hole.getValue();
        long offset = alignUp(begin, Math.max(alignment, GRANULE));
        take(begin);
        put(begin, offset - begin);
        put(offset + size, end - offset - size);
        live.put(offset, size);
        last = offset;
        return offset;
    }

    @Override
    public final long offset() {
        return last;
    }

    @Override
    public final void free(long handle) {
        long offset = handle;
        long begin = offset;
        long end = offset + Objects.requireNonNull(live.remove(offset), "no live part begins there");
        Map.Entry<Long, Long> before = holes.lowerEntry(offset);
        if (before != null && before.getKey() + before.getValue() == offset) {
            begin = before.getKey();
            take(begin);
        }
        if (holes.containsKey(end)) {
            end += take(end);
        }
        put(begin, end - begin);
    }

    /** Whether a part fits into a hole. */
    static boolean fits(Map.Entry<Long, Long> hole, long bytes, long alignment) {
        return alignUp(hole.getKey(), alignment) - hole.getKey() + bytes <= hole.getValue();
    }

    private void put(long offset, long bytes) {
        if (bytes > 0) {
            holes.put(offset, bytes);
            added(offset, bytes);
        }
    }

    private long take(long offset) {
        long bytes = Objects.requireNonNull(holes.remove(offset), "no hole begins there");
        removed(offset, bytes);
        return bytes;
    }

    static long alignUp(long value, long alignment) {
        return (value + alignment - 1) & -alignment;
    }
}
