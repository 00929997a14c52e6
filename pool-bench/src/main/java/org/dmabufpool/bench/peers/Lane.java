// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

/** One thread's way to a peer: it keeps the handles of that thread's parts. Made and used by that thread only. */
interface Lane {

    /**
     * Allocates the part of a slot that is empty, and notes where it lies: nobody allocates to know less.
     *
     * @return whether there was space; the slot stays empty if not
     */
    boolean allocate(int slot, long bytes);

    /** Releases the part of a slot, if it has one. */
    void free(int slot);
}
