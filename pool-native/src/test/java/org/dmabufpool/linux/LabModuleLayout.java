// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * What the lab's kernel module understands (pool-native/src/kernel/dmabuf_pool_lab.h).
 *
 * <pre>
 *  /dev/dmabuf_pool_lab
 *  alloc, 16 bytes                          counters, 8 + 12 x 16 bytes
 *    0 +----------------+                     0 +-------+-------+
 *      | u64 size       |                       | fd    | reset |
 *    8 +-------+--------+                     8 +-------+-------+   for each scope (whole, partial),
 *      | mode  | fd     |  fd: out              | u64 calls     |   each phase (START, END),
 *   16 +-------+--------+                    16 +---------------+   each direction (both, CPU writes, CPU reads):
 *                                               | u64 bytes     |   calls, then bytes
 *                                            24 +---------------+
 *  /dev/dmabuf_pool_camera
 *  dma, 24 bytes: u64 offset, u64 length, u64 address of the caller's bytes
 *
 *  /dev/dmabuf_pool_vendor takes what LwisSync and XringSync draw
 * </pre>
 */
final class LabModuleLayout {

    static final String EXPORTER_NODE = "/dev/dmabuf_pool_lab";
    static final String CAMERA_NODE = "/dev/dmabuf_pool_camera";
    static final String VENDOR_NODE = "/dev/dmabuf_pool_vendor";

    static final int ALLOC_BYTES = 16;
    static final int ALLOC_SIZE = 0;
    static final int ALLOC_MODE = 8;
    static final int ALLOC_FD = 12;
    static final long ALLOC = IoctlEncoding.iowr('L', 0, ALLOC_BYTES);

    static final int COUNTERS_FD = 0;
    static final int COUNTERS_RESET = 4;
    static final int COUNTERS_FIRST = 8;
    static final int COUNT_BYTES = 16;
    static final int COUNT_CALLS = 0;
    static final int COUNT_SYNCED = 8;
    static final int PHASES = 2;
    static final int DIRECTIONS = 3;
    static final int COUNTERS_BYTES = COUNTERS_FIRST + 2 * PHASES * DIRECTIONS * COUNT_BYTES;
    static final long COUNTERS = IoctlEncoding.iowr('L', 1, COUNTERS_BYTES);

    static final int DMA_BYTES = 24;
    static final int DMA_OFFSET = 0;
    static final int DMA_LENGTH = 8;
    static final int DMA_ADDRESS = 16;
    static final long CAMERA_ATTACH = IoctlEncoding.iow('C', 0, Integer.BYTES);
    static final long CAMERA_READ = IoctlEncoding.iow('C', 1, DMA_BYTES);
    static final long CAMERA_WRITE = IoctlEncoding.iow('C', 2, DMA_BYTES);

    static final long CAMERA_BUSY = IoctlEncoding.iow('C', 3, Integer.BYTES);

    /** {@code _IO}: no argument. */
    static final long CAMERA_IDLE = 'C' << 8 | 4;

    private LabModuleLayout() {}
}
