// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/** What becomes of the memory of a slice that was collected without being closed. */
public enum LeakPolicy {
    /** It stays reserved until the pool is closed: somebody may still use it. */
    KEEP,
    /**
     * It goes back to the pool if it was never opened to the CPU, lent, nor its window's descriptor asked for: else a view or
     * a device may still be in use, and it stays reserved. Whoever hands {@link DmaBufPool#fd} or
     * {@link DmaBufPool#address} to devices must keep.
     */
    GIVE_BACK
}
