// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Makes views of one root buffer, each of which is the only object that it costs.
 *
 * <p>{@code ByteBuffer.slice(int, int)} is missing on Android 33, and {@code slice()} takes its bounds from the buffer
 * that it is called on. So that buffer is a duplicate of the root, the cursor, which is kept and reused. A thread takes
 * its slot's cursor out, sets the bounds, slices, and puts it back; where the slot is empty, because the cursor was not
 * made yet or another thread of this slot is using it, the thread makes a new one. The atomic exchange orders the
 * writes to the bounds of one thread before those of the next.
 *
 * <p>A view keeps the root reachable, through the cursor or at once; a cursor keeps no view. Safe for use by many threads.
 */
final class RootCursors {

    private static final int SLOTS = 16;

    /** Places of the array a slot: 128 bytes, so that no two slots share a line, nor a pair of lines fetched together. */
    private static final int SPACING = 128 / Integer.BYTES;

    private final ByteBuffer root;
    private final AtomicReferenceArray<@Nullable ByteBuffer> idle = new AtomicReferenceArray<>((SLOTS + 1) * SPACING);

    /** Makes views of this buffer, writable if it is. */
    RootCursors(ByteBuffer root) {
        this.root = root;
    }

    /** A view in native byte order; the caller has checked that it lies within the root. */
    ByteBuffer view(int position, int length) {
        int slot = slot();
        ByteBuffer kept = idle.getAndSet(slot, null);
        ByteBuffer cursor = kept == null ? root.duplicate() : kept;
        Buffer bounds = cursor; // ByteBuffer's own limit and position are missing on Android 33
        bounds.limit(position + length).position(position);
        ByteBuffer view = cursor.slice();
        idle.set(slot, cursor);
        return view.order(ByteOrder.nativeOrder());
    }

    private static int slot() {
        return ((int) Thread.currentThread().getId() % SLOTS + 1) * SPACING;
    }
}
