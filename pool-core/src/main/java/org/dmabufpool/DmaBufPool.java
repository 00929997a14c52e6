// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.Budget;
import org.dmabufpool.alloc.Placement;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.sync.SyncPlanner;
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
 * <p>A call that fails for want of memory ({@link OutOfMemoryError}) leaves the pool as it was, or has ended what it was to end:
 * a close gives the place back later by itself. For want of stack it need not: a call needs 4 KiB of stack by interpreted code,
 * and where a {@link StackOverflowError} strikes within those, the pool's figures may be wrong from then on. Make a pool anew
 * after it.
 *
 * <h2>Implementation note</h2>
 *
 * <p>The pool builds, waits and closes; slices begin and end in {@link SliceStore}.
 */
public final class DmaBufPool implements AutoCloseable {

    private final String name;
    private final DmaBuf buffer;
    private final SyncPlanner planner;
    private final long granule;
    private final SliceStore store;
    private final SliceHandles handles;
    private final DroppedPool dropped;

    private DmaBufPool(Builder builder, DmaBuf buffer) {
        this.name = builder.name;
        this.buffer = buffer;
        PoolObservers observers = new PoolObservers(builder.observers);
        this.planner = SyncPlanner.choose(
                buffer, builder.sync, builder.accessTimeout, builder.statistics, observers.ofSync(name));
        this.granule = Math.max(builder.alignment, planner.granule());
        Budgets budgets = new Budgets(builder.budgets);
        AllocatorLayout layout = AllocatorLayout.of(buffer.size(), granule, Math.max(granule, buffer.pageSize()))
                .withPlacement(builder.placement)
                .withBudgets(budgets.inOrder());
        PoolCore core = new PoolCore(
                name,
                buffer,
                planner,
                builder.plan == null ? layout.createShared() : layout.createShared(builder.plan.places()),
                observers,
                builder.statistics,
                builder.trace == null ? TraceWriter.NONE : TraceWriter.to(builder.trace, name, buffer.size()));
        Loans.Fences fences = new Loans.Fences();
        SliceStore.Rules rules = new SliceStore.Rules(builder.leakPolicy, fences, budgets, builder.plan);
        this.store = new SliceStore(core, granule, rules);
        this.handles = new SliceHandles(store);
        this.dropped = DroppedPool.watch(store, name, buffer, planner, fences);
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
        return sliceOf(store.allocate(bytes, 0, ""), bytes, 0, "");
    }

    /**
     * Hands out a slice, at once.
     *
     * @throws PoolExhaustedException if no free part fits
     * @throws IllegalArgumentException if this pool can never serve such a length or alignment
     * @throws PoolClosedException if the pool was closed
     */
    public Slice allocate(SliceRequest request) {
        return sliceOf(store.allocate(request), request.bytes(), request.alignment(), request.tag());
    }

    private Slice sliceOf(long handle, long bytes, long alignment, String tag) {
        if (handle < 0) {
            throw store.exhausted(bytes, alignment, tag, "no free place fits");
        }
        return store.slice(handle, bytes, tag);
    }

    /** As {@link #allocate(long)}, but empty where no free part fits. */
    public Optional<Slice> tryAllocate(long bytes) {
        return tryAllocate(SliceRequest.of(bytes));
    }

    /** As {@link #allocate(SliceRequest)}, but empty where no free part fits. */
    public Optional<Slice> tryAllocate(SliceRequest request) {
        long handle = store.allocate(request);
        return handle < 0 ? Optional.empty() : handedOut(store.slice(handle, request.bytes(), request.tag()));
    }

    /** The slice, which is closed again if there is no memory for what it is handed out in. */
    private static Optional<Slice> handedOut(Slice slice) {
        boolean made = false;
        try {
            Optional<Slice> given = Optional.of(slice);
            made = true;
            return given;
        } finally {
            if (!made) {
                slice.close();
            }
        }
    }

