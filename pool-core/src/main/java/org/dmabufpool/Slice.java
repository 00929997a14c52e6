// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * An offset and a length of a pool, with one owner, from allocate to close.
 *
 * <p>Safe for use by many threads. The CPU reaches a slice's memory through an access only. A slice has any number of
 * READ accesses open, or one WRITE or READ_WRITE access; opening one that does not go with those is refused at once.
 */
public final class Slice implements AutoCloseable {

    /** Fences are left to START, which waits for them without end. */
    private static final long NO_FENCE_WAIT = -1;

    // Nothing but constants, so that a slice is one object of 48 bytes; what changes is in the store's ledger.
    private final SliceStore store;
    private final long handle;
    private final long offset;
    private final long length;
    private final String tag;
    /** Bytes reserved and not asked for: less than a page. */
    private final int padding;

    Slice(SliceStore store, long handle, long length, String tag) {
        this.store = store;
        this.handle = handle;
        this.offset = store.offset(handle);
        this.length = length;
        this.tag = tag;
        this.padding = (int) (store.reserved(handle) - length);
    }

    /** First byte within the pool: what an importer that takes offsets is given. */
    public long offset() {
        return offset;
    }

    /** Length in bytes, as asked for. */
    public long length() {
        return length;
    }

    /** Bytes that are this slice's alone: the length, rounded up to what coherency and the allocator need. */
    public long reservedLength() {
        return length + padding;
    }

    /** Who holds it, as given at allocation; empty for nobody in particular. */
    public String tag() {
        return tag;
    }

    /** Whether the slice is neither released nor its pool closed. */
    public boolean isOpen() {
        return store.isOpen(handle);
    }

    /** {@link #access} for {@link Direction#READ}. */
    public CpuAccess read() {
        return access(Direction.READ);
    }

    /** {@link #access} for {@link Direction#WRITE}. */
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
     * for accesses of other threads that it excludes, at most the pool's access timeout.
     *
     * @throws AccessConflictException if an access is open that this one does not go with
     * @throws SliceReleasedException if the slice was released
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.sync.AccessBlockedException if other threads' accesses did not end in time
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public CpuAccess access(Direction direction) {
        return open(direction, null, NO_FENCE_WAIT);
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
        return open(direction, null, Math.max(0, Durations.saturatedNanos(fenceTimeout)));
    }

    /** {@link #access(Direction, List)} for {@link Direction#READ} and one range. */
    public CpuAccess read(long rangeOffset, long rangeLength) {
        return access(Direction.READ, Collections.singletonList(new SliceRange(rangeOffset, rangeLength)));
    }

    /** {@link #access(Direction, List)} for {@link Direction#WRITE} and one range. */
    public CpuAccess write(long rangeOffset, long rangeLength) {
        return access(Direction.WRITE, Collections.singletonList(new SliceRange(rangeOffset, rangeLength)));
    }

    /** {@link #access(Direction, List)} for {@link Direction#READ_WRITE} and one range. */
    public CpuAccess readWrite(long rangeOffset, long rangeLength) {
        return access(Direction.READ_WRITE, Collections.singletonList(new SliceRange(rangeOffset, rangeLength)));
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
        AccessRanges parts = new AccessRanges(this, ranges);
        return open(direction, parts, NO_FENCE_WAIT);
    }

    private CpuAccess open(Direction direction, @Nullable AccessRanges parts, long fenceNanos) {
        store.enter(handle, direction, this);
        boolean started = false;
        try {
            Window own = store.planner.needsWindow() ? store.window(handle, this) : null;
            if (fenceNanos != NO_FENCE_WAIT) {
                awaitFences(direction, fenceNanos, own);
            }
            CpuAccess access = new CpuAccess(this, direction, parts, own);
            access.start();
            started = true;
            store.accessStarted(handle, direction);
            return access;
        } catch (IllegalStateException e) {
            store.checkOpen(handle, this);
            throw e;
        } finally {
            if (!started) {
                store.abandon(handle, direction);
            }
        }
    }

    private void awaitFences(Direction direction, long nanos, @Nullable Window own) {
        if (!store.planner.awaitFences(direction, nanos, own)) {
            throw new FenceTimeoutException("devices " + (direction.writes() ? "at work on" : "writing to") + " "
                    + (own == null ? "the dma-buf that this slice shares with others" : "this slice")
                    + " did not finish in " + nanos + " ns: " + direction + " access to " + this
                    + ". Wait longer, or see which device holds the fence");
        }
    }

    /**
     * The descriptor of a dma-buf over just this slice's pages, for importers that take no offset, such as V4L2
     * capture. It belongs to the pool, is made at the first call and stays valid until the slice is released.
     *
     * @throws UnsupportedOperationException if the heap has no windows, or they have no descriptors
     * @throws SliceReleasedException if the slice was released
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public int windowFd() {
        return store.windowFd(handle, this);
    }

    /**
     * Gives the memory back to the pool. A second call does nothing; so does a call after the pool was closed.
     *
     * @throws AccessConflictException if an access is open; the slice stays open then
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
     * @throws AccessConflictException if an access is open; the slice stays open then
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
        return store.named(tag, offset, length);
    }

    /** What names it for good. */
    long handle() {
        return handle;
    }

    SliceStore store() {
        return store;
    }

    void checkOpen() {
        store.checkOpen(handle, this);
    }

    /** Ends an access: END, then the state, so that the next access begins after this one's END. */
    void end(CpuAccess access) {
        boolean ended = false;
        try {
            if (!store.isClosed()) {
                access.sendEnd(store.planner);
            }
            ended = true;
        } catch (IllegalStateException e) {
            if (!store.isClosed()) {
                throw e;
            }
        } finally {
            if (!ended && access.direction().writes()) {
                store.markUnclean(handle);
            }
            store.leave(handle, access.direction());
        }
    }
}
