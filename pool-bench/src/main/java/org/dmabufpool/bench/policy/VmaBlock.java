// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memGetLong;
import static org.lwjgl.system.MemoryUtil.memPutLong;
import static org.lwjgl.system.MemoryUtil.nmemAllocChecked;
import static org.lwjgl.system.MemoryUtil.nmemFree;

import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.util.vma.Vma;
import org.lwjgl.util.vma.VmaVirtualAllocationCreateInfo;
import org.lwjgl.util.vma.VmaVirtualBlockCreateInfo;

/**
 * A VMA virtual block by its shortest way from Java: one native call for each operation, no object, no check.
 *
 * <p>Not safe for use by many threads.
 */
public final class VmaBlock implements AutoCloseable {

    /** VMA's own choice of strategy. */
    public static final int DEFAULT = 0;

    /** The smallest hole that fits. */
    public static final int MIN_MEMORY = Vma.VMA_VIRTUAL_ALLOCATION_CREATE_STRATEGY_MIN_MEMORY_BIT;

    /** The quickest to find. */
    public static final int MIN_TIME = Vma.VMA_VIRTUAL_ALLOCATION_CREATE_STRATEGY_MIN_TIME_BIT;

    /** The lowest hole that fits. */
    public static final int MIN_OFFSET = Vma.VMA_VIRTUAL_ALLOCATION_CREATE_STRATEGY_MIN_OFFSET_BIT;

    /*
     * results: one piece of native memory
     *
     *   0  handle of the allocation made last
     *   8  its offset
     */
    private static final int OFFSET_AT = Long.BYTES;

    private final VmaVirtualAllocationCreateInfo request;
    private final long requestAddress;
    private final long results;
    private final long block;

    /**
     * An empty block.
     *
     * @param capacity its size in bytes
     * @param strategy one of the strategies above
     * @throws UnsupportedOperationException if VMA's library does not load here
     */
    public VmaBlock(long capacity, int strategy) {
        block = create(capacity);
        request = VmaVirtualAllocationCreateInfo.calloc().flags(strategy);
        requestAddress = request.address();
        results = nmemAllocChecked(2 * Long.BYTES);
    }

    private static long create(long capacity) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer made = stack.mallocPointer(1);
            VmaVirtualBlockCreateInfo info =
                    VmaVirtualBlockCreateInfo.calloc(stack).size(capacity);
            int result = Vma.vmaCreateVirtualBlock(info, made);
            if (result != 0) {
                throw new IllegalStateException("VMA made no block of " + capacity + " bytes: VkResult " + result);
            }
            return made.get(0);
        } catch (LinkageError missing) {
            throw new UnsupportedOperationException(
                    "VMA does not load here; its library is for Linux on x86-64: " + missing.getMessage(), missing);
        }
    }

    /** The handle of a new part whose {@link #offset} is known next, or 0 if none fits. */
    public long allocate(long bytes, long alignment) {
        memPutLong(requestAddress + VmaVirtualAllocationCreateInfo.SIZE, bytes);
        memPutLong(requestAddress + VmaVirtualAllocationCreateInfo.ALIGNMENT, alignment);
        int result = Vma.nvmaVirtualAllocate(block, requestAddress, results, results + OFFSET_AT);
        return result == 0 ? memGetLong(results) : NULL;
    }

    /** Offset of the part that was allocated last. */
    public long offset() {
        return memGetLong(results + OFFSET_AT);
    }

    /** Gives a part back by its handle. */
    public void free(long handle) {
        Vma.nvmaVirtualFree(block, handle);
    }

    @Override
    public void close() {
        Vma.vmaClearVirtualBlock(block);
        Vma.vmaDestroyVirtualBlock(block);
        request.free();
        nmemFree(results);
    }
}
