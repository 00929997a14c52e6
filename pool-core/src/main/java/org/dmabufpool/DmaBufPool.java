// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.DmaBufException;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;
import org.dmabufpool.sync.SyncPlanner;
import org.dmabufpool.sync.SyncTotals;
import org.jspecify.annotations.Nullable;

/**
 * One large dma-buf, taken from the kernel once and handed out in slices.
 *
 * <pre>{@code
 * try (DmaBufPool pool = DmaBufPool.builder().heap(heap).capacity(256L << 20).build();
 *         Slice slice = pool.allocate(bytes)) {
 *     try (CpuAccess access = slice.write()) {
 *         access.buffer().put(pixels);
 *     }
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. The memory of a slice is not cleared between owners.
 *
 * <h2>Implementation note</h2>
 *
 * <p><b>Concurrency:</b> one lock guards the allocator, the list of open slices and the counters, so that a snapshot of
 * statistics is one moment. No system call is made under it, save at close.
 *
 * <p><b>Waiting:</b> releases wake all who wait for space, since what came free may serve any of them.
 */
public final class DmaBufPool implements AutoCloseable {

    private final String name;
    private final DmaBuf buffer;
    private final SyncPlanner planner;
    private final long granule;
    private final SliceOwner owner;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition spaceReturned = lock.newCondition();

    private final OffsetAllocator allocator;
    private final TraceWriter trace;
    private final OpenSlices openSlices = new OpenSlices();
    private long peakUsedBytes;
    private long allocations;
    private long releases;
    private long exhausted;
    private long fragmented;
    private long invalid;
    private long quarantinedBytes;
    private volatile boolean closed;

    private DmaBufPool(Builder builder, DmaBuf buffer) {
        this.name = builder.name;
        this.buffer = buffer;
        this.planner = SyncPlanner.choose(buffer, builder.sync, builder.accessTimeout);
        this.granule = Math.max(builder.alignment, planner.granule());
        this.owner = new Owner(buffer, planner);
        this.allocator = AllocatorLayout.of(buffer.size(), granule, Math.max(granule, buffer.pageSize()))
                .create();
        this.trace = builder.trace == null ? TraceWriter.NONE : TraceWriter.to(builder.trace, name, buffer.size());
    }

    /** Begins to describe a pool. */
    public static Builder builder() {
        return new Builder();
    }

    /** The name the user gave, for messages and metrics. */
    public String name() {
        return name;
    }

    /** Size of the dma-buf in bytes: the capacity asked for, rounded up to whole pages. */
    public long capacity() {
        return buffer.size();
    }

    /** What offsets and reserved lengths of all slices are multiples of, in bytes. */
    public long alignment() {
        return granule;
    }

    /**
     * Hands out a slice of so many bytes, at once.
     *
     * @throws PoolExhaustedException if no free part fits
     * @throws IllegalArgumentException if {@code bytes} is below 1 or above the capacity
     * @throws PoolClosedException if the pool was closed
     */
    public Slice allocate(long bytes) {
        return allocate(SliceRequest.of(bytes));
    }

