// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.Optional;
import org.dmabufpool.heap.DmaBufException;
import org.jspecify.annotations.Nullable;

/** A camera or its driver refused, vanished, kept silent or sent less than a frame. */
public final class CameraException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    /** The value of {@link #errno()} where no system call failed. */
    public static final int NO_ERRNO = 0;

    private final int errno;

    private final transient @Nullable CameraFrame frame;

    CameraException(String message, int errno) {
        this(message, errno, null);
    }

    CameraException(String message, int errno, @Nullable CameraFrame frame) {
        super(message, null);
        this.errno = errno;
        this.frame = frame;
    }

    /** The kernel's error number (Linux values), or {@link #NO_ERRNO}. */
    public int errno() {
        return errno;
    }

    /** The damaged frame, if one came: its buffer is the caller's again and may be queued once more. */
    public Optional<CameraFrame> frame() {
        return Optional.ofNullable(frame);
    }
}
