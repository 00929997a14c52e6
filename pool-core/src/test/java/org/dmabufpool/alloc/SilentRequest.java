// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/** A request that tells nobody; {@link #part} does. */
final class SilentRequest extends QueuedRequest {

    SilentRequest(long size) {
        this(size, Kind.NONE, false);
    }

    SilentRequest(long size, int kind, boolean urgent) {
        super(size, 1, kind, urgent);
    }

    @Override
    protected void answered() {
        // Whoever wants to know asks.
    }
}
