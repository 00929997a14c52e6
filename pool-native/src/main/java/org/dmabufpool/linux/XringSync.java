// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/**
 * Range sync as Xiaomi's XRING kernels have it: {@code /dev/xr_dmabuf_helper}, two ioctls, one to begin and one to end.
 *
 * <p>Source: include/soc/xring/xr_dmabuf_helper.h of those kernels. The ioctls' numbers are made with a bigger structure
 * than the one that they copy. Immutable.
 *
 * <pre>
 *  struct xr_dmabuf_helper_cpu_access, 16 bytes
 *    0 +-----------+-----------+
 *      | s32 fd    | direction |  enum dma_data_direction: 0 both, 1 the CPU writes, 2 the CPU reads
 *    8 +-----------+-----------+
 *      | u32 offset| u32 length|
 *   16 +-----------+-----------+
 * </pre>
 */
public final class XringSync implements VendorSync {

    static final String DEVICE = "/dev/xr_dmabuf_helper";

    /** Size of {@code struct xr_dmabuf_helper_args}, which the numbers are made with. */
    private static final int NUMBERED_BYTES = 48;

    static final int BYTES = 16;
    static final int FD = 0;
    static final int DIRECTION = 4;
    static final int OFFSET = 8;
    static final int LENGTH = 12;

    /** {@code XR_HELPER_IOCTL_BEGIN_CPU_ACCESS_PARTIAL}. */
    static final long BEGIN = IoctlEncoding.iowr('X', 4, NUMBERED_BYTES);

    /** {@code XR_HELPER_IOCTL_END_CPU_ACCESS_PARTIAL}. */
    static final long END = IoctlEncoding.iowr('X', 5, NUMBERED_BYTES);

    private final String device;

    /** The device where these kernels have it. */
    public XringSync() {
        this(DEVICE);
    }

    /** The same ioctls on another device. */
    public XringSync(String device) {
        this.device = device;
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public int argumentBytes() {
        return BYTES;
    }

    @Override
    public long fill(ByteBuffer argument, int fd, SyncPhase phase, Direction direction, long offset, long length) {
        argument.putInt(FD, fd)
                .putInt(DIRECTION, KernelDirection.of(direction))
                .putInt(OFFSET, (int) offset)
                .putInt(LENGTH, (int) length);
        return phase == SyncPhase.START ? BEGIN : END;
    }
}
