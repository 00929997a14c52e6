// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

/** A file is not the trace it should be. The message names the file, the line, its text, and what is wrong with it. */
public final class TraceFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    TraceFormatException(String message) {
        super(message);
    }
}
