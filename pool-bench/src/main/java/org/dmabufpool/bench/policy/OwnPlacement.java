// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.OffsetAllocator;

/** The pool's own allocator. */
final class OwnPlacement implements Placement {

    private final OffsetAllocator allocator;

    OwnPlacement(long capacity) {
        allocator = AllocatorLayout.ofCapacity(capacity).create();
    }

    @Override
    public long allocate(long bytes, long alignment) {
        long capacity = allocator.capacity();
        return bytes > capacity || alignment > capacity ? NO_SPACE : allocator.allocate(bytes, alignment);
    }

    @Override
    public void free(long offset) {
        allocator.free(offset);
    }
}
