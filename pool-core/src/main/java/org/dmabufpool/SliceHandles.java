// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * The pool for the frame loop: slices as {@code long} handles, and not a byte of garbage.
 *
 * <pre>{@code
 * SliceHandles handles = pool.handles();
 * long frame = handles.allocate(bytes, 0, "raw");
 * handles.start(frame, Direction.WRITE);
 * fill(memory, handles.offset(frame), handles.length(frame));
 * handles.end(frame, Direction.WRITE);
 * handles.release(frame);
 * }</pre>
 *
 * <p>Slices are the same whichever face they are taken by: bounds, lifetime, excluded accesses and a second release are
 * checked here too. What is missing is the object that remembers: who started an access ends it, with the same direction,
 * and in the same thread.
 *
 * <p>A handle names its slice for good. One that is kept after the release is refused; only after 65 536 further slices at
 * the same place in the pool's tables could it be taken for another one.
 *
 * <p>Safe for use by many threads.
 */
public final class SliceHandles {

    /** What {@link #tryAllocate} returns when no free part fits. No slice has it for a handle. */
    public static final long NONE = SliceLedger.NO_HANDLE;

    private final SliceStore store;

    SliceHandles(SliceStore store) {
        this.store = store;
    }

    /**
     * Hands out a slice of so many bytes, at once.
     *
     * @param alignment what the offset is to be a multiple of, in bytes: a power of two, or 0 for the pool's own
     * @param tag who holds it, for messages and statistics; a constant, or garbage is yours
     * @return its handle, 0 or more
     * @throws PoolExhaustedException if no free part fits
     * @throws IllegalArgumentException if length or alignment cannot be had from this pool, ever
     * @throws PoolClosedException if the pool was closed
     */
    public long allocate(long bytes, long alignment, String tag) {
        check(alignment, tag);
        long handle = store.allocate(bytes, alignment, tag);
        if (handle < 0) {
            throw store.exhausted(bytes, alignment, tag, "no free part fits");
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

    /** As {@link #allocate(long, long, String)}, but {@link #NONE} where no free part fits. */
    public long tryAllocate(long bytes, long alignment, String tag) {
        check(alignment, tag);
        return Math.max(NONE, store.allocate(bytes, alignment, tag));
    }

    /** As {@link #allocate(long)}, but {@link #NONE} where no free part fits. */
    public long tryAllocate(long bytes) {
        return tryAllocate(bytes, 0, "");
    }

    /**
     * First byte within the pool.
     *
     * @throws SliceReleasedException if the slice was released
     * @throws PoolClosedException if the pool was closed
     */
    public long offset(long handle) {
        store.checkOpen(handle, null);
        return store.offset(handle);
    }

    /** Length in bytes, as asked for; throws as {@link #offset}. */
    public long length(long handle) {
        store.checkOpen(handle, null);
        return store.length(handle);
    }

    /** Bytes that are this slice's alone: the length, rounded up; throws as {@link #offset}. */
    public long reservedLength(long handle) {
        store.checkOpen(handle, null);
        return store.reserved(handle);
    }

    /** Whether the slice is neither released nor its pool closed. */
    public boolean isOpen(long handle) {
        return store.isOpen(handle);
    }

    /**
     * START: the slice's memory is open to the CPU until {@link #end}.
     *
     * @throws AccessConflictException if an access is open that this one does not go with
     * @throws SliceReleasedException if the slice was released
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.sync.AccessBlockedException if other threads' accesses did not end in time
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses; the access has not begun then
     */
    public void start(long handle, Direction direction) {
        store.enter(handle, direction, null);
        boolean started = false;
        try {
            store.planner.start(store.offset(handle), store.reserved(handle), direction, window(handle));
            started = true;
        } finally {
            if (!started) {
                store.abandon(handle, direction);
            }
        }
        store.accessStarted(handle, direction);
    }

    /**
     * END, by the thread that started the access: devices see what was written.
     *
     * @param direction as given to {@link #start}
     * @throws AccessConflictException if no such access is open
     * @throws SliceReleasedException if the slice was released
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses; the access has ended all the same
     */
    public void end(long handle, Direction direction) {
        store.checkAccess(handle, direction);
        boolean ended = false;
        try {
            if (!store.isClosed()) {
                store.planner.end(
                        store.offset(handle),
                        store.reserved(handle),
                        direction,
                        window(handle),
                        Thread.currentThread());
            }
            ended = true;
        } catch (IllegalStateException e) {
            if (!store.isClosed()) {
                throw e;
            }
        } finally {
            if (!ended && direction.writes()) {
                store.markUnclean(handle);
            }
            store.leave(handle, direction);
        }
    }

    private @Nullable Window window(long handle) {
        return store.planner.needsWindow() ? store.window(handle, null) : null;
    }

    /**
     * A view of a part of the slice in native byte order, which is garbage of some 64 bytes: a loop that makes none keeps
     * its views, or one of the whole pool.
     *
     * @param offset first byte within the slice
     * @param length bytes, 0 to {@link DmaBuf#MAX_VIEW}
     * @throws IndexOutOfBoundsException if the part does not lie within the slice
     * @throws AccessConflictException if no access is open; the view is read-only unless it is a writing one
     * @throws SliceReleasedException if the slice was released
     * @throws PoolClosedException if the pool was closed
     */
    public ByteBuffer view(long handle, long offset, int length) {
        store.checkOpen(handle, null);
        boolean written = store.isWritten(handle);
        store.checkAccess(handle, written ? Direction.WRITE : Direction.READ);
        long bytes = store.length(handle);
        if (offset < 0 || length < 0 || length > DmaBuf.MAX_VIEW || offset > bytes - length) {
            throw new IndexOutOfBoundsException(
                    "offset=" + offset + ", length=" + length + " is not within the slice's " + bytes + " bytes");
        }
        ByteBuffer view = store.buffer.view(store.offset(handle) + offset, length);
        return written ? view : view.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** The descriptor of a dma-buf over just this slice's pages, as {@link Slice#windowFd}. */
    public int windowFd(long handle) {
        return store.windowFd(handle, null);
    }

    /**
     * Gives the memory back to the pool.
     *
     * @throws SliceReleasedException if the slice was released before
     * @throws AccessConflictException if an access is open; the slice stays open then
     */
    public void release(long handle) {
        if (!store.release(handle, null)) {
            throw new SliceReleasedException("released twice: the slice of handle " + handle + " of pool '"
                    + store.poolName() + "'. Only its owner may release a slice, once");
        }
    }
}
