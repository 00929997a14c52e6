// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/**
 * How a vendor's own device is told to sync a range of a dma-buf: its path, and the argument of its ioctl.
 *
 * <p>Mainline and Android's common kernel have no ioctl for ranges. Android's has functions for drivers
 * ({@code dma_buf_begin_cpu_access_partial}), which vendors put behind devices of their own; {@link LwisSync} and
 * {@link XringSync} are two that phones ship. Whoever knows another implements this. Implementations are immutable.
 */
public interface VendorSync {

    /** The first byte that 32-bit offsets and lengths cannot name, less one cache line: their sum must fit, too. */
    long LIMIT_OF_32_BITS = DmaBufIoctl.PARTIAL_LIMIT;

    /** Such as {@code /dev/xr_dmabuf_helper}. It is opened for reading, as some allow no more. */
    String device();

    /** Size of the ioctl's argument in bytes, 1 to 4096. */
    int argumentBytes();

    /**
     * Fills the argument of one call.
     *
     * @param argument {@link #argumentBytes()} bytes in native order, all 0; to be written at absolute offsets, and not
     *     to be kept
     * @param fd the dma-buf's descriptor
     * @param offset first byte of the range, on a cache line
     * @param length bytes, whole cache lines; {@code offset + length} is at most {@link #limit()}
     * @return the ioctl's number
     */
    long fill(ByteBuffer argument, int fd, SyncPhase phase, Direction direction, long offset, long length);

    /**
     * What the device says in the argument, where an ioctl that answered 0 may still have failed.
     *
     * @param argument as the device left it
     * @return 0 or above for success, a negative error number (Linux values) for failure
     */
    default int outcome(ByteBuffer argument) {
        return 0;
    }

    /** Ranges that end at or before this byte can be named. */
    default long limit() {
        return LIMIT_OF_32_BITS;
    }
}
