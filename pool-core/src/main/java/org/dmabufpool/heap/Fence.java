// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/**
 * A point in a device's work, as the kernel's sync_file shows it (include/uapi/linux/sync_file.h). Safe for use by many
 * threads.
 */
public interface Fence extends AutoCloseable {

    /** How far the device is. */
    enum State {
        /** The device is still at work. */
        PENDING,
        /** The device has done its work. */
        SIGNALLED,
        /** The device has given up with an error; it does not touch the memory any more. */
        FAILED
    }

    /**
     * Looks at the fence without waiting. A fence that is not pending stays as it is.
     *
     * @throws HeapException if the kernel refuses
     * @throws IllegalStateException if the fence is closed
     */
    State state();

    /** Forgets the fence and closes its descriptor. A second call does nothing. */
    @Override
    void close();
}
