// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * One dma-buf: one size, one mapping, and where the heap has them one file descriptor.
 *
 * <p>All methods may be called by many threads at once. After {@link #close()} those that tell a fact answer as before:
 * {@link #name()}, {@link #exporter()}, {@link #size()}, {@link #pageSize()}, {@link #rangeSyncLimit()}, {@link #support},
 * {@link #listener()}, {@link #windowLimit()}, {@link #windowLimitRemedy()}, {@link #unmappedReason()} and
 * {@link #restarts()}, the last with its last value. A second close does nothing. All others throw
 * {@link IllegalStateException}.
 */
public interface DmaBuf extends AutoCloseable {

    /** The longest view in bytes (1 GiB): a {@link ByteBuffer} addresses 2 GiB, and roots overlap by half. */
    int MAX_VIEW = 1 << 30;

    /** A name for messages: the heap and what tells this buffer from others. */
    String name();

    /** The kernel's name of the exporter ({@code exp_name} in fdinfo), such as {@code system}; or {@code model}. */
    String exporter();

    /** Size in bytes, a multiple of {@link #pageSize()}. */
    long size();

    /** Size of a page in bytes, a power of two. */
    int pageSize();

    /** The file descriptor that shares <em>all</em> of this buffer, or -1 where there is none. It stays ours. */
    int fd();

    /**
     * A writable view of a part, in native byte order. It stays harmless when this buffer is closed: it then shows
     * memory that nobody else sees.
     *
     * @param offset first byte, 0 to size
     * @param length bytes, 0 to {@link #MAX_VIEW}
     * @throws IndexOutOfBoundsException if the part does not lie within the buffer
     */
    ByteBuffer view(long offset, int length);

    /** As {@link #view}, but read-only. */
    default ByteBuffer readOnlyView(long offset, int length) {
        return view(offset, length).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** Whether and why this buffer can be synced in this way. Cheap, and the same answer every time. */
    SyncSupport support(SyncWay way);

    /**
     * Syncs the whole buffer.
     *
     * @throws HeapException if the kernel refuses, after interrupted calls were restarted
     */
    void syncWhole(SyncPhase phase, Direction direction);

    /**
     * Syncs a range, which must begin and end on a cache line.
     *
     * @param offset first byte
     * @param length bytes, above 0
     * @throws UnsupportedOperationException unless {@link SyncWay#PARTIAL} or {@link SyncWay#VENDOR} is supported
     * @throws IndexOutOfBoundsException if the range does not lie within the buffer
     * @throws IllegalArgumentException if it does not begin and end on a cache line, or is empty
     * @throws HeapException if the kernel refuses, after interrupted calls were restarted
     */
    void syncRange(SyncPhase phase, Direction direction, long offset, long length);

    /**
     * How far {@link #syncRange} reaches: ranges that end at or before this byte can be named. The partial ioctl has 32
     * bits for offset and length. A buffer that is longer supports {@link SyncWay#WHOLE} too.
     */
    default long rangeSyncLimit() {
        return size();
    }

    /**
     * Makes a dma-buf of its own over some whole pages of this one. The caller owns it.
     *
     * @param offset first byte, a multiple of the page size
     * @param length bytes, a multiple of the page size, above 0
     * @throws UnsupportedOperationException unless {@link SyncWay#WINDOW} is supported
     * @throws IndexOutOfBoundsException if the pages do not lie within the buffer
     * @throws IllegalArgumentException if they are not whole pages, or none
     * @throws HeapException if the kernel refuses
     */
    Window openWindow(long offset, long length);

    /** Who wants to be told what a pool does with this buffer. The same answer every time. */
    default PoolListener listener() {
        return PoolListener.NONE;
    }

    /**
     * Waits until the devices at work on this buffer have done what the CPU must wait for: the writers before it reads,
     * everyone before it writes. A sync call would wait for the same fences without end (dma_buf_begin_cpu_access).
     *
     * @param nanos how long to wait at most; 0 just looks
     * @return whether they have; true where the heap has no fences
     * @throws HeapException if the kernel refuses
     */
    default boolean awaitFences(Direction direction, long nanos) {
        return true;
    }

    /**
     * The longest slice that can have a window, in bytes: a kernel may limit it ({@code udmabuf.size_limit_mb}). A pool
     * that syncs by windows refuses longer slices when they are requested.
     */
    default long windowLimit() {
        return Long.MAX_VALUE;
    }

    /** What limits windows and how to raise the limit, one sentence for people; empty where nothing limits them. */
    default String windowLimitRemedy() {
        return "";
    }

    /**
     * Address of the first byte of the mapping in this process, for native code that registers the memory once.
     *
     * @return the address, above 0
     * @throws UnsupportedOperationException if the memory has no address, or is not mapped
     */
    default long address() {
        throw new UnsupportedOperationException(name() + " tells no address");
    }

    /**
     * Why the CPU cannot reach this memory: a dma-buf of secure or video memory cannot be mapped. Empty where it can.
     * Slices of such memory are for devices alone; {@link #view} throws {@link UnsupportedOperationException}.
     */
    default String unmappedReason() {
        return "";
    }

    /**
     * Watches a fence that a device or its driver has handed out as a sync_file. The descriptor is duplicated and stays
     * the caller's.
     *
     * @return the fence; the caller closes it
     * @throws UnsupportedOperationException if this kernel or heap has no fences
     * @throws IllegalArgumentException if the descriptor is no sync_file
     * @throws HeapException if the kernel refuses
     */
    default Fence adoptFence(int syncFileFd) {
        throw new UnsupportedOperationException(name() + " has no fences");
    }

    /**
     * Exports the fences of this buffer as one sync_file (DMA_BUF_IOCTL_EXPORT_SYNC_FILE, Linux 6.0).
     *
     * @param direction what the one who will wait wants to do: READ gives the fences of writers, the others all fences
     * @return a new descriptor, which the caller closes
     * @throws UnsupportedOperationException if this kernel or heap cannot
     * @throws HeapException if the kernel refuses
     */
    default int exportFence(Direction direction) {
        throw new UnsupportedOperationException(name() + " exports no fences");
    }

    /**
     * Adds a sync_file's fence to those of this buffer (DMA_BUF_IOCTL_IMPORT_SYNC_FILE, Linux 6.0).
     *
     * @param direction what the fence's device does with the buffer: READ reads, the others write
     * @param syncFileFd the sync_file; it stays the caller's
     * @throws UnsupportedOperationException if this kernel or heap cannot
     * @throws HeapException if the kernel refuses
     */
    default void importFence(Direction direction, int syncFileFd) {
        throw new UnsupportedOperationException(name() + " imports no fences");
    }

    /**
     * The fences of this buffer that are pending now, of readers and writers, as one: later ones are not in it.
     *
     * @return the fence, which the caller closes; null if none is pending, or where this kernel or heap cannot tell
     * @throws HeapException if the kernel refuses
     */
    default @Nullable Fence pendingFences() {
        return null;
    }

    /**
     * As {@link #close()}, when the pool was dropped without close and nobody can reach it any more. Views may still be
     * in use; memory that they show should stay until they are collected.
     */
    default void closeDropped() {
        close();
    }

    /** How often sync calls of this buffer and its windows were restarted after EINTR or EAGAIN. */
    long restarts();

    /** Gives the memory back to the kernel at once. Views stay harmless. A second call does nothing. */
    @Override
    void close();
}
