// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/**
 * What a dma-buf's file descriptor understands (include/uapi/linux/dma-buf.h).
 *
 * <pre>
 *  struct dma_buf_sync, 8 bytes          struct dma_buf_sync_partial, 16 bytes (vendor kernels)
 *    0 +----------------+                  0 +----------------+
 *      | u64 flags      |                    | u64 flags      |
 *    8 +----------------+                  8 +-------+--------+
 *                                            | u32   | u32    |
 *                                            | offset| length |
 *                                         16 +-------+--------+
 *
 *  flags: bit 0 READ, bit 1 WRITE, bit 2 END (0 = START); any other bit is EINVAL
 *
 *  struct dma_buf_export_sync_file and dma_buf_import_sync_file, 8 bytes (Linux 6.0)
 *    0 +-------+--------+
 *      | u32   | s32    |
 *      | flags | fd     |  export: READ gives the fences of writers, WRITE and READ|WRITE all; the kernel fills fd
 *    8 +-------+--------+  import: READ adds the fence as a reader's, WRITE and READ|WRITE as a writer's
 * </pre>
 */
final class DmaBufIoctl {

    private static final char TYPE = 'b';

    /** Size of {@code struct dma_buf_sync} in bytes. */
    static final int SYNC_BYTES = 8;

    /** Size of {@code struct dma_buf_sync_partial} in bytes. */
    static final int SYNC_PARTIAL_BYTES = 16;

    /** Where every structure has its flags. */
    static final int FLAGS = 0;

    /** Where {@code struct dma_buf_sync_partial} has the range's first byte. */
    static final int PARTIAL_OFFSET = 8;

    /** Where {@code struct dma_buf_sync_partial} has the range's length in bytes. */
    static final int PARTIAL_LENGTH = 12;

    /** {@code DMA_BUF_IOCTL_SYNC}. */
    static final long SYNC = IoctlEncoding.iow(TYPE, 0, SYNC_BYTES);

    /** {@code DMA_BUF_SET_NAME_B}; the argument is the address of the name itself. */
    static final long SET_NAME = IoctlEncoding.iow(TYPE, 1, Long.BYTES);

    /** {@code DMA_BUF_IOCTL_SYNC_PARTIAL}; vendor kernels only. */
    static final long SYNC_PARTIAL = IoctlEncoding.iow(TYPE, 2, SYNC_PARTIAL_BYTES);

    /** Size of {@code struct dma_buf_export_sync_file} and {@code struct dma_buf_import_sync_file} in bytes. */
    static final int SYNC_FILE_BYTES = 8;

    /** Where both have the descriptor of the sync_file. */
    static final int SYNC_FILE_FD = 4;

    /** {@code DMA_BUF_IOCTL_EXPORT_SYNC_FILE}. */
    static final long EXPORT_SYNC_FILE = IoctlEncoding.iowr(TYPE, 2, SYNC_FILE_BYTES);

    /** {@code DMA_BUF_IOCTL_IMPORT_SYNC_FILE}. */
    static final long IMPORT_SYNC_FILE = IoctlEncoding.iow(TYPE, 3, SYNC_FILE_BYTES);

    /** The longest name in bytes ({@code DMA_BUF_NAME_LEN} less the final 0). */
    static final int MAX_NAME_BYTES = 31;

    /**
     * How far {@code struct dma_buf_sync_partial} reaches: ranges that end at or before this byte can be named. Kernels add
     * offset and length in 32 bits, so the sum must stay below 4 GiB; the last cache line below it is out of reach.
     */
    static final long PARTIAL_LIMIT = (1L << 32) - 128;

    private static final long READ = 1;
    private static final long WRITE = 1 << 1;
    private static final long END = 1 << 2;

    /** A flag the kernel does not know: it answers EINVAL before it touches any cache line. */
    static final long INVALID_FLAG = 1 << 3;

    private DmaBufIoctl() {}

    /** The flags of an access: what somebody does with the memory. */
    static long accessFlags(Direction direction) {
        return (direction.reads() ? READ : 0) | (direction.writes() ? WRITE : 0);
    }

    /** The flags of one sync call. */
    static long syncFlags(SyncPhase phase, Direction direction) {
        return accessFlags(direction) | (phase == SyncPhase.END ? END : 0);
    }
}
