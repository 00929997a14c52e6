// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBufException;

/** The pool was closed while slices were open. They are named; the memory is back with the kernel all the same. */
public final class OpenSlicesException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    OpenSlicesException(String message) {
        super(message, null);
    }
}
