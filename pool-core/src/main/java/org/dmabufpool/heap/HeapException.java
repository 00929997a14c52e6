// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

import org.jspecify.annotations.Nullable;

/** A kernel or a heap refused. The message names the call, the device, the error and what to do. */
public final class HeapException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    /** The value of {@link #errno()} where no system call was involved. */
    public static final int NO_ERRNO = 0;

    private final int errno;

    /**
     * A refusal by a system call.
     *
     * @param message call, device, error and remedy, for people
     * @param errno the kernel's error number, above 0, or {@link #NO_ERRNO}
     */
    public HeapException(String message, int errno) {
        this(message, errno, null);
    }

    /** A refusal with a cause. */
    public HeapException(String message, int errno, @Nullable Throwable cause) {
        super(message, cause);
        this.errno = errno;
    }

    /** The kernel's error number (Linux values), or {@link #NO_ERRNO}. */
    public int errno() {
        return errno;
    }
}
