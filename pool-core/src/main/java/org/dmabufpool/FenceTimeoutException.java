// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBufException;

/** A device did not finish with the memory in time. The access has not begun; nothing was changed. */
public final class FenceTimeoutException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    FenceTimeoutException(String message) {
        super(message, null);
    }
}
