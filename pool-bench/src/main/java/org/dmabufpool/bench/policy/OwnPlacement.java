// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.OffsetAllocator;

/** The pool's own allocator. */
final class OwnPlacement implements Placement {

    private final OffsetAllocator allocator;
    private final long capacity;
    /** Traces know parts by their offset, the allocator by its own number. */
    private final Map<Long, Long> parts = new HashMap<>();

    OwnPlacement(long capacity) {
        this.capacity = capacity;
        allocator = AllocatorLayout.ofCapacity(capacity).create();
    }

    @Override
    public long allocate(long bytes, long alignment) {
        if (bytes > capacity || alignment > capacity) {
            return NO_SPACE;
        }
        long part = allocator.allocate(bytes, alignment);
        if (part < 0) {
            return NO_SPACE;
        }
        long offset = allocator.offset(part);
        parts.put(offset, part);
        return offset;
    }

    @Override
    public void free(long offset) {
        allocator.free(Objects.requireNonNull(parts.remove(offset), "a part begins there"));
    }
}
