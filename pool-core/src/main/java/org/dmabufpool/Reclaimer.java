// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.PoolListener;
import org.dmabufpool.heap.Window;
import org.dmabufpool.log.Log;
import org.jspecify.annotations.Nullable;

/**
 * Gives places back that nobody uses any more: at once, or, where a device's fence is not signalled, later. Safe for use by
 * many threads.
 *
 * <p>A place comes here held: its last owner has closed, its last loan has ended, and no handle reaches it. It goes back to
 * the allocator after
 *
 * <ol>
 *   <li>no fence is pending on what was given to devices: its window, or the buffer;
 *   <li>what the CPU wrote is clean;
 *   <li>its window is kept for the next slice of this shape.
 * </ol>
 *
 * <p>Where a step cannot be done now, the place stays held, and its state says why. {@link #tryKept} tries again: some time
 * later, and when a request would else be refused. Nothing is allocated to remember such a place, so nothing can be lost.
 */
final class Reclaimer {

    private static final Log LOG = new Log(Reclaimer.class);

    private final PoolCore core;
    private final boolean hasWindows;
    private final AtomicBoolean anyKept = new AtomicBoolean();
    /** Is told that {@link #tryKept} is to be called in a while. */
    private final Runnable laterCheck;

    Reclaimer(PoolCore core, Runnable laterCheck) {
        this.core = core;
        this.hasWindows = core.planner.hasWindows();
        this.laterCheck = laterCheck;
    }

    /**
     * Gives back a place that the caller holds, or keeps it.
     *
     * @throws HeapException if the kernel refuses to clean it: it is quarantined then
     */
    void giveBack(long place) {
        if (core.isClosed()) {
            return; // The memory is back with the kernel; numbers stay as they were.
        }
        int why = SlotWord.UNFINISHED;
        try {
            why = prepare(place);
        } catch (DirtyPlaceException e) {
            why = SlotWord.QUARANTINED;
            throw e.refusal;
        } finally {
            if (why != SlotWord.UNFREED) {
                keep(place, why);
            }
        }
        if (why == SlotWord.UNFREED) {
            free(place);
        }
    }

    /** The kernel refused to clean a place. */
    private static final class DirtyPlaceException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient HeapException refusal;

        DirtyPlaceException(HeapException refusal) {
            super(refusal.getMessage(), refusal, false, false);
            this.refusal = refusal;
        }
    }

    private void keep(long place, int why) {
        core.ledger.keep(place, why);
        if (why != SlotWord.QUARANTINED) {
            tryLater();
        }
    }

    private void tryLater() {
        anyKept.set(true);
        laterCheck.run();
    }

    /**
     * All that is to be done before the allocator may have the place, each step so that it can be done again.
     *
     * @return why the place must be kept, or {@link SlotWord#UNFREED} if all is done
     */
    private int prepare(long place) {
        Window window = hasWindows ? core.ledger.window(place) : null;
        if (isAwaitingFences(place, window)) {
            return SlotWord.WAITS_FOR_FENCES;
        }
        if (SlotWord.isUnclean(core.ledger.state(place)) && !clean(place, window)) {
            return SlotWord.UNFINISHED;
        }
        if (core.listener != PoolListener.NONE) {
            core.listener.released(core.offset(place), core.reserved(place));
        }
        if (window != null) {
            core.planner.giveBackWindow(window);
            core.ledger.setWindow(place, null);
        }
        if (core.trace != TraceWriter.NONE) {
            core.trace.givenBack(core.offset(place));
        }
        core.ledger.giveBack(place);
        return SlotWord.UNFREED;
    }

    /** A place of which the ledger knows nothing any more goes back to the allocator. */
    void free(long place) {
        if (core.isClosed()) {
            return; // The memory is back with the kernel; numbers stay as they were.
        }
        boolean freed = false;
        try {
            core.allocator.free(place);
            freed = true;
        } finally {
            if (!freed) {
                keep(place, SlotWord.UNFREED);
            }
        }
    }

    /** Whether a device that was given a descriptor may still be at work. */
    private boolean isAwaitingFences(long place, @Nullable Window window) {
        if (window != null
                && core.ledger.isGiven(place, SlotTable.GIVEN_WINDOW)
                && !window.awaitFences(Direction.READ_WRITE, 0)) {
            return true;
        }
        return core.ledger.isGiven(place, SlotTable.GIVEN_RANGE) && isFencePending(place);
    }

    /**
     * All slices share the fences of the whole buffer, and new ones come all the time; so those that are pending when the
     * last user has ended are taken as one, and only that is waited for.
     */
    private boolean isFencePending(long place) {
        Fence fence = core.ledger.fence(place);
        if (fence == null) {
            fence = core.buffer.pendingFences();
            if (fence == null) {
                return false;
            }
            core.ledger.setFence(place, fence);
        }
        if (fence.state() == Fence.State.PENDING) {
            return true;
        }
        core.ledger.setFence(place, null);
        fence.close();
        core.ledger.clearGiven(place, SlotTable.GIVEN_RANGE);
        return false;
    }

    /** What the CPU wrote must not be evicted over a later owner's bytes. False if that must wait for a device. */
    private boolean clean(long place, @Nullable Window window) {
        try {
            return core.planner.clean(core.offset(place), core.reserved(place), window);
        } catch (HeapException e) {
            throw new DirtyPlaceException(new HeapException(
                    core.namePlace(place, core.ledger.tagOfPlace(place))
                            + " holds dirty cache lines that the kernel refuses to clean; its bytes are kept out of"
                            + " circulation: " + e.getMessage(),
                    HeapException.NO_ERRNO,
                    e));
        }
    }

    /**
     * Tries again to give back the places that are kept.
     *
     * @return whether some are still kept
     */
    boolean tryKept() {
        if (!anyKept.getAndSet(false) || core.isClosed()) {
            return false;
        }
        boolean allTried = false;
        try {
            core.ledger.forEachKept(this::tryAgain);
            allTried = true;
        } finally {
            if (!allTried) {
                tryLater();
            }
        }
        return anyKept.get();
    }

    private void tryAgain(long place) {
        try {
            int why = core.ledger.takeKept(place);
            if (why == SlotWord.UNFREED) {
                core.ledger.giveBack(place);
                free(place);
            } else if (why != SlotWord.PASSING) {
                giveBack(place);
            }
        } catch (RuntimeException e) {
            LOG.warning(e, () -> "a place of pool '" + core.name + "' is not given back yet");
        }
    }

    /** Whether a place waits to be given back. */
    boolean hasKept() {
        return anyKept.get();
    }
}
