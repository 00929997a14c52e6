// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.ByteBuffer;

/** Memory that CPU and devices see alike: uncached, or behind caches that the hardware keeps coherent. */
final class CoherentMemory implements ModelMemory {

    private final ByteBuffer bytes;

    CoherentMemory(int size) {
        bytes = ModelMemory.zeros(size);
    }

    @Override
    public void peek(int offset, byte[] into) {
        cpuView(offset, into.length).get(into);
    }

    @Override
    public ByteBuffer cpuView(int offset, int length) {
        return ModelMemory.part(bytes, offset, length);
    }

    @Override
    public void deviceWrite(int offset, ByteBuffer source, boolean coherent, Object what) {
        cpuView(offset, source.remaining()).put(source);
    }

    @Override
    public void deviceRead(int offset, ByteBuffer target, boolean coherent, Object what) {
        target.put(cpuView(offset, target.remaining()));
    }

    @Override
    public void clean(Range range, Object what) {}

    @Override
    public void invalidate(Range range, Object what) {}

    @Override
    public void startWrite(Range range) {}

    @Override
    public void checkRead(Range range, Object what) {}

    @Override
    public void checkUnwritten(Range range, Object what) {}

    @Override
    public void checkClean(Range range, Object what) {}

    @Override
    public void forgetDeviceWrites(Range range) {}

    @Override
    public void evict(int line) {}

    @Override
    public void refetch(int line) {}
}
