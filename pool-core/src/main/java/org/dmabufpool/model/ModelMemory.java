// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes of a model buffer as the CPU and devices see them. Its monitor guards the buffer's whole state. */
interface ModelMemory {

    /** What devices see, looked at by nobody. */
    void peek(int offset, byte[] into);

    /** The CPU's side of a part. */
    ByteBuffer cpuView(int offset, int length);

    /** Writes back the dirty lines of a range. */
    void clean(Range range, Object what);

    /** Drops the lines of a range: the CPU's next look fetches them anew. */
    void invalidate(Range range, Object what);

    /** The CPU is about to write the range and promises to look at nothing there. */
    void startWrite(Range range);

    /** Reports what a device changed in a range that the CPU had open for reading. */
    void checkRead(Range range, Object what);

    /** Reports what the CPU wrote in a range that it had open for reading only. */
    void checkUnwritten(Range range, Object what);

    /** Reports what the CPU wrote in a range and nobody cleaned. */
    void checkClean(Range range, Object what);

    /** What devices wrote in the range concerns nobody any more. */
    void forgetDeviceWrites(Range range);

    /** A device writes by DMA; a coherent one tells the cache. */
    void deviceWrite(int offset, ByteBuffer source, boolean coherent, Object what);

    /** A device reads by DMA; a coherent one asks the cache. */
    void deviceRead(int offset, ByteBuffer target, boolean coherent, Object what);

    /** The cache needs the room: a dirty line is written back, and the line is gone. */
    void evict(int line);

    /** The CPU guesses and fetches a line that is not in the cache. */
    void refetch(int line);

    /** A part of a buffer, in native byte order. */
    static ByteBuffer part(ByteBuffer whole, int offset, int length) {
        ByteBuffer copy = whole.duplicate();
        // Android's ByteBuffer inherits these two before API 34, so they are called as Buffer's.
        ((Buffer) copy).limit(offset + length);
        ((Buffer) copy).position(offset);
        return copy.slice().order(ByteOrder.nativeOrder());
    }

    /** Direct memory of zeros, in native byte order. */
    static ByteBuffer zeros(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
