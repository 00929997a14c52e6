// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

/**
 * Something that coherent memory would not have done.
 *
 * <p>Luck does not count: a line that an eviction wrote back just in time is reported like one that was not.
 *
 * @param kind what happened
 * @param offset first byte of the first cache line concerned, within the buffer
 * @param length bytes of all the neighbouring lines concerned
 * @param what the call at which it came to light
 * @param slice the slice that these lines belong to, and where it was allocated; says so where there is none
 * @param access the latest access to these lines, and where it was opened; says so where there was none
 * @param loan the latest loan of these lines: the borrower, and where it was lent; says so where there was none
 */
public record Violation(Kind kind, long offset, long length, String what, String slice, String access, String loan) {

    /** What can go wrong. */
    public enum Kind {
        /** The CPU had a line open for reading while the device changed it: what the CPU saw was old, or half new. */
        CPU_READ_STALE("open the access after the device has finished, and close it before the device starts again"),
        /** A device read a line that the CPU had written but not yet cleaned: END is missing, or came too late. */
        DEVICE_READ_STALE("close the writing access before the device starts, and write through no view after that"),
        /** A line that the CPU had written was invalidated before it was cleaned: unless by luck, the writes are gone. */
        CPU_WRITE_LOST("sync the slice's own lines only, never two slices on one line, and END before the next START"),
        /** A line that the CPU had written was written back over what a device had written meanwhile. */
        DEVICE_WRITE_LOST("clean what the CPU wrote before a device gets it; to keep a device's bytes use READ_WRITE"),
        /** An access was not synced, or not all of it; or what it wrote was not cleaned before somebody relied on it. */
        SYNC_MISSING("START before the CPU's first touch and END after its last, over every line of the access"),
        /** An access was synced for another direction than it was used for. */
        SYNC_WRONG_DIRECTION("START and END name what the CPU does: READ, WRITE or READ_WRITE"),
        /** A device wrote what was lent for reading only. */
        LOAN_WRONG_DIRECTION("lend with the direction of what the device does: WRITE or READ_WRITE if it writes"),
        /** A loan ended while the device was still at work. */
        LOAN_ENDED_EARLY("end the loan when the device has finished, or let it end on the device's fence: closeOn"),
        /** A ranged sync touched lines that are none of the access's. */
        SYNC_TOO_WIDE("sync the lines of the access, and no more");

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }

        /** What would help, for people. */
        public String remedy() {
            return remedy;
        }
    }

    /** Five lines for people: what and where, whose lines, by which access and loan, and what would help. */
    @Override
    public String toString() {
        return kind + " at " + offset + ", " + length + " bytes: " + what + "\n    lines of " + slice
                + "\n    last access: " + access + "\n    last loan: " + loan + "\n    remedy: " + kind.remedy();
    }
}