    /**
     * Hands out a slice, at once.
     *
     * @throws PoolExhaustedException if no free part fits
     * @throws IllegalArgumentException if length or alignment cannot be had from this pool, ever
     * @throws PoolClosedException if the pool was closed
     */
    public Slice allocate(SliceRequest request) {
        lock.lock();
        try {
            Slice slice = reserve(request);
            if (slice == null) {
                throw exhausted(request, "no free part fits");
            }
            return slice;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #allocate(long)}, but empty where no free part fits. */
    public Optional<Slice> tryAllocate(long bytes) {
        return tryAllocate(SliceRequest.of(bytes));
    }

    /** As {@link #allocate(SliceRequest)}, but empty where no free part fits. */
    public Optional<Slice> tryAllocate(SliceRequest request) {
        lock.lock();
        try {
            Slice slice = reserve(request);
            if (slice == null) {
                countFailure(request);
            }
            return Optional.ofNullable(slice);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #allocate(SliceRequest, Duration)}, for so many bytes. */
    public Slice allocate(long bytes, Duration timeout) {
        return allocate(SliceRequest.of(bytes), timeout);
    }

    /**
     * Hands out a slice, waiting for others to be released if need be.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @throws PoolExhaustedException if no free part fitted in time, or the thread was interrupted while it waited (its
     *     interrupt flag is set then)
     * @throws IllegalArgumentException if length or alignment cannot be had from this pool, ever
     * @throws PoolClosedException if the pool was closed, before or meanwhile
     */
    public Slice allocate(SliceRequest request, Duration timeout) {
        long nanosLeft = Durations.saturatedNanos(timeout);
        lock.lock();
        try {
            Slice slice = reserve(request);
            while (slice == null) {
                if (nanosLeft <= 0) {
                    throw exhausted(request, "no free part fits, after a wait of " + timeout.toMillis() + " ms");
                }
                nanosLeft = spaceReturned.awaitNanos(nanosLeft);
                slice = reserve(request);
            }
            return slice;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw exhausted(request, "interrupted while waiting for a free part");
        } finally {
            lock.unlock();
        }
    }

    /** What the pool looks like now. */
    public PoolStatistics statistics() {
        lock.lock();
        try {
            SyncSupport choice = planner.choice();
            SyncTotals sync = planner.totals();
            return new PoolStatistics(
                    name,
                    capacity(),
                    allocator.usedBytes(),
                    openSlices.requestedBytes(),
                    peakUsedBytes,
                    allocator.largestFree(),
                    quarantinedBytes,
                    openSlices.count(),
                    allocations,
                    exhausted,
                    fragmented,
                    invalid,
                    releases,
                    choice.way(),
                    choice.reason(),
                    sync.calls(),
                    sync.bytesAsked(),
                    sync.bytesSynced(),
                    sync.bytesWholeBuffer(),
                    buffer.restarts(),
                    planner.openWindows());
        } finally {
            lock.unlock();
        }
    }

    /** Whether the memory is back with the kernel. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Gives the memory back to the kernel at once, whoever still holds slices. Views that are still about stay harmless:
     * they show memory that nobody else sees. Whoever waits for space gets a {@link PoolClosedException}. A second call
     * does nothing.
     *
     * @throws OpenSlicesException if slices were open: the pool is closed all the same, and they are named
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            spaceReturned.signalAll();
            giveMemoryBack();
            if (openSlices.count() > 0) {
                throw new OpenSlicesException("pool '" + name + "' was closed with " + openSlices.count()
                        + " slices open; its memory is back with the kernel:" + openSlices.describe()
                        + "\nClose slices before their pool, such as by try-with-resources");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Threads that wait for space now; for tests. */
    int waiters() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(spaceReturned);
        } finally {
            lock.unlock();
        }
    }

    private void giveMemoryBack() {
        try {
            planner.close();
        } finally {
            buffer.close();
        }
    }

    /** The one place where space is taken. The lock is held. */
    private @Nullable Slice reserve(SliceRequest request) {
        if (closed) {
            throw new PoolClosedException("pool '" + name + "' was closed: build a new one");
        }
        checkRequest(request);
        long offset = allocator.allocate(request.bytes(), Math.max(request.alignment(), granule));
        if (offset == OffsetAllocator.NO_SPACE) {
            return null;
        }
        Slice slice = new Slice(owner, offset, allocator.reservedAt(offset), request);
        trace.allocated(offset, request.bytes(), request.alignment());
        openSlices.add(slice);
        buffer.listener().allocated(offset, slice.reservedLength(), request.tag());
        allocations++;
        peakUsedBytes = Math.max(peakUsedBytes, allocator.usedBytes());
        return slice;
    }

    private void checkRequest(SliceRequest request) {
        if (request.bytes() < 1 || request.bytes() > capacity() || request.alignment() > capacity()) {
            invalid++;
            throw new IllegalArgumentException("a slice of pool '" + name + "' has 1 to " + capacity()
                    + " bytes and at most that alignment: bytes=" + request.bytes() + ", alignment="
                    + request.alignment() + ", tag='" + request.tag() + "'");
        }
    }

    private void countFailure(SliceRequest request) {
        if (allocator.freeBytes() >= request.bytes()) {
            fragmented++;
        } else {
            exhausted++;
        }
    }

    private PoolExhaustedException exhausted(SliceRequest request, String what) {
        countFailure(request);
        long free = allocator.freeBytes();
        long largest = allocator.largestFree();
        String remedy = free >= request.bytes()
                ? "Enough is free, but not in one piece: release neighbours, ask for less, or for less alignment"
                : "Release slices, wait with allocate(bytes, Duration), or build a pool with more capacity";
        return new PoolExhaustedException(
                what + ": pool '" + name + "', requested=" + request.bytes() + " bytes (tag '" + request.tag()
                        + "', alignment " + Math.max(request.alignment(), granule) + "), free=" + free
                        + ", largest free=" + largest + ", capacity=" + capacity() + "; held by "
                        + openSlices.topHolders() + ". " + remedy,
                request.bytes(),
                free,
                largest);
    }

    /** Where slices come home. */
    private final class Owner extends SliceOwner {

        Owner(DmaBuf buffer, SyncPlanner planner) {
            super(buffer, planner);
        }

        @Override
        boolean isClosed() {
            return closed;
        }

        @Override
        String poolName() {
            return name;
        }

        @Override
        void release(Slice slice) {
            Window window = slice.takeBackWindow();
            RuntimeException dirty = slice.isUnclean() ? cleanAgain(slice, window) : null;
            takeBack(slice, dirty == null);
            if (window != null) {
                planner.giveBackWindow(window);
            }
            if (dirty != null) {
                throw dirty;
            }
        }

        /** What the CPU wrote must not be evicted over a later owner's bytes. */
        private @Nullable RuntimeException cleanAgain(Slice slice, @Nullable Window window) {
            try {
                planner.clean(slice.offset(), slice.reservedLength(), window);
                return null;
            } catch (DmaBufException e) {
                return new HeapException(
                        slice + " holds dirty cache lines that the kernel refuses to clean; its bytes are kept out of"
                                + " circulation: " + e.getMessage(),
                        HeapException.NO_ERRNO,
                        e);
            }
        }

        private void takeBack(Slice slice, boolean clean) {
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                openSlices.remove(slice);
                releases++;
                if (clean) {
                    trace.released(slice.offset());
                    buffer.listener().released(slice.offset(), slice.reservedLength());
                    allocator.free(slice.offset());
                    spaceReturned.signalAll();
                } else {
                    quarantinedBytes += slice.reservedLength();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Describes a pool. Not safe for use by many threads; may be used again for another pool.
     *
     * <p>Capacity and heap must be set; all else has a default.
     */
    public static final class Builder {

        private static final Duration DEFAULT_ACCESS_TIMEOUT = Duration.ofSeconds(10);

        private String name = "dmabuf";
        private long capacity;
        private @Nullable Heap heap;
        private long alignment = SyncPlanner.CACHE_LINE;
        private @Nullable SyncWay sync;
        private Duration accessTimeout = DEFAULT_ACCESS_TIMEOUT;
        private @Nullable Appendable trace;

        private Builder() {}

        /** A name for messages and metrics. Default: {@code dmabuf}. */
        public Builder name(String newName) {
            name = Objects.requireNonNull(newName, "name");
            return this;
        }

        /** Size of the dma-buf in bytes, above 0; rounded up to whole pages. */
        public Builder capacity(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("capacity must be at least 1 byte: capacity=" + bytes);
            }
            capacity = bytes;
            return this;
        }

        /** Where the dma-buf comes from. */
        public Builder heap(Heap newHeap) {
            heap = Objects.requireNonNull(newHeap, "heap");
            return this;
        }

        /**
         * What every slice begins and ends on, in bytes: a power of two. Default, and least: 128, the largest cache line
         * of an ARMv8 core. Heaps with windows raise it to the page.
         */
        public Builder alignment(long bytes) {
            if (bytes < SyncPlanner.CACHE_LINE || Long.bitCount(bytes) != 1) {
                throw new IllegalArgumentException("alignment must be a power of two of at least "
                        + SyncPlanner.CACHE_LINE + ", the cache line: alignment=" + bytes);
            }
            alignment = bytes;
            return this;
        }

        /**
         * The way to sync. Default: the narrowest that the heap's dma-buf supports. {@link SyncWay#NONE} declares that
         * CPU and devices are coherent here, which the pool cannot check.
         */
        public Builder sync(SyncWay way) {
            sync = Objects.requireNonNull(way, "way");
            return this;
        }

        /** How long an access may wait for others that it excludes under whole-buffer sync. Default: 10 s. */
        public Builder accessTimeout(Duration timeout) {
            if (timeout.isNegative()) {
                throw new IllegalArgumentException("accessTimeout must not be negative: accessTimeout=" + timeout);
            }
            accessTimeout = timeout;
            return this;
        }

        /**
         * Records what the pool is asked for, as text that {@code replay} reads: {@code a,<id>,<bytes>[,<alignment>]} for
         * a slice handed out, {@code f,<id>} for one released, {@code #} before a comment. Requests that failed are not
         * recorded. Default: nothing is recorded.
         *
         * <p>The place is written to while the pool's lock is held, and stays the caller's to flush and close. If it
         * throws, recording ends and the pool goes on; the log says so once.
         */
        public Builder trace(Appendable out) {
            trace = Objects.requireNonNull(out, "out");
            return this;
        }

        /**
         * Takes the dma-buf from the heap.
         *
         * @throws IllegalStateException if heap or capacity was not set
         * @throws IllegalArgumentException if the way to sync that was asked for is not supported
         * @throws org.dmabufpool.heap.HeapException if the kernel refuses
         */
        public DmaBufPool build() {
            if (heap == null || capacity == 0) {
                throw new IllegalStateException(
                        "a pool needs a heap and a capacity: heap=" + (heap == null ? "not set" : heap.name())
                                + ", capacity=" + (capacity == 0 ? "not set" : capacity));
            }
            DmaBuf buffer = heap.allocate(capacity);
            boolean built = false;
            try {
                DmaBufPool pool = new DmaBufPool(this, buffer);
                built = true;
                return pool;
            } finally {
                if (!built) {
                    buffer.close();
                }
            }
        }
    }
}
