// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;

/**
 * A heap of memory whose caches are not coherent, for tests and for machines without dma-bufs.
 *
 * <p>Each buffer takes three times its size of direct memory and may be just under 2 GiB. Safe for use by many threads.
 */
public final class ModelHeap implements Heap {

    /** Size of a page of model memory in bytes. */
    static final int PAGE = 4096;

    /** The largest buffer: whole pages that an int counts. */
    static final long LARGEST = Integer.MAX_VALUE & -PAGE;

    private final Set<SyncWay> ways;
    private final boolean endReadInvalidates;
    private final List<ModelDmaBuf> buffers = new ArrayList<>();

    /** A heap that supports every way to sync but none at all, and behaves as current arm64 kernels do. */
    public ModelHeap() {
        this(EnumSet.of(SyncWay.PARTIAL_IOCTL, SyncWay.WINDOW, SyncWay.WHOLE_BUFFER), false);
    }

    private ModelHeap(Set<SyncWay> ways, boolean endReadInvalidates) {
        this.ways = ways;
        this.endReadInvalidates = endReadInvalidates;
    }

    /** A heap that supports just these ways to sync. */
    public static ModelHeap supporting(SyncWay first, SyncWay... more) {
        return new ModelHeap(Collections.unmodifiableSet(EnumSet.of(first, more)), false);
    }

    /**
     * The same heap as arm64 kernels before 5.10.125 and 5.15.50 have it: END READ invalidates, where newer kernels
     * clean (arch/arm64/mm/dma-mapping.c, arch_sync_dma_for_device).
     */
    public ModelHeap withOldArm64() {
        return new ModelHeap(ways, true);
    }

    @Override
    public String name() {
        return "model";
    }

    @Override
    public synchronized DmaBuf allocate(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a buffer has at least 1 byte: bytes=" + bytes);
        }
        if (bytes > LARGEST) {
            throw new HeapException(
                    "model: a buffer has at most " + LARGEST + " bytes: bytes=" + bytes + ". Use a memfd heap for more",
                    HeapException.NO_ERRNO);
        }
        int size = (int) ((bytes + PAGE - 1) & -PAGE);
        ModelDmaBuf buffer =
                new ModelDmaBuf("model buffer " + buffers.size(), memory(size), size, ways, endReadInvalidates);
        buffers.add(buffer);
        return buffer;
    }

    /**
     * A device that sees the buffer allocated last.
     *
     * @throws IllegalStateException if none was allocated yet
     */
    public synchronized ModelDevice device() {
        if (buffers.isEmpty()) {
            throw new IllegalStateException("no buffer was allocated from this model heap yet: build the pool first");
        }
        return new ModelDevice(buffers.get(buffers.size() - 1));
    }

    /** What went wrong so far in all buffers of this heap, the first 1000 of each. Empty is good. */
    public synchronized List<Violation> violations() {
        List<Violation> all = new ArrayList<>();
        buffers.forEach(buffer -> all.addAll(buffer.memory().violations()));
        return all;
    }

    private static CachedMemory memory(int size) {
        try {
            return new CachedMemory(size);
        } catch (OutOfMemoryError e) {
            throw new HeapException(
                    "model: no direct memory for 3 x " + size + " bytes: raise -XX:MaxDirectMemorySize or ask for less",
                    HeapException.NO_ERRNO,
                    e);
        }
    }
}
