// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

/**
 * A budget that the pool is to have; see {@link org.dmabufpool.DmaBufPool.Builder#budget}. Immutable.
 *
 * @param tag whose budget it is, not empty
 * @param guaranteedBytes bytes that are kept for slices of the tag alone; 0 for none
 * @param mostBytes bytes that they may have together, at least 1 and those guaranteed
 */
public record TagBudget(String tag, long guaranteedBytes, long mostBytes) {

    /**
     * Checks what can be checked without a capacity.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public TagBudget {
        if (tag.isEmpty()) {
            throw new IllegalArgumentException("a budget needs a tag, and that of " + guaranteedBytes + " to "
                    + mostBytes + " bytes has none: write TAG=GUARANTEED:MOST");
        }
        if (guaranteedBytes < 0 || mostBytes < 1 || guaranteedBytes > mostBytes) {
            throw new IllegalArgumentException(
                    "the budget of tag '" + tag + "' guarantees " + guaranteedBytes + " bytes and allows " + mostBytes
                            + ": guarantee 0 or more, and allow as many or more, at least 1");
        }
    }
}
