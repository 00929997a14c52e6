// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;

/**
 * A heap of memory whose caches are not coherent, for tests and for machines without dma-bufs.
 *
 * <p>Build a pool over it, let {@link #device devices} stand for camera and encoder, and look at {@link #violations()}:
 * they name the access, the line, and where slice and access came from.
 *
 * <p>Each buffer takes three times its size of direct memory and an eighth of heap, and may be just under 2 GiB. Safe for use by many threads.
 */
public final class ModelHeap implements Heap {

    /** Size of a page of model memory in bytes. */
    static final int PAGE = 4096;

    /** The largest buffer: whole pages that an int counts. */
    static final long LARGEST = Integer.MAX_VALUE & -PAGE;

    private final ModelSettings settings;
    /** Numbers of fences begin here, beyond any descriptor. */
    private static final int FIRST_FENCE = 1_000_000;

    private final List<ModelDmaBuf> buffers = new ArrayList<>();
    private final List<ModelFence> fences = new ArrayList<>();

    /** A heap with the partial ioctl, windows and whole-buffer sync, that behaves as current arm64 kernels do. */
    public ModelHeap() {
        this(ModelSettings.of(EnumSet.of(SyncWay.PARTIAL, SyncWay.WINDOW, SyncWay.WHOLE)));
    }

    private ModelHeap(ModelSettings settings) {
        this.settings = settings;
    }

    /** A heap that supports just these ways to sync. With {@link SyncWay#NONE} among them it is {@link #coherent}. */
    public static ModelHeap supporting(SyncWay first, SyncWay... more) {
        return new ModelHeap(ModelSettings.of(EnumSet.of(first, more)));
    }

    /** A heap whose caches the hardware keeps coherent with every device: no sync is needed, and any way works. */
    public static ModelHeap coherent() {
        return new ModelHeap(ModelSettings.of(EnumSet.allOf(SyncWay.class)));
    }

    /** A heap that the CPU does not cache, as {@code system-uncached}: no sync is needed, and any way works. */
    public static ModelHeap uncached() {
        return new ModelHeap(ModelSettings.of(EnumSet.allOf(SyncWay.class)));
    }

    /**
     * The same heap as arm64 kernels before 5.10.125 and 5.15.50 have it: END READ invalidates, where newer kernels
     * clean (arch/arm64/mm/dma-mapping.c, arch_sync_dma_for_device).
     */
    public ModelHeap withOldArm64() {
        return new ModelHeap(settings.withOldArm64());
    }

    /**
     * The same heap with a partial ioctl that takes ranges which begin or end inside a line, as Rockchip's 6.x kernels
     * have it: such edge lines are cleaned and invalidated.
     */
    public ModelHeap withUnalignedRanges() {
        return new ModelHeap(settings.withUnalignedRanges());
    }

    /**
     * The same heap under pressure: with each call that reaches it, some lines are evicted and some fetched unasked, as
     * caches may at any moment.
     *
     * @param seed what the choice of lines is drawn from: the same calls with the same seed meet the same cache
     */
    public ModelHeap withSeed(long seed) {
        return new ModelHeap(settings.withSeed(seed));
    }

    /** The same heap, whose windows have descriptors: numbers that no kernel knows, for code that hands them on. */
    public ModelHeap withDescriptors() {
        return new ModelHeap(settings.withDescriptors());
    }

    /**
     * The same heap, whose windows are synced when they are closed, as udmabuf has it up to Linux 6.12 with bounced DMA: old
     * bytes are written over whatever the memory holds by then.
     */
    public ModelHeap withWindowsThatSyncOnClose() {
        return new ModelHeap(settings.withWindowsThatSyncOnClose());
    }

    /** A fence of some device, pending. */
    public synchronized ModelFence fence() {
        ModelFence fence = new ModelFence(FIRST_FENCE + fences.size());
        fences.add(fence);
        return fence;
    }

    /** The fence with a number that {@link ModelFence#fd} gave. */
    synchronized ModelFence fence(int fd) {
        int index = fd - FIRST_FENCE;
        if (index < 0 || index >= fences.size()) {
            throw new IllegalArgumentException("fd " + fd + " is no fence of this model heap: take ModelHeap.fence()");
        }
        return fences.get(index);
    }

