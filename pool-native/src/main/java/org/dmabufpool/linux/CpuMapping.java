// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.HeapException;
import org.jspecify.annotations.Nullable;

/**
 * A dma-buf's mapping, or the reason why it has none: an exporter may refuse to map its memory, which devices can use
 * nevertheless.
 *
 * @param memory the mapping, if there is one
 * @param unmappedReason why there is none; empty where there is one
 */
record CpuMapping(@Nullable MappedMemory memory, String unmappedReason) {

    /** A mapping that is there. */
    static CpuMapping of(MappedMemory memory) {
        return new CpuMapping(memory, "");
    }

    /**
     * Maps all of a dma-buf, unless its exporter maps nothing. Drivers of video memory answer ENOTSUPP or ENODEV then.
     * EINVAL comes for an exporter without an mmap operation, as the heaps of secure memory are (dma_buf_mmap_internal in
     * drivers/dma-buf/dma-buf.c, tee_heap_buf_ops in drivers/tee/tee_heap.c); the other EINVAL,
     * of a mapping that passes the end, cannot come for one of exactly its size.
     *
     * @param length the dma-buf's size
     * @throws HeapException if the kernel refuses for another reason
     */
    static CpuMapping ofDmaBuf(Syscalls syscalls, String what, int fd, long length) {
        try {
            return of(MappedMemory.map(syscalls, what, fd, length));
        } catch (HeapException refused) {
            if (!saysUnmappable(-refused.errno())) {
                throw refused;
            }
            return new CpuMapping(
                    null,
                    "mmap answers " + Errno.describe(refused.errno())
                            + ": the exporter does not map its memory for the CPU (secure heap, video memory)");
        }
    }

    private static boolean saysUnmappable(long answer) {
        return Errno.ENOTSUPP.is(answer) || Errno.ENODEV.is(answer) || Errno.EINVAL.is(answer);
    }

    /**
     * The mapping.
     *
     * @param name the buffer's, for messages
     * @throws UnsupportedOperationException with the reason, if there is none
     */
    MappedMemory require(String name) {
        if (memory == null) {
            throw new UnsupportedOperationException(
                    name + " has no mapping: " + unmappedReason + ". Only devices can use it, by its descriptor.");
        }
        return memory;
    }
}
