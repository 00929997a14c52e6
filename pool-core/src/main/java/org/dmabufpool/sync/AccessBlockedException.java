// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.DmaBufException;

/**
 * An access could not begin, because whole-buffer sync lets readers and writers in only one after the other.
 *
 * <p>Thrown when the wait was longer than the pool's access timeout, when it was interrupted (the thread's interrupt
 * flag is then set), and at once when waiting could never end because threads wait for one another.
 */
public final class AccessBlockedException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    AccessBlockedException(String message) {
        super(message, null);
    }
}
