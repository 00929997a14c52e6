// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/**
 * What the CPU does with memory between START and END.
 *
 * <p>The names are those of the kernel's {@code DMA_BUF_SYNC_READ}, {@code _WRITE} and {@code _RW}
 * (include/uapi/linux/dma-buf.h): they speak of the CPU, not of the device.
 */
public enum Direction {
    /** The CPU reads what a device has written. */
    READ(true, false),
    /** The CPU writes what a device will read; what was there before is not looked at. */
    WRITE(false, true),
    /** The CPU reads and writes. */
    READ_WRITE(true, true);

    private final boolean reads;
    private final boolean writes;

    Direction(boolean reads, boolean writes) {
        this.reads = reads;
        this.writes = writes;
    }

    /** Whether the CPU reads, so that stale cache lines must be dropped at START. */
    public boolean reads() {
        return reads;
    }

    /** Whether the CPU writes, so that dirty cache lines must be written back at END. */
    public boolean writes() {
        return writes;
    }
}
