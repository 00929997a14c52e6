// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;

/**
 * The pool for the frame loop: owners and loans as {@code long} handles, without garbage.
 *
 * <pre>{@code
 * SliceHandles handles = pool.handles();
 * long frame = handles.allocate(bytes, 0, "raw");
 * handles.start(frame, Direction.WRITE);
 * fill(memory, handles.offset(frame), handles.length(frame));
 * handles.end(frame, Direction.WRITE);
 * long loan = handles.lend(frame, Direction.READ, "display");
 * display.show(pool.fd(), handles.offset(frame), handles.length(frame));
 * handles.endLoan(loan);
 * handles.release(frame);
 * }</pre>
 *
 * <p>Slices are the same whichever face they are taken by: bounds, lifetime, excluded accesses and loans and a second
 * release are checked here too. What is missing is the object that remembers: who ends an access names its direction, and
 * the range that it was started for.
 *
 * <p>A handle identifies one owner or one loan uniquely, and is never negative. One that is kept after the release, or is of
 * another pool, is refused and touches no other: it has 34 bits that are raised at each reuse and begin at a random value in
 * each pool.
 *
 * <p>Safe for use by many threads.
 */
public final class SliceHandles {

    /** What {@link #tryAllocate} returns when no free place fits. No owner and no loan has it for a handle. */
    public static final long NONE = SliceLedger.NO_HANDLE;

    private final SliceStore store;

    SliceHandles(SliceStore store) {
        this.store = store;
    }

    /**
     * Hands out a slice of so many bytes, at once.
     *
     * @param alignment what the offset is to be a multiple of, in bytes: a power of two, or 0 for the pool's own
     * @param tag who owns it, for messages and statistics; a constant, or garbage is yours
     * @return the owner's handle, 0 or more
     * @throws PoolExhaustedException if no free place fits
     * @throws IllegalArgumentException if this pool can never serve such a length or alignment
     * @throws PoolClosedException if the pool was closed
     */
    public long allocate(long bytes, long alignment, String tag) {
        check(alignment, tag);
        long handle = store.allocate(bytes, alignment, tag);
        if (handle < 0) {
            throw store.exhausted(bytes, alignment, tag, "no free place fits");
        }
        return handle;
    }

    private static void check(long alignment, String tag) {
        Objects.requireNonNull(tag, "tag");
        SliceRequest.checkAlignment(alignment);
    }

    /** As {@link #allocate(long, long, String)}, with the pool's own alignment and no tag. */
    public long allocate(long bytes) {
        return allocate(bytes, 0, "");
    }

    /**
     * As {@link #allocate(long, long, String)}, but waits for others to release if need be, in its turn, as
     * {@link DmaBufPool#allocate(SliceRequest, java.time.Duration)}. A wait makes some garbage.
     *
     * @param timeoutNanos how long to wait at most, in ns; zero or less does not wait
     */
    public long allocate(long bytes, long alignment, String tag, long timeoutNanos) {
        check(alignment, tag);
        return store.allocate(bytes, alignment, tag, false, timeoutNanos);
    }

    /**
     * As {@link #allocate(long, long, String, long)}; an urgent request goes ahead of those that wait and are not. The request
     * may be used again.
     */
    public long allocate(SliceRequest request, long timeoutNanos) {
        return store.allocate(request.bytes(), request.alignment(), request.tag(), request.isUrgent(), timeoutNanos);
    }

    /** As {@link #allocate(SliceRequest, long)}, at once, and {@link #NONE} where no free place fits. */
    public long tryAllocate(SliceRequest request) {
        return Math.max(NONE, store.allocate(request));
    }

    /** As {@link #allocate(long, long, String)}, but {@link #NONE} where no free place fits. */
    public long tryAllocate(long bytes, long alignment, String tag) {
        check(alignment, tag);
        return Math.max(NONE, store.allocate(bytes, alignment, tag));
    }

    /** As {@link #allocate(long)}, but {@link #NONE} where no free place fits. */
    public long tryAllocate(long bytes) {
        return tryAllocate(bytes, 0, "");
    }