    /** As {@link #allocate(SliceRequest, Duration)}, for so many bytes. */
    public Slice allocate(long bytes, Duration timeout) {
        return allocate(SliceRequest.of(bytes), timeout);
    }

    /**
     * Hands out a slice, waiting for others to be released if need be. First come, first served, the urgent ones ahead:
     *
     * <ul>
     *   <li>For the first that waits, a range of the pool is held: what is free there, or comes free, is handed out to nobody
     *       else until the request fits. So it is served when those slices are released that lie in this range.
     *   <li>Others, whether they wait or not, are served at once from what is free elsewhere.
     *   <li>Whoever releases wakes the threads that it serves, and no others.
     * </ul>
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @throws PoolExhaustedException if no free part fitted in time, or the thread was interrupted while it waited (its
     *     interrupt flag is set then)
     * @throws IllegalArgumentException if this pool can never serve such a length or alignment
     * @throws PoolClosedException if the pool was closed, before or meanwhile
     */
    public Slice allocate(SliceRequest request, Duration timeout) {
        long handle = store.allocate(
                request.bytes(),
                request.alignment(),
                request.tag(),
                request.isUrgent(),
                Durations.saturatedNanos(timeout));
        return store.slice(handle, request.bytes(), request.tag());
    }

    /** As {@link #allocateAsync(SliceRequest, Duration, Executor)}, with the common pool of the JDK for an executor. */
    public CompletableFuture<Slice> allocateAsync(SliceRequest request, Duration timeout) {
        return allocateAsync(request, timeout, ForkJoinPool.commonPool());
    }

