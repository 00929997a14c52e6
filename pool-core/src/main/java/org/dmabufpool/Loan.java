// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.Reference;
import org.dmabufpool.heap.Direction;

/**
 * The bracket around a device's use of a slice: from {@link Slice#lend} to {@link #close}, or to the signal of a fence.
 *
 * <pre>{@code
 * try (Loan loan = frame.lend(Direction.READ, "display")) {
 *     BufferRange range = loan.range();
 *     display.show(range.fd(), range.offset(), range.length());
 * }
 * }</pre>
 *
 * <p>While a loan is open its place stays reserved, even if every owner has closed; and the CPU is kept away as the hardware
 * demands: nobody writes while a device reads, nobody reads or writes while a device writes.
 *
 * <p>Safe for use by many threads.
 */
public final class Loan implements AutoCloseable {

    private final SliceStore store;
    private final long handle;
    private final Direction direction;
    private final String borrower;
    private final long offset;
    private final long length;

    Loan(SliceStore store, long handle, Direction direction, String borrower, long offset, long length) {
        this.store = store;
        this.handle = handle;
        this.direction = direction;
        this.borrower = borrower;
        this.offset = offset;
        this.length = length;
    }

    /** What the device does: READ reads the memory, WRITE and READ_WRITE write it. */
    public Direction direction() {
        return direction;
    }

    /** Who borrows, as given to {@link Slice#lend}. */
    public String borrower() {
        return borrower;
    }

    /**
     * Whether the loan has not ended and the pool is open. Once it has ended, by hand or by its fence, it excludes no access
     * and no other loan.
     */
    public boolean isOpen() {
        return store.isLoanOpen(handle);
    }

    /**
     * The slice as a range of the pool's dma-buf, for importers that take an offset. Who has that descriptor reaches
     * <em>every</em> slice; for another process, or an importer without offsets, use {@link #window}.
     *
     * @return its {@code fd} is -1 where no descriptor shares the whole buffer, such as beyond udmabuf's size limit
     * @throws LoanEndedException if the loan has ended
     * @throws PoolClosedException if the pool was closed
     */
    public BufferRange range() {
        return store.range(handle, offset, length);
    }

    /**
     * The slice as a dma-buf of its own over just its pages, for importers that take no offset, such as V4L2 capture, and
     * for other processes. Offset is 0.
     *
     * @throws UnsupportedOperationException if the heap has no windows, or they have no descriptors
     * @throws LoanEndedException if the loan has ended
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public BufferRange window() {
        return new BufferRange(store.loans().giveWindow(handle), 0, length);
    }

    /**
     * Lets the loan end by itself when a device's fence is signalled, whether or not this object is still referenced. A
     * fence with an error ends it, too, and is counted ({@link PoolStatistics#loansFailed()}). It may end some
     * milliseconds later than the signal; {@link #close} ends it at once.
     *
     * @param syncFileFd the fence as a sync_file, which is duplicated and stays the caller's
     * @return this
     * @throws IllegalArgumentException if the descriptor is no sync_file
     * @throws IllegalStateException if the loan ends on a fence already
     * @throws UnsupportedOperationException if this kernel or heap has no fences
     * @throws LoanEndedException if the loan has ended
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public Loan closeOn(int syncFileFd) {
        store.loans().endOn(handle, syncFileFd);
        return this;
    }

    /**
     * The fences of devices on this slice's window as one sync_file; where slices have no windows, those on the pool's
     * dma-buf, which all slices share (DMA_BUF_IOCTL_EXPORT_SYNC_FILE, Linux 6.0).
     *
     * @param use what the one who will wait wants to do: READ gives the fences of writers, the others all
     * @return a new descriptor, which the caller closes
     * @throws UnsupportedOperationException if this kernel or heap cannot
     * @throws LoanEndedException if the loan has ended
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public int exportFence(Direction use) {
        return store.loans().exportFence(handle, use);
    }

    /**
     * Adds a fence to those on this slice's window; where slices have no windows, to those on the pool's dma-buf, which
     * all slices share (DMA_BUF_IOCTL_IMPORT_SYNC_FILE, Linux 6.0). It counts as a reader's or a writer's, as this loan's
     * direction is.
     *
     * @param syncFileFd the fence as a sync_file, which stays the caller's
     * @throws UnsupportedOperationException if this kernel or heap cannot
     * @throws LoanEndedException if the loan has ended
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public void importFence(int syncFileFd) {
        store.loans().importFence(handle, syncFileFd);
    }

    /**
     * Ends the loan: the device has done with the slice. A second call does nothing; so does a call after the pool was
     * closed.
     *
     * @throws org.dmabufpool.heap.HeapException if every owner has closed and the kernel refuses to clean what the CPU
     *     wrote before; the loan has ended all the same
     */
    @Override
    public void close() {
        try {
            store.endLoan(handle);
        } finally {
            Reference.reachabilityFence(this); // It is being closed, so it has not leaked.
        }
    }

    /** What identifies it uniquely. */
    long handle() {
        return handle;
    }

    @Override
    public String toString() {
        return "loan to '" + borrower + "' for " + direction + " of bytes " + offset + " to " + (offset + length)
                + " of pool '" + store.poolName() + "'";
    }
}
