// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * What a dma-heap's device understands (include/uapi/linux/dma-heap.h).
 *
 * <pre>
 *  struct dma_heap_allocation_data, 24 bytes
 *    0 +------------------------------+
 *      | u64 length                   |  in: bytes wanted
 *    8 +---------------+--------------+
 *      | u32 fd        | u32 fd_flags |  fd: 0 in, the dma-buf out; flags: O_RDWR, O_CLOEXEC
 *   16 +---------------+--------------+
 *      | u64 heap_flags               |  0
 *   24 +------------------------------+
 * </pre>
 */
final class DmaHeapIoctl {

    /** Where the heaps' devices are. */
    static final String DIRECTORY = "/dev/dma_heap";

    /** Size of {@code struct dma_heap_allocation_data} in bytes. */
    static final int ALLOCATION_BYTES = 24;

    static final int LENGTH = 0;
    static final int FD = 8;
    static final int FD_FLAGS = 12;

    /** {@code DMA_HEAP_IOCTL_ALLOC}. */
    static final long ALLOC = IoctlEncoding.iowr('H', 0, ALLOCATION_BYTES);

    private DmaHeapIoctl() {}
}
