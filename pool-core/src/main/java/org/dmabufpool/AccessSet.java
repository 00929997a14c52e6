// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * One bracket START … END around the CPU's use of several slices: the commonest thing a pipeline does, reading one and
 * writing another, made safe on every way of syncing. See {@link DmaBufPool#access}.
 *
 * <p>What is read is STARTed before what is written, and what was written is ENDed first: where a sync reaches the whole
 * buffer, no dirty line is there when it invalidates, on arm64 kernels before 5.10.125 and 5.15.50 either, whose END READ
 * invalidates.
 *
 * <p>Safe for use by many threads.
 */
public final class AccessSet implements AutoCloseable {

    private final SliceStore store;
    private final CpuAccess[] accesses;
    private final AtomicBoolean closed = new AtomicBoolean();
    private int exclusion;

    private AccessSet(SliceStore store, AccessRequest[] requests) {
        this.store = store;
        this.accesses = new CpuAccess[requests.length];
        for (int i = 0; i < requests.length; i++) {
            Slice slice = requests[i].slice();
            if (slice.store() != store) {
                throw new IllegalArgumentException(slice + " is of another pool than '" + store.poolName()
                        + "': one bracket is of one pool's slices");
            }
            accesses[i] = new CpuAccess(slice, requests[i].direction(), 0, slice.length(), null);
            exclusion |= store.brackets().exclusion(accesses[i]);
        }
    }

    /** Opens all or, when it throws, none. */
    static AccessSet open(SliceStore store, AccessRequest[] requests) {
        if (requests.length == 0) {
            throw new IllegalArgumentException("an access names one or more slices of pool '" + store.poolName() + "'");
        }
        AccessSet set = new AccessSet(store, requests);
        set.open();
        return set;
    }

    private void open() {
        int entered = 0;
        boolean opened = false;
        try {
            for (; entered < accesses.length; entered++) {
                store.brackets().enterTogether(accesses[entered]);
            }
            enterExclusion();
            opened = true;
        } catch (IllegalStateException e) {
            store.core().checkPoolOpen();
            throw e;
        } finally {
            if (!opened) {
                abandon(entered);
            }
        }
        for (CpuAccess access : accesses) {
            store.brackets().tellStarted(access.slice().handle(), access.direction());
        }
    }

    private void abandon(int entered) {
        for (int i = 0; i < entered; i++) {
            store.brackets().abandon(accesses[i]);
        }
    }

    private void enterExclusion() {
        if (!store.core().planner.enter(exclusion)) {
            throw store.brackets().refusedByDevice("access to " + accesses.length + " slices in one bracket");
        }
        boolean started = false;
        try {
            start();
            started = true;
        } finally {
            if (!started) {
                store.core().planner.leave(exclusion, accesses[0].opener());
            }
        }
    }

    /** What only reads first, then what writes. */
    private void start() {
        int started = 0;
        boolean all = false;
        try {
            for (; started < 2 * accesses.length; started++) {
                CpuAccess access = accesses[started % accesses.length];
                if (isTurn(access, started >= accesses.length)) {
                    store.brackets().start(access);
                }
            }
            all = true;
        } finally {
            if (!all) {
                endStarted(started);
            }
        }
    }

    private static boolean isTurn(CpuAccess access, boolean ofWriters) {
        return access.direction().writes() == ofWriters;
    }

    /** ENDs in the opposite order; all are tried, the first refusal is thrown. */
    private void endStarted(int started) {
        RuntimeException refusal = null;
        for (int i = started - 1; i >= 0; i--) {
            CpuAccess access = accesses[i % accesses.length];
            if (isTurn(access, i >= accesses.length)) {
                refusal = end(access, refusal);
            }
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    private @Nullable RuntimeException end(CpuAccess access, @Nullable RuntimeException before) {
        try {
            store.brackets().end(access);
            return before;
        } catch (RuntimeException e) {
            access.unclean = true;
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }

    /**
     * A view of a slice, as {@link CpuAccess#buffer()}.
     *
     * @throws IllegalArgumentException if the slice is not of this bracket
     * @throws IllegalStateException if the bracket is closed, or the slice is longer than a view can be
     * @throws PoolClosedException if the pool was closed
     */
    public ByteBuffer buffer(Slice slice) {
        return accessOf(slice).buffer();
    }

    /** A view of a part of a slice, as {@link CpuAccess#buffer(long, int)}; throws as {@link #buffer(Slice)}. */
    public ByteBuffer buffer(Slice slice, long offset, int length) {
        return accessOf(slice).buffer(offset, length);
    }

    /** What the CPU may do with a slice of this bracket; throws as {@link #buffer(Slice)}. */
    public Direction direction(Slice slice) {
        return accessOf(slice).direction();
    }

    private CpuAccess accessOf(Slice slice) {
        for (CpuAccess access : accesses) {
            if (access.slice().handle() == slice.handle() && slice.store() == store) {
                return access;
            }
        }
        throw new IllegalArgumentException("not opened by this bracket: " + slice);
    }

    /**
     * Ends the bracket, as {@link CpuAccess#close()}. A second call does nothing.
     *
     * @throws org.dmabufpool.heap.HeapException the first refusal of the kernel; all accesses have ended all the same
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        for (CpuAccess access : accesses) {
            access.markClosed();
        }
        try {
            endStarted(2 * accesses.length);
        } finally {
            leave();
        }
    }

    private void leave() {
        try {
            store.core().planner.leave(exclusion, accesses[0].opener());
        } finally {
            for (CpuAccess access : accesses) {
                store.brackets().ended(access, !access.unclean);
            }
        }
    }

    @Override
    public String toString() {
        return "access to " + accesses.length + " slices of pool '" + store.poolName() + "'";
    }
}