    /**
     * First byte within the pool.
     *
     * @throws SliceReleasedException if the owner has closed, or the handle is not an owner's of this pool
     * @throws PoolClosedException if the pool was closed
     */
    public long offset(long handle) {
        store.checkOpen(handle, null);
        return store.offset(handle);
    }

    /** Length in bytes, as requested; throws as {@link #offset}. */
    public long length(long handle) {
        store.checkOpen(handle, null);
        return store.length(handle);
    }

    /** Bytes of the slice's place: the length, rounded up; throws as {@link #offset}. */
    public long reservedLength(long handle) {
        store.checkOpen(handle, null);
        return store.reserved(handle);
    }

    /** Whether the owner has not closed and the pool is open. */
    public boolean isOpen(long handle) {
        return store.isOpen(handle);
    }

    /** A further owner of the same bytes, as {@link Slice#share}. Returns its handle, to be released on its own. */
    public long share(long handle, String tag) {
        return store.share(handle, Objects.requireNonNull(tag, "tag"), null);
    }

    /**
     * START: the slice's memory is open to the CPU until {@link #end}.
     *
     * @throws AccessConflictException if an access or a loan is open that excludes this one
     * @throws SliceReleasedException if the owner has closed
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.sync.AccessBlockedException if other accesses did not end in time, or are this thread's own
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses; the access has not begun then
     */
    public void start(long handle, Direction direction) {
        store.checkOpen(handle, null);
        store.brackets().start(handle, direction, 0, store.length(handle), Brackets.NO_FENCE_WAIT);
    }

    /**
     * As {@link #start(long, Direction)}, but devices still at work are waited for no longer than this.
     *
     * @param fenceNanos how long to wait for fences, in ns; zero or less just looks
     * @throws FenceTimeoutException if a device did not finish in time
     */
    public void start(long handle, Direction direction, long fenceNanos) {
        store.checkOpen(handle, null);
        store.brackets().start(handle, direction, 0, store.length(handle), Math.max(0, fenceNanos));
    }

    /**
     * As {@link #start(long, Direction)}, for one range: just the lines it touches are synced.
     *
     * @param offset first byte within the slice
     * @param length bytes, 1 or more
     * @throws IndexOutOfBoundsException if the range does not lie within the slice
     */
    public void start(long handle, Direction direction, long offset, long length) {
        store.brackets().start(handle, direction, offset, length, Brackets.NO_FENCE_WAIT);
    }

    /**
     * END, by any thread: devices see what was written.
     *
     * @param direction as given to {@link #start(long, Direction)}
     * @throws AccessConflictException if no such access is open; nothing has changed then
     * @throws SliceReleasedException if the owner has closed
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses; the access has ended all the same
     */
    public void end(long handle, Direction direction) {
        store.checkOwner(handle);
        store.brackets().end(handle, direction, 0, store.length(handle));
    }

    /** Ends what {@link #start(long, Direction, long, long)} began, with the same values; throws as {@link #end(long, Direction)}. */
    public void end(long handle, Direction direction, long offset, long length) {
        store.checkOwner(handle);
        store.brackets().end(handle, direction, offset, length);
    }

    /**
     * START of two slices in one bracket, one to be read and one to be written, as {@link DmaBufPool#access}. Ended by
     * {@link #endBoth}.
     *
     * @param read the slice to be read
     * @param written the slice to be written, or to be read and written
     * @param direction {@link Direction#WRITE} or {@link Direction#READ_WRITE}, for {@code written}
     */
    public void startBoth(long read, long written, Direction direction) {
        store.brackets().startBoth(read, written, requireWriting(direction));
    }

    /** Ends what {@link #startBoth} began, with the same values; throws as {@link #end(long, Direction)}. */
    public void endBoth(long read, long written, Direction direction) {
        store.brackets().endBoth(read, written, requireWriting(direction));
    }

