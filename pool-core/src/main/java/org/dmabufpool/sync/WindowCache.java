// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.Window;
import org.dmabufpool.log.Log;
import org.jspecify.annotations.Nullable;

/**
 * The windows of a pool. Making one takes the kernel up to milliseconds and a descriptor, so the window of a place that was
 * given back is kept idle for the next slice of the same place and length. Safe for use by many threads.
 *
 * <p><b>Rule:</b> no idle window overlaps a place that is handed out. Up to Linux 6.12 closing a window syncs it, so that
 * with bounced DMA old bytes are written over those of whoever has the memory by then (release_udmabuf in
 * drivers/dma-buf/udmabuf.c). So a place is {@link #claim claimed} before its slice begins: the idle window of just that
 * shape becomes the slice's, any other that overlaps is closed first, and a close that is under way is waited for.
 *
 * <p><b>Lock:</b> windows are opened and closed outside the lock; nobody waits for a system call but for that rule.
 */
final class WindowCache {

    private static final Log LOG = new Log(WindowCache.class);

    /** Too many descriptors are open in the process, or in the system (include/uapi/asm-generic/errno-base.h). */
    private static final int ENFILE = 23;

    private static final int EMFILE = 24;

    private final DmaBuf buffer;
    private final int maxIdle;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition windowClosed = lock.newCondition();
    /** By offset; none overlaps another. */
    private final Window[] idle;
    /** When each idle window was given back, by {@link #clock}. */
    private final long[] idleSince;
    /** Windows that a thread closes now. */
    private final List<Window> closing = new ArrayList<>();

    private final Set<Window> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    private int idleCount;
    private long clock;
    private boolean closed;
    /** Whether there is an idle or a closing window. Written under the lock; who claims a place comes after its give-back. */
    private volatile boolean hasIdle;

    WindowCache(DmaBuf buffer, int maxIdle) {
        this.buffer = buffer;
        this.maxIdle = maxIdle;
        this.idle = new Window[maxIdle];
        this.idleSince = new long[maxIdle];
    }

    /**
     * Prepares a place that is about to be handed out: afterwards no idle window overlaps it.
     *
     * @return the idle window of just that place, which is taken then, or null if there was none
     */
    @Nullable
    Window claim(long offset, long length) {
        return hasIdle ? claimAmongIdle(offset, offset + length) : null;
    }

    private @Nullable Window claimAmongIdle(long from, long to) {
        List<Window> overlapping = List.of();
        Window same = null;
        lock.lock();
        try {
            int first = firstEndingAfter(from);
            int end = first;
            while (end < idleCount && idle[end].offset() < to) {
                end++;
            }
            if (end == first + 1 && idle[first].offset() == from && endOf(idle[first]) == to) {
                same = idle[first];
                taken.add(same);
                removeIdle(first, end);
            } else if (end > first) {
                overlapping = beginToClose(first, end);
            }
        } finally {
            lock.unlock();
        }
        closeAll(overlapping);
        awaitClosed(from, to);
        return same;
    }

    private static long endOf(Window window) {
        return window.offset() + window.length();
    }

