// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What has been opened so far while something bigger is being built: closed again, newest first, unless the building
 * succeeds. Not safe for use by many threads.
 */
final class Rollback implements AutoCloseable {

    private final Deque<Closing> opened = new ArrayDeque<>();

    /** A close that throws no checked exception. */
    interface Closing extends AutoCloseable {
        @Override
        void close();
    }

    /** Remembers one that is open. */
    void add(Closing closing) {
        opened.push(closing);
    }

    /** Says that the building succeeded: what was opened belongs to {@code result} now. */
    <T> T keep(T result) {
        opened.clear();
        return result;
    }

    /** Closes all, whatever fails, an {@link Error} too; the first failure is thrown and carries the others. */
    @Override
    public void close() {
        Throwable first = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException | Error failure) {
                first = join(first, failure);
            }
        }
        if (first instanceof Error) {
            throw (Error) first;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
    }

    private static Throwable join(@Nullable Throwable first, Throwable failure) {
        if (first == null) {
            return failure;
        }
        if (first != failure) { // the virtual machine throws some errors again, and none may suppress itself
            first.addSuppressed(failure);
        }
        return first;
    }
}