    /**
     * Asks for a slice without waiting for it: the answer is complete at once if a free part fits; else the request waits as that
     * of {@link #allocate(SliceRequest, Duration)}, but no thread does. The answer fails with
     *
     * <ul>
     *   <li>{@link PoolExhaustedException} if no free part fitted in time,
     *   <li>{@link PoolClosedException} if the pool was closed meanwhile.
     * </ul>
     *
     * <p>Whoever does not want the slice any more cancels the answer: then the request is forgotten, or the slice is closed.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @param executor completes the answer, and so runs what depends on it. If it refuses, the thread does that released
     *     the space
     * @throws IllegalArgumentException if this pool can never serve such a length or alignment
     * @throws PoolClosedException if the pool is closed
     */
    public CompletableFuture<Slice> allocateAsync(SliceRequest request, Duration timeout, Executor executor) {
        return store.allocateAsync(
                request, Durations.saturatedNanos(timeout), Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Opens several slices to the CPU in one bracket, such as one to be read and one to be written:
     *
     * <pre>{@code
     * try (AccessSet set = pool.access(AccessRequest.read(raw), AccessRequest.write(picture))) {
     *     develop(set.buffer(raw), set.buffer(picture));
     * }
     * }</pre>
     *
     * <p>Where the pool is synced as a whole buffer, this is the only way to read one slice and write another at once. All
     * are opened, or none.
     *
     * @throws IllegalArgumentException if no slice is named, or one of another pool
     * @throws AccessConflictException if an access or a loan is open that excludes one of these
     * @throws SliceReleasedException if an owner has closed
     * @throws PoolClosedException if the pool was closed
     * @throws org.dmabufpool.sync.AccessBlockedException if other accesses did not end in time, or are this thread's own
     * @throws org.dmabufpool.heap.HeapException if the kernel refuses
     */
    public AccessSet access(AccessRequest... requests) {
        return AccessSet.open(store, requests.clone());
    }

    /** The same pool for the frame loop: handles instead of objects. The same answer every time. */
    public SliceHandles handles() {
        return handles;
    }

    /**
     * The descriptor of the pool's dma-buf, for those who manage devices themselves. It stays the pool's, and is good until
     * the pool is closed. <strong>Unguarded:</strong> who has it reaches every slice, and the pool does not know what a
     * device does with it; lend slices to have it known.
     *
     * @throws UnsupportedOperationException if no descriptor shares the whole buffer: use windows
     * @throws PoolClosedException if the pool was closed
     */
    public int fd() {
        store.core().checkPoolOpen();
        int fd = whileOpen(buffer::fd);
        if (fd < 0) {
            throw new UnsupportedOperationException("no descriptor shares all of " + buffer.name()
                    + ": lend slices and give devices their windows, Loan.window()");
        }
        return fd;
    }

    /**
     * Address of the pool's first byte in this process, for native code that registers the memory once: a slice lies at
     * address + offset. Good until the pool is closed. <strong>Unguarded</strong>, as {@link #fd}; access brackets are needed
     * all the same.
     *
     * @return the address of {@link #capacity} bytes
     * @throws UnsupportedOperationException if the memory has no address, or cannot be mapped
     * @throws PoolClosedException if the pool was closed
     */
    public long address() {
        store.core().checkPoolOpen();
        return whileOpen(buffer::address);
    }

    private <T> T whileOpen(Supplier<T> question) {
        try {
            return question.get();
        } catch (IllegalStateException e) {
            store.core().checkPoolOpen();
            throw e;
        }
    }

    /**
     * How many slices of so many bytes and without a budget could be allocated now, one after the other.
     *
     * @param bytes 1 to the capacity
     * @throws IllegalArgumentException if {@code bytes} is out of that range
     */
    public long availability(long bytes) {
        return store.availability(bytes, "");
    }

    /**
     * How many slices like this request could be allocated now, one after the other: by the budget of its tag, if it has
     * one, and with the pool's own alignment.
     *
     * @throws IllegalArgumentException if the length is out of the range of {@link #availability(long)}
     */
    public long availability(SliceRequest request) {
        return store.availability(request.bytes(), request.tag());
    }

    /**
     * What the pool looks like now. It walks over all live slices, which holds up allocations for up to some 200 ns a slice: ask
     * for it as often as people look, not for each frame.
     */
    public PoolStatistics statistics() {
        return store.statistics();
    }

    /**
     * Every slice and every hole of the pool as JSON, for {@code map} and other tools; docs/dump.md describes it. It holds
     * up allocations as {@link #statistics()} does.
     */
    public String dump() {
        return store.dump();
    }

    /** One line for people, of an open or a closed pool; {@link #statistics} has the figures. */
    @Override
    public String toString() {
        return "pool '" + name + "' of " + capacity() + " bytes, synced by " + planner.way()
                + (isClosed() ? ", closed" : "");
    }

    /** Whether the memory is back with the kernel. */
    public boolean isClosed() {
        return store.isClosed();
    }

    /**
     * Gives the memory back to the kernel at once, whoever still holds slices or loans. Views that are still about stay
     * harmless: they show memory that nobody else sees. A device keeps its own reference to what it imported. Whoever waits
     * for space or for an access gets a {@link PoolClosedException}. A second call does nothing.
     *
     * @throws OpenSlicesException if slices or loans were open: the pool is closed all the same, and they are named
     */
    @Override
    public void close() {
        if (!store.close()) {
            return;
        }
        store.dismissWaiting();
        String open;
        try {
            planner.beginClose();
            open = store.describeOpen();
        } finally {
            dropped.close();
        }
        if (!open.isEmpty()) {
            throw new OpenSlicesException("pool '" + name + "' was closed with " + open
                    + "\nClose slices and loans before their pool, such as by try-with-resources");
        }
    }

    /** Requests that wait for space now; for tests. */
    int waiters() {
        return store.waiting();
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
        private @Nullable PlacementPlan plan;
        private boolean statistics = true;
        private Placement placement = Placement.EXACT;
        private LeakPolicy leakPolicy = LeakPolicy.KEEP;
        private final Map<String, Budget> budgets = new LinkedHashMap<>();
        private final List<PoolObserver> observers = new ArrayList<>();

        private Builder() {}

        /**
         * Keeps memory for the slices of a tag, and limits them: so the shutter has its memory when the preview leaks.
         *
         * <ul>
         *   <li>The guaranteed bytes are a range of the pool that nobody else is served from, less what slices lose there to
         *       rounding and between them.
         *   <li>Beyond these, slices of the tag are served from what no budget keeps, up to {@code mostBytes} in all: what is
         *       reserved counts, retiring slices and those with further owners included, by the tag they were allocated with.
         * </ul>
         *
         * <p>A plan covers what no budget keeps: a slice with a budget takes a planned place only where its own range has none.
         *
         * <p>Slices without a budget, and {@link DmaBufPool#availability(long)}, have what no budget keeps. Default: no
         * budgets; at most {@value Budget#MOST}. A second call for a tag replaces the first.
         *
         * @param tag of {@link SliceRequest#tag}, not empty
         * @param guaranteedBytes 0 or more; rounded up to pages. {@link #build} refuses budgets that guarantee more than the
         *     capacity together
         * @param mostBytes at least 1 and the guaranteed bytes
         * @throws IllegalArgumentException if a value is out of its range, or there are too many budgets
         */
        public Builder budget(String tag, long guaranteedBytes, long mostBytes) {
            if (tag.isEmpty()) {
                throw new IllegalArgumentException(
                        "a budget needs a tag: slices without one have what no budget keeps");
            }
            if (budgets.size() == Budget.MOST && !budgets.containsKey(tag)) {
                throw new IllegalArgumentException("a pool has at most " + Budget.MOST + " budgets, and that of tag '"
                        + tag + "' is one more: give several kinds of slices one tag");
            }
            budgets.put(tag, new Budget(guaranteedBytes, mostBytes));
            return this;
        }

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
         * How slices are placed in the dma-buf. Default: {@link Placement#EXACT}. Another one may need less memory for an
         * application's own use; {@code replay --placements} tells, from recorded traces.
         */
        public Builder placement(Placement newPlacement) {
            placement = Objects.requireNonNull(newPlacement, "placement");
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
         * Records what the pool is asked for, as text that {@code replay} reads: slices handed out and given back, their
         * tags, owners and loans; docs/allocator.md describes the lines. Requests that failed are not recorded. Default:
         * nothing is recorded.
         *
         * <p>The place is written to while the pool's lock is held, and stays the caller's to flush and close. If it
         * throws, recording ends and the pool goes on; the log says so once.
         */
        public Builder trace(Appendable out) {
            trace = Objects.requireNonNull(out, "out");
            return this;
        }

        /**
         * Where slices of one use case are to lie; the command {@code plan} makes it from recordings of that use case.
         * Requests that the plan knows lie at their planned places where these are free, and all others as usual; none is
         * refused that would be served without a plan in the same state of the pool. A pool smaller than {@link
         * PlacementPlan#height} uses the places that it has. Default: no plan.
         */
        public Builder plan(PlacementPlan newPlan) {
            plan = Objects.requireNonNull(newPlan, "plan");
            return this;
        }

        /**
         * Whether to count syncs, to know the age of slices, and to look for leaks, which takes some ns a slice and a daemon
         * thread that wakes once a second. Memory, slices and requests are counted in any case. Default: true.
         */
        public Builder statistics(boolean on) {
            statistics = on;
            return this;
        }

        /** What becomes of the memory of slices that were collected without close. Default: it stays reserved. */
        public Builder leaks(LeakPolicy policy) {
            leakPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Adds somebody who is told what happens in the pool, as often as called. Default: nobody. Leaks are logged in any
         * case.
         */
        public Builder observer(PoolObserver observer) {
            observers.add(Objects.requireNonNull(observer, "observer"));
            return this;
        }

        /**
         * Takes the dma-buf from the heap.
         *
         * @throws IllegalStateException if heap or capacity was not set
         * @throws IllegalArgumentException if the way to sync that was asked for is not supported, or the plan was made for a
         *     smaller page than that of the pool, or goes with {@link Placement#BUDDY}
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
