// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBufException;

/** The pool was closed: its memory is back with the kernel. */
public final class PoolClosedException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    PoolClosedException(String message) {
        super(message, null);
    }
}
