// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBufException;

/** The slice was released: its memory may belong to somebody else by now. */
public final class SliceReleasedException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    SliceReleasedException(String message) {
        super(message, null);
    }
}
