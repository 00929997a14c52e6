// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * One owner of an offset and a length of a pool.
 *
 * <p>The place is reserved from allocate until its last owner has closed and the last device that it was lent to has done.
 * The first owner is whom {@link DmaBufPool#allocate} gives the slice to; {@link #share} makes further ones of the same
 * bytes, each to be closed.
 *
 * <p>The CPU reaches a slice's memory through an access, a device through a {@link Loan}. They exclude each other by place,
 * whoever the owner, and are refused at once where they do:
 *
 * <table>
 *   <caption>What may be open beside each other</caption>
 *   <tr><th></th><th>CPU reads</th><th>CPU writes</th><th>device reads</th><th>device writes</th></tr>
 *   <tr><th>CPU reads</th><td>yes</td><td>no</td><td>yes</td><td>no</td></tr>
 *   <tr><th>CPU writes</th><td>no</td><td>no</td><td>no</td><td>no</td></tr>
 *   <tr><th>device reads</th><td>yes</td><td>no</td><td>yes</td><td>no</td></tr>
 *   <tr><th>device writes</th><td>no</td><td>no</td><td>no</td><td>no</td></tr>
 * </table>
 *
 * <p>Safe for use by many threads.
 */
public final class Slice implements AutoCloseable {

    // Nothing but constants, so that a slice is one object of 48 bytes; what changes is in the store's ledger.
    private final SliceStore store;
    private final long handle;
    private final long offset;
    private final long length;
    private final String tag;
    /** Bytes reserved and not asked for: less than a page. */
    private final int padding;

    Slice(SliceStore store, long handle, long offset, long length, long reserved, String tag) {
        this.store = store;
        this.handle = handle;
        this.offset = offset;
        this.length = length;
        this.tag = tag;
        this.padding = (int) (reserved - length);
    }

    /** First byte within the pool: what an importer that takes offsets is given. */
    public long offset() {
        return offset;
    }

    /** Length in bytes, as asked for. */
    public long length() {
        return length;
    }

    /** Bytes of the slice's place: the length, rounded up to what coherency and the allocator need. */
    public long reservedLength() {
        return length + padding;
    }

    /** Who this owner is, as given at allocation or {@link #share}; empty for nobody in particular. */
    public String tag() {
        return tag;
    }

    /** Whether this owner has not closed and the pool is open. */
    public boolean isOpen() {
        return store.isOpen(handle);
    }

    /** {@link #access} for {@link Direction#READ}. */
    public CpuAccess read() {
        return access(Direction.READ);
    }

    /** {@link #access} for {@link Direction#WRITE}: what was there before is discarded, so write all of it. */
    public CpuAccess write() {
        return access(Direction.WRITE);
    }

    /** {@link #access} for {@link Direction#READ_WRITE}. */
    public CpuAccess readWrite() {
        return access(Direction.READ_WRITE);
    }

    /**
     * Opens the slice's memory to the CPU: START now, END when the access is closed.
     *
     * <p>START waits for the fences of devices still at work. Where the pool is synced as a whole buffer, it also waits
     * for accesses to other slices that it excludes, at most the pool's access timeout: accesses that read and accesses that
     * write are never open at once there. To read one slice and write another, open both in one bracket:
     * {@link DmaBufPool#access}.
     *
     * @throws AccessConflictException if an access or a loan is open that excludes this one; the message names the borrower
     * @throws UnsupportedOperationException if the memory cannot be mapped, such as that of a secure heap
     * @throws SliceReleasedException if the slice was released
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.sync.AccessBlockedException if other accesses did not end in time, or
     *     are this thread's own
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public CpuAccess access(Direction direction) {
        return open(direction, 0, length, null, Brackets.NO_FENCE_WAIT);
    }

    /**
     * As {@link #access(Direction)}, but devices still at work are waited for no longer than this.
     *
     * <p>Where the slice is synced by a window, these are the devices at work on the slice; else those at work on any
     * slice, as all share the fences of one dma-buf.
     *
     * @param fenceTimeout how long to wait for fences; zero just looks
     * @throws FenceTimeoutException if a device did not finish in time
     */
    public CpuAccess access(Direction direction, Duration fenceTimeout) {
        return open(direction, 0, length, null, Math.max(0, Durations.saturatedNanos(fenceTimeout)));
    }

    /** {@link #access(Direction, List)} for {@link Direction#READ} and one range. */
    public CpuAccess read(long rangeOffset, long rangeLength) {
        return range(Direction.READ, rangeOffset, rangeLength);
    }

    /** {@link #access(Direction, List)} for {@link Direction#WRITE} and one range. */
    public CpuAccess write(long rangeOffset, long rangeLength) {
        return range(Direction.WRITE, rangeOffset, rangeLength);
    }

    /** {@link #access(Direction, List)} for {@link Direction#READ_WRITE} and one range. */
    public CpuAccess readWrite(long rangeOffset, long rangeLength) {
        return range(Direction.READ_WRITE, rangeOffset, rangeLength);
    }

    /**
     * Opens parts of the slice's memory to the CPU, such as the rows of a rectangle. Just the cache lines they touch are
     * synced, by the fewest calls, where the pool is synced by range.
     *
     * <p>A WRITE that covers a line in part is synced as READ_WRITE, because the CPU writes whole lines back.
     *
     * @param ranges parts of the slice, one or more, in any order
     * @throws IndexOutOfBoundsException if a range does not lie within the slice
     * @throws IllegalArgumentException if there is no range
     * @throws AccessConflictException as for {@link #access(Direction)}: accesses exclude one another by slice
     */
    public CpuAccess access(Direction direction, List<SliceRange> ranges) {
        return open(direction, 0, length, new AccessRanges(this, ranges), Brackets.NO_FENCE_WAIT);
    }

    private CpuAccess range(Direction direction, long rangeOffset, long rangeLength) {
        SliceRange.check(rangeOffset, rangeLength);
        if (rangeOffset > length - rangeLength) {
            throw new IndexOutOfBoundsException(
                    "offset=" + rangeOffset + ", length=" + rangeLength + " is not within " + this);
        }
        return open(direction, rangeOffset, rangeLength, null, Brackets.NO_FENCE_WAIT);
    }

    private CpuAccess open(
            Direction direction, long rangeOffset, long rangeLength, @Nullable AccessRanges parts, long fenceNanos) {
        CpuAccess access = new CpuAccess(this, direction, rangeOffset, rangeLength, parts);
        store.brackets().open(access, fenceNanos);
        return access;
    }

    /**
     * Makes a further owner of the same bytes, such as for an encoder beside a preview. Each owner closes its own; the place
     * is given back after the last.
     *
     * @param newTag who the further owner is, for messages and statistics
     * @return the further owner
     * @throws AccessConflictException if the slice has 32 owners, which is the most
     * @throws SliceReleasedException if this owner has closed
     * @throws PoolClosedException if the pool was closed
     */
    public Slice share(String newTag) {
        long owner = store.share(handle, Objects.requireNonNull(newTag, "newTag"), this);
        return store.slice(owner, length, newTag);
    }

    /**
     * Gives a device the use of the slice until the loan ends. Does not wait.
     *
     * @param direction what the device does: READ reads the memory, WRITE and READ_WRITE write it. Many may read at once;
     *     one that writes is alone
     * @param borrower who borrows, for messages and statistics
     * @throws AccessConflictException if an access or another loan excludes it: the CPU has a writing access open, or the
     *     device would write while anybody reads or writes. Where the pool is synced as a whole buffer, a device that writes
     *     also excludes writing accesses to all other slices
     * @throws SliceReleasedException if this owner has closed
     * @throws PoolClosedException if the pool was closed
     */
    public Loan lend(Direction direction, String borrower) {
        Objects.requireNonNull(direction, "direction");
        return store.loan(this, direction, Objects.requireNonNull(borrower, "borrower"));
    }

    /**
     * The descriptor of a dma-buf over just this slice's pages, for importers that take no offset, such as V4L2
     * capture. It belongs to the pool, is made at the first call and stays valid until the place is given back. A device
     * that is at work through it by then is waited for by its fence; who knows when it has done lends the slice instead:
     * {@link #lend}.
     *
     * @throws UnsupportedOperationException if the heap has no windows, or they have no descriptors
     * @throws SliceReleasedException if the slice was released
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public int windowFd() {
        store.checkOpen(handle, this);
        return store.windows().givenDescriptor(handle, this);
    }

    /**
     * Gives this owner's part in the slice back. After the last owner the place is given back, at once or when the last loan
     * has ended. A second call does nothing; so does a call after the pool was closed.
     *
     * @throws AccessConflictException if an access through this owner is open; the owner stays open then
     */
    @Override
    public void close() {
        try {
            store.release(handle, this);
        } finally {
            Reference.reachabilityFence(this); // It is being closed, so it has not leaked.
        }
    }

    /**
     * As {@link #close()}, for code in which a second release is a mistake.
     *
     * @throws SliceReleasedException if the slice was released before
     * @throws AccessConflictException if an access through this owner is open; the owner stays open then
     */
    public void release() {
        try {
            if (!store.release(handle, this)) {
                throw new SliceReleasedException(
                        "released twice: " + this + ". Only its owner may release a slice, once");
            }
        } finally {
            Reference.reachabilityFence(this); // It is being released, so it has not leaked.
        }
    }

    /** "slice 'tag' at offset, length bytes, of pool 'name'", for messages. */
    @Override
    public String toString() {
        return store.core().named(tag, offset, length);
    }

    /** What identifies this owner uniquely. */
    long handle() {
        return handle;
    }

    SliceStore store() {
        return store;
    }

    void checkOpen() {
        store.checkOpen(handle, this);
    }
}
