// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/** What becomes of the memory of a slice that was collected without being closed. */
public enum LeakPolicy {
    /**
     * It goes back to the pool, unless an access was open: a view may outlive the access that it came from, so such a
     * slice stays reserved. Devices that still use the memory must be known to the application; where they are not, keep.
     */
    GIVE_BACK,
    /** It stays reserved until the pool is closed. */
    KEEP
}