    private static Direction requireWriting(Direction direction) {
        if (!direction.writes()) {
            throw new IllegalArgumentException("the second slice is written: direction=" + direction
                    + "; slices that are only read need no bracket together");
        }
        return direction;
    }

    /**
     * A view of a part of the slice in native byte order, which is garbage of some 64 bytes: a loop that makes none keeps
     * its views, or one of the whole pool.
     *
     * @param offset first byte within the slice
     * @param length bytes, 0 to {@link DmaBuf#MAX_VIEW}
     * @throws IndexOutOfBoundsException if the part does not lie within the slice, or is longer than a view can be
     * @throws AccessConflictException if no access is open; the view is read-only unless it is a writing one
     * @throws SliceReleasedException if the owner has closed
     * @throws PoolClosedException if the pool was closed
     */
    public ByteBuffer view(long handle, long offset, int length) {
        store.checkOpen(handle, null);
        Direction direction = store.brackets().openDirection(handle);
        long bytes = store.length(handle);
        if (offset < 0 || length < 0 || offset > bytes - length) {
            throw new IndexOutOfBoundsException(
                    "offset=" + offset + ", length=" + length + " is not within the slice's " + bytes + " bytes");
        }
        return store.view(direction, store.offset(handle) + offset, length);
    }

    /** The descriptor of a dma-buf over just this slice's pages, as {@link Slice#windowFd}. */
    public int windowFd(long handle) {
        store.checkOpen(handle, null);
        return store.windows().givenDescriptor(handle, null);
    }

    /**
     * Gives a device the use of the slice until {@link #endLoan}, as {@link Slice#lend}.
     *
     * @param borrower who borrows, for messages and statistics; a constant, or garbage is yours
     * @return the loan's handle, 0 or more
     */
    public long lend(long handle, Direction direction, String borrower) {
        return store.loans().lend(handle, direction, Objects.requireNonNull(borrower, "borrower"), null);
    }

    /** Whether the loan has not ended and the pool is open. */
    public boolean isLoanOpen(long loan) {
        return store.isLoanOpen(loan);
    }

    /**
     * The device has done with the slice.
     *
     * @throws LoanEndedException if the loan has ended before, or the handle is not a loan's of this pool
     * @throws PoolClosedException if the pool was closed
     */
    public void endLoan(long loan) {
        if (!store.endLoan(loan)) {
            store.core().checkPoolOpen();
            throw new LoanEndedException("ended twice: the loan of handle " + loan + " of pool '" + store.poolName()
                    + "'. Only its borrower may end a loan, once");
        }
    }

    /** Notes that the borrower uses {@link DmaBufPool#fd}, as {@link Loan#range}; throws as {@link #endLoan}. */
    public int rangeFd(long loan) {
        return store.rangeFd(loan);
    }

    /** The descriptor of a dma-buf over just the pages of the lent slice, as {@link Loan#window}. */
    public int loanWindowFd(long loan) {
        return store.loans().giveWindow(loan);
    }

    /** Lets a loan end by itself when a fence is signalled, as {@link Loan#closeOn}. */
    public void endLoanOn(long loan, int syncFileFd) {
        store.loans().endOn(loan, syncFileFd);
    }

    /** As {@link Loan#exportFence}. */
    public int exportFence(long loan, Direction use) {
        return store.loans().exportFence(loan, use);
    }

    /** As {@link Loan#importFence}. */
    public void importFence(long loan, int syncFileFd) {
        store.loans().importFence(loan, syncFileFd);
    }

    /**
     * Gives this owner's part in the slice back, as {@link Slice#close}.
     *
     * @throws SliceReleasedException if the owner has closed before, or the handle is not an owner's of this pool
     * @throws AccessConflictException if an access through this owner is open; the owner stays open then
     */
    public void release(long handle) {
        if (!store.release(handle, null)) {
            throw new SliceReleasedException("not open: the owner of handle " + handle + " of pool '" + store.poolName()
                    + "'. It was released before, or is no owner of this pool's");
        }
    }
}
