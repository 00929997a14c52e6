// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * A part of a buffer of another process, received over a {@link DmaBufSocket}. The memory is one and the same in both:
 * when to read and write it, the processes agree on by themselves. Safe for use by many threads.
 */
public final class ReceivedBuffer implements AutoCloseable {

    private final OwnedFd fd;
    private final long offset;
    private final long length;
    private final AdoptedHeap heap;

    ReceivedBuffer(Syscalls syscalls, OwnedFd fd, long offset, long length) {
        this.fd = fd;
        this.offset = offset;
        this.length = length;
        this.heap = new AdoptedHeap(syscalls, fd.number(), RangeSettings.NONE);
    }

    /** Where the part begins in the buffer, in bytes; 0 or above. */
    public long offset() {
        return offset;
    }

    /** How many bytes the part has; above 0, and all of them lie in the buffer. */
    public long length() {
        return length;
    }

    /**
     * The whole buffer, as a heap that gives it once. What is allocated of it stays when this is closed; it must be
     * allocated before. Only the part was passed on: what lies around it belongs to slices of the sender.
     *
     * @throws IllegalStateException if this is closed
     */
    public AdoptedHeap heap() {
        fd.number(); // Another file may have the number of a closed descriptor.
        return heap;
    }

    /** Closes the descriptor. A second call does nothing. */
    @Override
    public void close() {
        fd.close();
    }
}
