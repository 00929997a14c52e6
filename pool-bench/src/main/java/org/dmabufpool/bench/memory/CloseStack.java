// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Closes what was pushed, the latest first; all of it, even if one of them fails. For use by one thread.
 *
 * <p>{@link #keep()} hands over: then {@link #close()} does nothing.
 */
public final class CloseStack implements AutoCloseable {

    private final Deque<Runnable> closings = new ArrayDeque<>();

    /** Has {@code closing} run at the end. */
    public void push(Runnable closing) {
        closings.push(closing);
    }

    /** Keeps open what was pushed; what closes it is the caller's from now on. */
    public Runnable keep() {
        CloseStack kept = new CloseStack();
        kept.closings.addAll(closings);
        closings.clear();
        return kept::close;
    }

    @Override
    public void close() {
        RuntimeException first = null;
        while (!closings.isEmpty()) {
            first = close(closings.pop(), first);
        }
        if (first != null) {
            throw first;
        }
    }

    private static @Nullable RuntimeException close(Runnable closing, @Nullable RuntimeException first) {
        try {
            closing.run();
            return first;
        } catch (RuntimeException failure) {
            if (first == null) {
                return failure;
            }
            first.addSuppressed(failure);
            return first;
        }
    }
}
