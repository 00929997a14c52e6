// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/** Where a dma-buf comes from. Implementations are safe for use by many threads. */
public interface Heap {

    /** What people call this heap, such as {@code system}, {@code udmabuf} or {@code model}. */
    String name();

    /**
     * Takes one buffer from the kernel and maps it.
     *
     * @param bytes the size wanted, above 0; rounded up to whole pages
     * @return the buffer, filled with zeros, owned by the caller
     * @throws IllegalArgumentException if {@code bytes} is below 1 or beyond what an address space holds
     * @throws HeapException if the kernel refuses; nothing is left open or mapped then
     */
    DmaBuf allocate(long bytes);
}
