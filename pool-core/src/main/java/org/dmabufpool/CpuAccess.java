// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * The bracket START … END around the CPU's use of a slice.
 *
 * <p>Views may be used by many threads at once; whether that is sound is the application's business. What is written
 * through a view after {@link #close()} is not synced, and may land in memory that is somebody else's by then: drop views
 * with their access.
 */
public final class CpuAccess implements AutoCloseable {

    private static final AtomicIntegerFieldUpdater<CpuAccess> OPEN =
            AtomicIntegerFieldUpdater.newUpdater(CpuAccess.class, "open");

    private final Slice slice;
    private final Direction direction;
    private final long rangeOffset;
    private final long rangeLength;
    private final @Nullable AccessRanges parts;
    private final Thread opener;
    /** The slice's window where the pool is synced by windows; set before START. */
    @Nullable
    Window window;
    /** Whether END was refused; of an access that is opened together with others. */
    boolean unclean;
    /** 1 from START to END, then 0. */
    private volatile int open = 1;

    /**
     * An access that is about to begin.
     *
     * @param rangeOffset first byte opened, within the slice
     * @param rangeLength bytes opened
     * @param parts what is opened instead where it is more than one range
     */
    CpuAccess(Slice slice, Direction direction, long rangeOffset, long rangeLength, @Nullable AccessRanges parts) {
        this.slice = slice;
        this.direction = direction;
        this.rangeOffset = rangeOffset;
        this.rangeLength = rangeLength;
        this.parts = parts;
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
        SliceRange only = parts == null ? null : parts.only();
        long offset = only == null ? rangeOffset : only.offset();
        long bytes = only == null ? rangeLength : only.length();
        if (bytes > DmaBuf.MAX_VIEW) {
            throw new IllegalStateException(bytes + " bytes of " + slice + " are more than one view can have ("
                    + DmaBuf.MAX_VIEW + "): use buffer(offset, length) for parts of it");
        }
        return buffer(offset, (int) bytes);
    }

    /**
     * A view of a part of the slice in native byte order, read-only for {@link Direction#READ}.
     *
     * @param offset first byte within the slice, whatever ranges were opened
     * @param length bytes, 0 to {@link DmaBuf#MAX_VIEW}
     * @throws IndexOutOfBoundsException if the part does not lie within the slice, and within one range that was opened, or
     *     is longer than a view can be
     * @throws IllegalStateException if the access is closed
     * @throws PoolClosedException if the pool was closed
     */
    public ByteBuffer buffer(long offset, int length) {
        if (open == 0) {
            throw new IllegalStateException("access closed: its views and new ones may no longer be used, of " + slice);
        }
        slice.checkOpen();
        checkOpened(offset, length);
        return slice.store().view(direction, slice.offset() + offset, length);
    }

    private void checkOpened(long offset, int length) {
        if (offset < 0 || length < 0 || offset > length() - length) {
            throw new IndexOutOfBoundsException("offset=" + offset + ", length=" + length + " is not within " + slice);
        }
        if (parts != null) {
            parts.checkOpened(offset, length);
        } else if (offset < rangeOffset || offset + length > rangeOffset + rangeLength) {
            throw new IndexOutOfBoundsException("offset=" + offset + ", length=" + length
                    + " is not within the range opened by this access, offset=" + rangeOffset + ", length="
                    + rangeLength + ", of " + slice);
        }
    }

    /**
     * Ends the access: END, so that devices see what was written. Any thread may call it; a second call does nothing,
     * and after the pool was closed there is nothing left to sync.
     *
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses; the access has ended all the same
     */
    @Override
    public void close() {
        if (markClosed()) {
            slice.store().brackets().close(this);
        }
    }

    /** Whether this call closed it. */
    boolean markClosed() {
        return OPEN.compareAndSet(this, 1, 0);
    }

    long rangeOffset() {
        return rangeOffset;
    }

    long rangeLength() {
        return rangeLength;
    }

    /** What is opened where it is more than one range. */
    @Nullable
    AccessRanges parts() {
        return parts;
    }

    /** The thread that opened it. */
    Thread opener() {
        return opener;
    }

    @Override
    public String toString() {
        return direction + " access to " + slice;
    }
}
