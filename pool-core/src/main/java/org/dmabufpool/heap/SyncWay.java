// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/** By which call the cache is kept coherent with devices. */
public enum SyncWay {
    /** No call at all: the memory is uncached, or CPU and devices are declared coherent. */
    NONE,
    /** {@code DMA_BUF_IOCTL_SYNC_PARTIAL} on the dma-buf: just the range. */
    PARTIAL,
    /** A device of the vendor's own that syncs a range of a dma-buf it is handed: just the range. */
    VENDOR,
    /** {@code DMA_BUF_IOCTL_SYNC} on a window, a dma-buf of its own over just the slice's pages. */
    WINDOW,
    /** {@code DMA_BUF_IOCTL_SYNC} on the whole dma-buf. Safe for a pool only while accesses exclude one another. */
    WHOLE
}
