// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/**
 * A dma-buf of its own over just some pages of another: same memory, own file descriptor, own fences, own sync.
 *
 * <p>Safe for use by many threads. It stays valid when the buffer it was made from is closed.
 */
public interface Window extends AutoCloseable {

    /** First byte of the window within the buffer it was made from. */
    long offset();

    /** Length in bytes. */
    long length();

    /**
     * The file descriptor that shares these pages and no others, or -1 in a heap without descriptors. It stays ours.
     *
     * @throws IllegalStateException if the window is closed: its number may be a stranger's by now
     */
    int fd();

    /**
     * Syncs the window.
     *
     * @throws HeapException if the kernel refuses, after interrupted calls were restarted
     * @throws IllegalStateException if the window is closed
     */
    void sync(SyncPhase phase, Direction direction);

    /**
     * Waits until the devices at work on this window have done what the CPU must wait for: the writers before it reads,
     * everyone before it writes. A sync call would wait for the same fences without end (dma_buf_begin_cpu_access).
     *
     * @param nanos how long to wait at most; 0 just looks
     * @return whether they have; true where the heap has no fences
     * @throws HeapException if the kernel refuses
     */
    default boolean awaitFences(Direction direction, long nanos) {
        return true;
    }

    /** Exports the fences of this window as one sync_file, as {@link DmaBuf#exportFence}. */
    default int exportFence(Direction direction) {
        throw new UnsupportedOperationException("this window exports no fences");
    }

    /** Adds a sync_file's fence to those of this window, as {@link DmaBuf#importFence}. */
    default void importFence(Direction direction, int syncFileFd) {
        throw new UnsupportedOperationException("this window imports no fences");
    }

    /** Closes the file descriptor. A second call does nothing. */
    @Override
    void close();
}
