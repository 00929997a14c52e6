// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.heap.HeapException;

/**
 * One file descriptor of ours: closed once, and never while a call uses it.
 *
 * <p>The kernel hands a closed descriptor's number to the next open, perhaps on another thread; a call still under way
 * would then reach a stranger's file. So a call is bracketed by {@link #use} and {@link #done}, and the last one out
 * closes. Safe for use by many threads.
 */
final class OwnedFd implements AutoCloseable {

    /** Set in {@link #state} once closed; the bits below count the calls under way. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final Syscalls syscalls;
    private final String what;
    private final int number;
    private final AtomicInteger state = new AtomicInteger();

    /**
     * Takes over a descriptor.
     *
     * @param what what it is, for messages
     * @param number the descriptor, 0 or above
     */
    OwnedFd(Syscalls syscalls, String what, int number) {
        this.syscalls = syscalls;
        this.what = what;
        this.number = number;
    }

    /**
     * The number for one call, which ends with {@link #done}.
     *
     * @throws IllegalStateException if this descriptor is closed
     */
    int use() {
        int seen;
        do {
            seen = state.get();
            requireOpen(seen);
        } while (!state.compareAndSet(seen, seen + 1));
        return number;
    }

    /** Ends a call begun with {@link #use}. */
    void done() {
        if (state.decrementAndGet() == CLOSED) {
            giveBack();
        }
    }

    /**
     * The number, for those who hand it to others; it is good until {@link #close}.
     *
     * @throws IllegalStateException if this descriptor is closed
     */
    int number() {
        requireOpen(state.get());
        return number;
    }

    private void requireOpen(int seen) {
        if (seen < 0) {
            throw new IllegalStateException(what + " (fd " + number + ") is closed");
        }
    }

    /**
     * Closes the descriptor as soon as no call uses it. A second call does nothing.
     *
     * @throws HeapException if the kernel says that it was not open: somebody else closed it behind our back
     */
    @Override
    public void close() {
        int seen;
        do {
            seen = state.get();
            if (seen < 0) {
                return;
            }
        } while (!state.compareAndSet(seen, seen | CLOSED));
        if (seen == 0) {
            giveBack();
        }
    }

    /**
     * Linux has given the descriptor back whatever close(2) answers; EINTR and EIO tell of the file (filp_flush), and the
     * number may be another file's by now. Only EBADF says that there was nothing to close.
     */
    private void giveBack() {
        int answer = syscalls.close(number);
        if (Errno.EBADF.is(answer)) {
            throw Refusal.of(
                    "close",
                    what + " (fd " + number + ")",
                    answer,
                    "Look for code that closes descriptors it was lent.");
        }
    }
}
