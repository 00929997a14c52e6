// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.Arrays;

/** A lane's handles, one a slot. */
final class Slots {

    /** No part: no allocator has such an offset, handle or address. */
    static final long EMPTY = -1;

    private Slots() {}

    static long[] empty(int count) {
        long[] handles = new long[count];
        Arrays.fill(handles, EMPTY);
        return handles;
    }
}
