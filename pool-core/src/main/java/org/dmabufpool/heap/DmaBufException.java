// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

import org.jspecify.annotations.Nullable;

/** The root of every exception that this library has of its own. All of them are unchecked. */
public abstract class DmaBufException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** For subclasses. */
    protected DmaBufException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
