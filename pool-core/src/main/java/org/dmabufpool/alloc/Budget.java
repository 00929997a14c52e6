// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * How many bytes the requests of one kind are sure of, and how many they may have. Immutable.
 *
 * @param guaranteedBytes bytes that are kept for them alone; 0 for none
 * @param mostBytes bytes that they have together at most, at least those
 */
public record Budget(long guaranteedBytes, long mostBytes) {

    /** The number of requests without a budget. */
    public static final int NONE = 0;

    /** How many budgets an allocator can have. */
    public static final int MOST = 15;

    /**
     * Checks what can be checked without a capacity.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Budget {
        if (guaranteedBytes < 0 || mostBytes < 1 || guaranteedBytes > mostBytes) {
            throw new IllegalArgumentException(
                    "a budget guarantees 0 bytes or more and allows as many or more, at least 1:" + " guaranteed="
                            + guaranteedBytes + ", most=" + mostBytes);
        }
    }
}
