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

    /** Closes the file descriptor. A second call does nothing. */
    @Override
    void close();
}
