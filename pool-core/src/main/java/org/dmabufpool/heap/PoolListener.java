// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/**
 * Is told what a pool does with a dma-buf, so that memory which watches can say which access of which slice went wrong.
 *
 * <p>Every method does nothing unless overridden, and {@link #NONE} overrides none: a pool over memory that does not
 * watch pays for an empty call. Methods are called by the thread that acts, by many threads at once, and must neither
 * throw nor call back into the pool.
 *
 * <p>An access to several ranges is told by one {@code starting} for each, the sync calls, and one {@code started} for
 * each; its end likewise.
 */
public interface PoolListener {

    /** Listens to nothing. */
    PoolListener NONE = new PoolListener() {};

    /**
     * A slice begins: what its bytes were before concerns nobody.
     *
     * @param offset first byte of the slice within the buffer
     * @param length bytes that are the slice's alone, padding included
     * @param tag who holds it; may be empty
     */
    default void allocated(long offset, long length, String tag) {}

    /** A slice has ended, and its lines have been cleaned. */
    default void released(long offset, long length) {}

    /** An access to a range is about to be synced by this thread, before its START. */
    default void starting(Direction direction, long offset, long length) {}

    /** START is done: the CPU may use the range. Not called when START failed. */
    default void started(Direction direction, long offset, long length) {}

    /** The CPU has done with the range, before END. The thread need not be the one that started. */
    default void ending(Direction direction, long offset, long length) {}

    /** END is done, or failed: the access is over either way. */
    default void ended(Direction direction, long offset, long length) {}

    /**
     * A device is given the use of a slice. Every access that excludes it has ended.
     *
     * @param loan identifies the loan until its end
     * @param direction what the device does: READ reads the memory, WRITE and READ_WRITE write it
     * @param borrower who borrows, for people
     */
    default void lent(long loan, Direction direction, long offset, long length, String borrower) {}

    /** The device has done with the slice. */
    default void loanEnded(long loan) {}
}
