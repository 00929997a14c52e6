// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * Windows, kept with their slots. Making one takes the kernel up to milliseconds and a file descriptor, so the window
 * of a released slice waits here for the next slice of the same place and length; the one that waited longest is closed
 * first when too many wait. Safe for use by many threads.
 */
final class WindowCache {

    private final DmaBuf buffer;
    private final int maxIdle;
    private final LinkedHashMap<Place, Window> idle = new LinkedHashMap<>();
    private final List<Window> taken = new ArrayList<>();
    private boolean closed;

    WindowCache(DmaBuf buffer, int maxIdle) {
        this.buffer = buffer;
        this.maxIdle = maxIdle;
    }

    /** A window over the place, the kept one or a new one. The caller gives it back. */
    synchronized Window take(long offset, long length) {
        if (closed) {
            throw new IllegalStateException("the windows of " + buffer.name() + " are closed");
        }
        Window window = idle.remove(new Place(offset, length));
        if (window == null) {
            window = buffer.openWindow(offset, length);
        }
        taken.add(window);
        return window;
    }

    /** Keeps the window for the next slice at its place. */
    synchronized void giveBack(Window window) {
        if (!taken.remove(window)) {
            return;
        }
        Window before = idle.put(new Place(window.offset(), window.length()), window);
        if (before != null) {
            before.close();
        }
        if (idle.size() > maxIdle) {
            closeOldest();
        }
    }

    synchronized int openWindows() {
        return idle.size() + taken.size();
    }

    /** Closes every window, those in use too. */
    synchronized void close() {
        closed = true;
        idle.values().forEach(Window::close);
        idle.clear();
        taken.forEach(Window::close);
        taken.clear();
    }

    private void closeOldest() {
        Map.@Nullable Entry<Place, Window> oldest = idle.entrySet().iterator().next();
        idle.remove(oldest.getKey());
        oldest.getValue().close();
    }

    /** Where a window lies. */
    private record Place(long offset, long length) {}
}
