// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.doctor;

import java.util.List;

/** What can be found out about sync by taking buffers. Heaps are asked only where they open. */
interface SyncProbe {

    /** Whether a buffer of a dma-heap answers {@code DMA_BUF_IOCTL_SYNC_PARTIAL} with anything but ENOTTY. */
    boolean partialAnswers(String heap);

    /** The way a pool over a dma-heap takes, and why. */
    String choiceOf(String heap);

    /** The paths of vendors' devices that are known to sync ranges. */
    List<String> vendorDevices();
}
