// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import org.dmabufpool.PlacementPlan;
import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.Budget;
import org.dmabufpool.alloc.Kind;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.alloc.Placement;
import org.jspecify.annotations.Nullable;

/** The pool's own allocator. */
final class OwnPlacer implements Placer {

    private final OffsetAllocator allocator;
    private long last;

    OwnPlacer(long capacity, Placement placement, @Nullable PlacementPlan plan) {
        AllocatorLayout layout = AllocatorLayout.ofCapacity(capacity).withPlacement(placement);
        allocator = plan == null ? layout.create() : layout.create(plan.places());
    }

    @Override
    public long allocate(long bytes, long alignment) {
        return allocate(bytes, alignment, 0);
    }

    @Override
    public long allocate(long bytes, long alignment, int planClass) {
        // What can never be allocated is misuse to the allocator, but a result of a replay.
        if (bytes > allocator.capacity() || alignment > allocator.capacity()) {
            return NO_SPACE;
        }
        last = allocator.allocate(bytes, alignment, Kind.of(planClass, Budget.NONE));
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
