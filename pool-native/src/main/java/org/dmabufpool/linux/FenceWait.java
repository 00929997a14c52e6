// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;

/**
 * Waits for the fences of a dma-buf with a limit, which the sync ioctl has not: START waits for them without end
 * (dma_buf_begin_cpu_access).
 *
 * <p>poll(2) on a dma-buf says POLLIN when its writers have done, and POLLOUT when everyone has (Documentation/
 * driver-api/dma-buf.rst, "Implicit Fence Poll Support"). A poll that gave up without success keeps the dma-buf's memory until the
 * fence is signalled, closed or not (dma_buf_poll takes a reference to the file).
 *
 * <p>A wait is made of steps, between which it sees that the buffer was closed or its thread interrupted. Safe for use by
 * many threads.
 */
final class FenceWait {

    /** How long a close or an interrupt may go unseen. */
    static final int STEP_MILLIS = 100;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Syscalls syscalls;
    private final LongAdder restarts;

    /**
     * Waits for the fences of one dma-buf and its windows.
     *
     * @param restarts where polls that a signal ended early are counted
     */
    FenceWait(Syscalls syscalls, LongAdder restarts) {
        this.syscalls = syscalls;
        this.restarts = restarts;
    }

    /**
     * Waits for what the CPU must wait for: the writers before it reads, everyone before it writes.
     *
     * @param nanos how long to wait at most; 0 just looks
     * @return whether they have done
     * @throws HeapException if the kernel refuses, or the thread is interrupted while there is something to wait for; its
     *     interrupt flag stays set
     * @throws IllegalStateException if the descriptor is closed, before or meanwhile
     */
    boolean await(OwnedFd fd, String what, Direction direction, long nanos) {
        short events = direction.writes() ? LinuxAbi.POLLOUT : LinuxAbi.POLLIN;
        long start = System.nanoTime();
        long left = nanos;
        for (int late = 0; late <= SyncCalls.MAX_RESTARTS; ) {
            int answer = look(fd, events, stepMillis(left));
            left = nanos - (System.nanoTime() - start);
            if (answer > 0) {
                return requireDone(answer, what, direction);
            }
            if (answer == 0 && left <= 0) {
                return false;
            }
            if (answer < 0) {
                requireRestartable(answer, what, direction);
                restarts.increment();
                late += left <= 0 ? 1 : 0;
            }
            requireUninterrupted(what, direction);
        }
        throw refusal(-Errno.EINTR.number(), what, direction);
    }

    private int look(OwnedFd fd, short events, int millis) {
        int number = fd.use();
        try {
            return PollDescriptor.poll(syscalls, number, events, millis);
        } finally {
            fd.done();
        }
    }

    private static int stepMillis(long nanos) {
        long millis = (Math.min(nanos, STEP_MILLIS * NANOS_PER_MILLI) + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        return (int) Math.max(0, millis);
    }

    private static boolean requireDone(int events, String what, Direction direction) {
        if ((events & (LinuxAbi.POLLERR | LinuxAbi.POLLNVAL)) != 0) {
            throw new HeapException(
                    call(direction) + " on " + what + " answers with events 0x" + Integer.toHexString(events)
                            + ": the descriptor is no dma-buf any more. Look for code that closes descriptors it was lent.",
                    HeapException.NO_ERRNO);
        }
        return true;
    }

    private static void requireRestartable(int answer, String what, Direction direction) {
        if (!SyncCalls.mustRestart(answer)) {
            throw refusal(answer, what, direction);
        }
    }

    private static void requireUninterrupted(String what, Direction direction) {
        if (Thread.currentThread().isInterrupted()) {
            throw new HeapException(
                    "interrupted while it waited for fences: " + call(direction) + " on " + what
                            + ". Open the access again if it is still wanted.",
                    HeapException.NO_ERRNO);
        }
    }

    private static HeapException refusal(long answer, String what, Direction direction) {
        return Refusal.of(call(direction), what, answer, Remedy.sync(answer));
    }

    private static String call(Direction direction) {
        return direction.writes()
                ? "poll POLLOUT for devices that read or write"
                : "poll POLLIN for devices that write";
    }
}
