// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

/** A virtual block of the Vulkan Memory Allocator. It needs no Vulkan. */
final class VmaPlacer implements Placer {

    private final VmaBlock block;

    VmaPlacer(long capacity, int strategy) {
        block = new VmaBlock(capacity, strategy);
    }

    @Override
    public long allocate(long bytes, long alignment) {
        long handle = block.allocate(bytes, Math.max(alignment, GRANULE));
        return handle == 0 ? NO_SPACE : handle;
    }

    @Override
    public long offset() {
        return block.offset();
    }

    @Override
    public void free(long handle) {
        block.free(handle);
    }

    @Override
    public void close() {
        block.close();
    }
}