    private int firstEndingAfter(long offset) {
        int low = 0;
        int high = idleCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (endOf(idle[middle]) > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Takes idle windows out to be closed; the lock is held. */
    private List<Window> beginToClose(int first, int end) {
        List<Window> chosen = new ArrayList<>(end - first);
        for (int i = first; i < end; i++) {
            chosen.add(idle[i]);
        }
        closing.addAll(chosen);
        removeIdle(first, end);
        return chosen;
    }

    private void removeIdle(int first, int end) {
        int count = end - first;
        System.arraycopy(idle, end, idle, first, idleCount - end);
        System.arraycopy(idleSince, end, idleSince, first, idleCount - end);
        idleCount -= count;
        Arrays.fill(idle, idleCount, idleCount + count, null);
        noteIdle();
    }

    private void noteIdle() {
        hasIdle = idleCount > 0 || !closing.isEmpty();
    }

    /** Closes windows that {@link #beginToClose} took out. All are tried; a refusal is logged, as the descriptor is gone. */
    private void closeAll(List<Window> chosen) {
        Throwable first = null;
        for (int i = 0; i < chosen.size(); i++) { // An iterator would need memory.
            try {
                chosen.get(i).close();
            } catch (RuntimeException | Error e) {
                first = first == null || e instanceof Error ? e : first;
            } finally {
                closed(chosen.get(i));
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            LOG.warning(first, () -> "an idle window of " + buffer.name() + " could not be closed");
        }
    }

    private void closed(Window window) {
        lock.lock();
        try {
            closing.remove(window);
            noteIdle();
            windowClosed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for other threads that close windows over the range. */
    private void awaitClosed(long from, long to) {
        if (!hasIdle) {
            return;
        }
        lock.lock();
        try {
            while (isClosingWithin(from, to)) {
                windowClosed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosingWithin(long from, long to) {
        for (int i = 0; i < closing.size(); i++) {
            Window window = closing.get(i);
            if (window.offset() < to && endOf(window) > from) {
                return true;
            }
        }
        return false;
    }

    /**
     * A new window over a place that is handed out. Where the process has too many descriptors, the idle windows are
     * closed and the kernel is asked again.
     *
     * @throws HeapException if the kernel refuses
     * @throws IllegalStateException if this is closed, before or meanwhile
     */
    Window open(long offset, long length) {
        requireOpen();
        Window window = openTwice(offset, length);
        boolean kept = false;
        try {
            kept = take(window);
        } finally {
            if (!kept) {
                window.close();
            }
        }
        requireOpen();
        return window;
    }

    private Window openTwice(long offset, long length) {
        try {
            return buffer.openWindow(offset, length);
        } catch (HeapException e) {
            if ((e.errno() != EMFILE && e.errno() != ENFILE) || !closeIdle()) {
                throw e;
            }
        }
        return buffer.openWindow(offset, length);
    }

    /** Closes all idle windows; whether there were any. */
    boolean closeIdle() {
        List<Window> chosen;
        lock.lock();
        try {
            chosen = beginToClose(0, idleCount);
        } finally {
            lock.unlock();
        }
        closeAll(chosen);
        return !chosen.isEmpty();
    }

    /** Counts a new window among the taken ones; not if all are closed by now. */
    private boolean take(Window window) {
        lock.lock();
        try {
            return !closed && taken.add(window);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the windows of " + buffer.name() + " are closed");
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps the window of a place that nobody uses any more; to be called before the place can be handed out again. A
     * window that was given back before, or closed with all others, is left alone.
     */
    void giveBack(Window window) {
        List<Window> oldest = List.of();
        lock.lock();
        try {
            if (!taken.contains(window)) {
                return;
            }
            if (idleCount == maxIdle) {
                int old = oldest();
                oldest = beginToClose(old, old + 1);
            }
            taken.remove(window);
            addIdle(window);
        } finally {
            lock.unlock();
        }
        closeAll(oldest);
    }

    private void addIdle(Window window) {
        int at = firstEndingAfter(window.offset());
        System.arraycopy(idle, at, idle, at + 1, idleCount - at);
        System.arraycopy(idleSince, at, idleSince, at + 1, idleCount - at);
        idle[at] = window;
        idleSince[at] = clock++;
        idleCount++;
        noteIdle();
    }

    private int oldest() {
        int oldest = 0;
        for (int i = 1; i < idleCount; i++) {
            oldest = idleSince[i] < idleSince[oldest] ? i : oldest;
        }
        return oldest;
    }

    int openWindows() {
        lock.lock();
        try {
            return idleCount + closing.size() + taken.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes every window, those in use too. All are tried.
     *
     * @throws HeapException the first refusal, with the others suppressed
     */
    void close() {
        List<Window> all = new ArrayList<>();
        lock.lock();
        try {
            all.addAll(taken);
            Collections.addAll(all, Arrays.copyOf(idle, idleCount));
            closed = true;
            taken.clear();
            removeIdle(0, idleCount);
        } finally {
            lock.unlock();
        }
        RuntimeException refusal = null;
        for (Window window : all) {
            refusal = close(window, refusal);
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    private static @Nullable RuntimeException close(Window window, @Nullable RuntimeException before) {
        try {
            window.close();
            return before;
        } catch (RuntimeException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }
}
