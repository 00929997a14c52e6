// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/** Which end of a CPU access a sync call marks ({@code DMA_BUF_SYNC_START}, {@code DMA_BUF_SYNC_END}). */
public enum SyncPhase {
    /** Before the CPU's first touch. */
    START,
    /** After the CPU's last touch. */
    END
}
