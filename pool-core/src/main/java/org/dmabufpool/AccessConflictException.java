// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBufException;

/** The slice has accesses open that exclude what was asked. Nothing was changed. */
public final class AccessConflictException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    AccessConflictException(String message) {
        super(message, null);
    }
}
