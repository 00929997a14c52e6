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

    private Steps() {}

    /** Counts one step; always true. */
    static boolean count() {
        count++;
        return true;
    }

    /** Steps counted so far. */
    static long counted() {
        return count;
    }
}
