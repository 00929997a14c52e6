// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Counts the steps of the searches, so that tests can state how the work grows without a clock.
 *
 * <p>It is called from {@code assert} statements only: with assertions off, as in production, no code is left of it.
 * The count is a plain number shared by all allocators; a lost update among threads does no harm.
 */
final class Steps {

    private static long count;
    private static long limit = Long.MAX_VALUE;

    private Steps() {}

    /**
     * Counts one step; always true.
     *
     * @throws AssertionError beyond the limit, if one is set
     */
    static boolean count() {
        if (++count > limit) {
            throw new AssertionError("a search does not end: " + count + " steps");
        }
        return true;
    }

    /** A search that takes more than so many steps from now on ends with an error: what is broken on purpose may never end. */
    static void limit(long steps) {
        limit = steps == Long.MAX_VALUE ? steps : count + steps;
    }

    /** Steps counted so far. */
    static long counted() {
        return count;
    }
}
