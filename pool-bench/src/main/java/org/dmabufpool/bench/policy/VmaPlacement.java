// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** A virtual block of the Vulkan Memory Allocator. It needs no Vulkan. */
final class VmaPlacement implements Placement {

    private final VmaBlock block;
    private final Map<Long, Long> handles = new HashMap<>();

    VmaPlacement(long capacity, int strategy) {
        block = new VmaBlock(capacity, strategy);
    }

    @Override
    public long allocate(long bytes, long alignment) {
        long handle = block.allocate(bytes, Math.max(alignment, GRANULE));
        if (handle == 0) {
            return NO_SPACE;
        }
        handles.put(block.offset(), handle);
        return block.offset();
    }

    @Override
    public void free(long offset) {
        block.free(Objects.requireNonNull(handles.remove(offset), "no live part begins there"));
    }

    @Override
    public void close() {
        block.close();
    }
}