    /** Loans that have not ended, of all buffers that are open, for people. */
    public synchronized List<String> openLoans() {
        List<String> all = new ArrayList<>();
        buffers.stream().filter(buffer -> !buffer.isClosed()).forEach(buffer -> all.addAll(buffer.openLoans()));
        return all;
    }

    /** The seed given, or 0. */
    public long seed() {
        return settings.seed();
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
        ModelDmaBuf buffer = buffer((int) ((bytes + PAGE - 1) & -PAGE));
        buffers.add(buffer);
        return buffer;
    }

    /**
     * A device that sees this heap's buffer.
     *
     * @throws IllegalStateException if none was allocated yet, or several are open: {@link #device(String, int)} says which
     */
    public ModelDevice device() {
        return device("device");
    }

    /**
     * A device with a name of its own, that sees this heap's buffer.
     *
     * @param name what reports call it
     * @throws IllegalStateException if no buffer was allocated yet, or several are open
     */
    public synchronized ModelDevice device(String name) {
        return new ModelDevice(onlyBuffer(), name, false);
    }

    /**
     * A device that sees one of several buffers.
     *
     * @param name what reports call it
     * @param buffer the buffer, counted from 0 in the order in which pools were built over this heap
     * @throws IndexOutOfBoundsException if so many were not allocated
     */
    public synchronized ModelDevice device(String name, int buffer) {
        return new ModelDevice(buffers.get(buffer), name, false);
    }

    /**
     * A device that snoops the CPU's cache, and sees this heap's buffer.
     *
     * @param name what reports call it
     * @throws IllegalStateException if no buffer was allocated yet, or several are open
     */
    public synchronized ModelDevice coherentDevice(String name) {
        return new ModelDevice(onlyBuffer(), name, true);
    }

    /** What went wrong so far in all buffers of this heap, the first 1000 of each. Empty is good. */
    public synchronized List<Violation> violations() {
        List<Violation> all = new ArrayList<>();
        buffers.forEach(buffer -> all.addAll(buffer.violations()));
        return all;
    }

    /** Bytes that sync calls named so far, over all buffers. */
    public synchronized long bytesSynced() {
        return buffers.stream().mapToLong(ModelDmaBuf::bytesSynced).sum();
    }

    /** Bytes that sync calls had to name: the lines of every access, at its START and at its END. */
    public synchronized long bytesNeeded() {
        return buffers.stream().mapToLong(ModelDmaBuf::bytesNeeded).sum();
    }

    /** Some lines are evicted and some fetched, now; which ones, the seed says. Nothing happens without a seed. */
    public synchronized void disturb() {
        buffers.forEach(ModelDmaBuf::disturb);
    }

    /** Every line is evicted now, the dirty ones written back: the worst moment, on demand. */
    public synchronized void evictAll() {
        buffers.forEach(ModelDmaBuf::evictAll);
    }

    /** The one that is open, or else the latest. */
    private ModelDmaBuf onlyBuffer() {
        if (buffers.isEmpty()) {
            throw new IllegalStateException("no buffer was allocated from this model heap yet: build the pool first");
        }
        List<ModelDmaBuf> open =
                buffers.stream().filter(buffer -> !buffer.isClosed()).collect(Collectors.toList());
        if (open.size() > 1) {
            throw new IllegalStateException("this model heap has " + open.size()
                    + " open buffers: say which one the device sees, with device(name, number)");
        }
        return open.isEmpty() ? buffers.get(buffers.size() - 1) : open.get(0);
    }

    private ModelDmaBuf buffer(int size) {
        try {
            return new ModelDmaBuf(
                    this, "model buffer " + buffers.size(), size, settings, settings.seed() + buffers.size());
        } catch (OutOfMemoryError e) {
            throw new HeapException(
                    "model: no direct memory for 3 x " + size + " bytes: raise -XX:MaxDirectMemorySize or ask for less",
                    HeapException.NO_ERRNO,
                    e);
        }
    }
}
