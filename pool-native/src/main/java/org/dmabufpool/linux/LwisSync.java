// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/**
 * Range sync as Google's LWIS camera driver has it, on any of its devices ({@code /dev/lwis-…}): one ioctl for all its
 * commands, whose outcome stands in the argument while the ioctl itself answers 0.
 *
 * <p>Source: lwis_commands.h of the driver, packed to 4 bytes. Immutable.
 *
 * <pre>
 *  struct lwis_cmd_dma_buffer_cpu_access, 36 bytes
 *    0 +-------------+-------------+
 *      | u32 command | s32 outcome |  outcome: 0, or a negative error number
 *    8 +-------------+-------------+
 *      | u64 next command, 0       |
 *   16 +-------------+---+---+---+-+
 *      | s32 fd      | s | r | w | |  bytes: START, the CPU reads, the CPU writes, 0
 *   24 +-------------+---+---+---+-+
 *      | u32 offset  | u64 length  :
 *   32 +-------------+-------------+
 *      :             |
 *   36 +-------------+
 * </pre>
 */
public final class LwisSync implements VendorSync {

    /** How the paths of the driver's devices begin. */
    static final String DEVICE_PREFIX = "/dev/lwis-";

    static final int BYTES = 36;
    static final int COMMAND = 0;
    static final int OUTCOME = 4;
    static final int FD = 16;
    static final int START = 20;
    static final int READS = 21;
    static final int WRITES = 22;
    static final int OFFSET = 24;
    static final int LENGTH = 28;

    /** {@code LWIS_CMD_ID_DMA_BUFFER_CPU_ACCESS}. */
    static final int CPU_ACCESS = 0x20200;

    /** Size of {@code struct lwis_cmd_pkt}, which the number is made with. */
    private static final int HEADER_BYTES = 16;

    /** {@code LWIS_CMD_PACKET}. */
    static final long PACKET = IoctlEncoding.iowr('L', 100, HEADER_BYTES);

    private final String device;

    /**
     * Range sync through one of the driver's devices.
     *
     * @param device its path; which one does not matter, they all know the command
     */
    public LwisSync(String device) {
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
        argument.putInt(COMMAND, CPU_ACCESS)
                .putInt(FD, fd)
                .put(START, flag(phase == SyncPhase.START))
                .put(READS, flag(direction.reads()))
                .put(WRITES, flag(direction.writes()))
                .putInt(OFFSET, (int) offset)
                .putLong(LENGTH, length);
        return PACKET;
    }

    @Override
    public int outcome(ByteBuffer argument) {
        return argument.getInt(OUTCOME);
    }

    private static byte flag(boolean set) {
        return (byte) (set ? 1 : 0);
    }
}
