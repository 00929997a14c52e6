// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.OffsetAllocator;

/** The pool's own allocator. */
final class OwnPlacement implements Placement {

    private final OffsetAllocator allocator;
    private long last;

    OwnPlacement(long capacity) {
        allocator = AllocatorLayout.ofCapacity(capacity).create();
    }

    @Override
    public long allocate(long bytes, long alignment) {
        // What can never be had is misuse to the allocator, but a result of a replay.
        if (bytes > allocator.capacity() || alignment > allocator.capacity()) {
            return NO_SPACE;
        }
        last = allocator.allocate(bytes, alignment);
        return last < 0 ? NO_SPACE : last;
    }

    @Override
    public long offset() {
        return allocator.offset(last);
    }

    @Override
    public long metadataBytes() {
        return allocator.metadataBytes();
    }

    @Override
    public void free(long handle) {
        allocator.free(handle);
    }
}
