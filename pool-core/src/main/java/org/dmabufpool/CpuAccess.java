// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Window;
import org.dmabufpool.sync.SyncPlanner;
import org.jspecify.annotations.Nullable;

/**
 * The bracket START … END around the CPU's use of a slice.
 *
 * <p>Views may be used by many threads at once; whether that is sound is the application's business. What is written
 * through a view after {@link #close()} is not synced, and may land in memory that is somebody else's by then: let views
 * go with their access.
 */
public final class CpuAccess implements AutoCloseable {

    private static final AtomicIntegerFieldUpdater<CpuAccess> OPEN =
            AtomicIntegerFieldUpdater.newUpdater(CpuAccess.class, "open");

    private final Slice slice;
    private final Direction direction;
    private final @Nullable AccessRanges parts;
    private final @Nullable Window window;
    private final Thread opener;
    /** 1 from START to END, then 0. */
    private volatile int open = 1;

    CpuAccess(Slice slice, Direction direction, @Nullable AccessRanges parts, @Nullable Window window) {
        this.slice = slice;
        this.parts = parts;
        this.direction = direction;
        this.window = window;
        this.opener = Thread.currentThread();
    }

    /** The slice this access is of. */
    public Slice slice() {
        return slice;
    }

    /** What the CPU may do. */
    public Direction direction() {
        return direction;
    }

    /** Length of the slice in bytes. */
    public long length() {
        return slice.length();
    }

    /**
     * A view of all that was opened, in native byte order, read-only for {@link Direction#READ}: the whole slice, or the
     * one range.
     *
     * @throws IllegalStateException if the access is closed, is of several ranges, or is longer than
     *     {@link DmaBuf#MAX_VIEW}: ask for parts then
     * @throws PoolClosedException if the pool was closed
     */
    public ByteBuffer buffer() {
        SliceRange all = parts == null ? new SliceRange(0, length()) : parts.only();
        if (all.length() > DmaBuf.MAX_VIEW) {
            throw new IllegalStateException(all + " of " + slice + " is longer than one view can be (" + DmaBuf.MAX_VIEW
                    + " bytes): use buffer(offset, length) for parts of it");
        }
        return buffer(all.offset(), (int) all.length());
    }

    /**
     * A view of a part of the slice in native byte order, read-only for {@link Direction#READ}.
     *
     * @param offset first byte within the slice, whatever ranges were opened
     * @param length bytes, 0 to {@link DmaBuf#MAX_VIEW}
     * @throws IndexOutOfBoundsException if the part does not lie within the slice, and within one range that was opened
     * @throws IllegalStateException if the access is closed
     * @throws PoolClosedException if the pool was closed
     */
    public ByteBuffer buffer(long offset, int length) {
        if (open == 0) {
            throw new IllegalStateException("access closed: its views and new ones may no longer be used, of " + slice);
        }
        slice.checkOpen();
        if (offset < 0 || length < 0 || length > DmaBuf.MAX_VIEW || offset > length() - length) {
            throw new IndexOutOfBoundsException("offset=" + offset + ", length=" + length + " is not within " + slice);
        }
        if (parts != null) {
            parts.checkOpened(offset, length);
        }
        ByteBuffer view = slice.store().buffer.view(slice.offset() + offset, length);
        return direction.writes() ? view : view.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Ends the access: END, so that devices see what was written. Any thread may call it; a second call does nothing,
     * and after the pool was closed there is nothing left to sync.
     *
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses; the access has ended all the same
     */
    @Override
    public void close() {
        if (OPEN.compareAndSet(this, 1, 0)) {
            slice.end(this);
        }
    }

    /** START. When it throws, the access has not begun. */
    void start() {
        SyncPlanner planner = slice.store().planner;
        if (parts == null) {
            planner.start(slice.offset(), slice.reservedLength(), direction, window);
        } else {
            planner.start(parts.lines(), parts.synced(direction), window);
        }
    }

    /** END. When it throws, the access has ended all the same. */
    void sendEnd(SyncPlanner planner) {
        if (parts == null) {
            planner.end(slice.offset(), slice.reservedLength(), direction, window, opener);
        } else {
            planner.end(parts.lines(), parts.synced(direction), window, opener);
        }
    }

    @Override
    public String toString() {
        return direction + " access to " + slice;
    }
}
