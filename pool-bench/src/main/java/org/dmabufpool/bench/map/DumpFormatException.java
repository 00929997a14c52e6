// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

/** A file is not the dump it should be. The message names the file, the place, what stands there, and what to do. */
public final class DumpFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    DumpFormatException(String message) {
        super(message);
    }
}
