// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.DmaBufException;

/** A loan was used after it had ended, or ended twice. Nothing was changed. */
public final class LoanEndedException extends DmaBufException {

    private static final long serialVersionUID = 1L;

    LoanEndedException(String message) {
        super(message, null);
    }
}
