// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

/**
 * Something that coherent memory would not have done.
 *
 * @param kind what happened
 * @param offset first byte of the cache line, within the buffer
 * @param when the call at which it came to light, for people
 */
public record Violation(Kind kind, long offset, String when) {

    /** What can go wrong. */
    public enum Kind {
        /** The CPU had a line open for reading while the device changed it: what the CPU saw was old. */
        CPU_READ_STALE,
        /** A device read a line that the CPU had written but not yet cleaned: END is missing, or came too late. */
        DEVICE_READ_STALE,
        /** A line that the CPU had written was invalidated before it was cleaned: the writes are gone. */
        CPU_WRITE_LOST,
        /** A line that the CPU had written was cleaned over what a device had written meanwhile. */
        DEVICE_WRITE_LOST
    }
}
