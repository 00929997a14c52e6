// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each slice beside its numbers: whether it lives, which accesses are open, its tag and its window. Safe
 * for use by many threads, without locks save for windows.
 *
 * <p><b>Handles.</b> A handle names a slice for good; the allocator's part number is used again by later slices:
 *
 * <pre>
 *   63         48 47         32 31                  0
 *   0 0 … … … 0 0 g g g … g g g 0 0 p p p … … … p p p
 *                 generation         part number
 * </pre>
 *
 * <p><b>States.</b> One word a slice, so that every step of its life is one compare-and-set:
 *
 * <pre>
 *   31         16 15 14 13                   0
 *   g g g … g g g  L  U  a a a a … … … a a a a
 *   generation     |  |  accesses: 0 none, up to 16382 readers, 16383 one writer
 *                  |  the kernel refused to clean what the CPU wrote
 *                  lives
 * </pre>
 *
 * <p>A release raises the generation, so that a handle that was kept too long is noticed, until the generation comes
 * around after 65 536 slices of the same part number.
 *
 * <p><b>Segments.</b> Part numbers are small and dense, so states lie in segments of {@value #SEGMENT}, added when first
 * needed and never moved. No reference to a slice is kept: one stored in an old table for every new slice would be work for
 * the collector's barriers at each allocation.
 */
final class SliceLedger {

    /** What no slice has for a handle. */
    static final long NO_HANDLE = -1;

    private static final int GENERATION_SHIFT = 16;
    private static final int LIVES = 1 << 15;
    private static final int UNCLEAN = 1 << 14;
    private static final int ACCESSES = UNCLEAN - 1;
    private static final int WRITER = ACCESSES;
    private static final int MOST_READERS = WRITER - 1;

    private static final int HANDLE_GENERATION_SHIFT = 32;
    private static final long PART_MASK = 0xFFFF_FFFFL;

    private static final int BLOCK_MASK = (1 << OffsetAllocator.BLOCK_BITS) - 1;
    private static final int SEGMENT_SHIFT = 10;
    private static final int SEGMENT = 1 << SEGMENT_SHIFT;
    private static final int WITHIN_MASK = SEGMENT - 1;

    private static final int TABLES = 1 << OffsetAllocator.TABLE_BITS;

    /** A row of segments for each {@value #SEGMENT} blocks, one of each of the allocator's tables. Replaced when it grows. */
    private volatile @Nullable Segment[] segments = new Segment[0];

    /** States, tags and windows of neighbouring part numbers. */
    private static final class Segment extends AtomicIntegerArray {

        private static final long serialVersionUID = 1L;

        final transient String[] tags = new String[SEGMENT];
        /** When each slice began, by the pool's clock. */
        final transient int[] births = new int[SEGMENT];
        /** New slices until the next sweep, so that most end before anything more is done for them; null if none. */
        transient volatile @Nullable Slice @Nullable [] recent;
        /** Those of the sweep before; used by the sweep alone. */
        transient @Nullable Slice @Nullable [] retired;
        /** Made when one of the slices first needs a window; guarded by the segment. */
        transient @Nullable Window @Nullable [] windows;

        Segment() {
            super(SEGMENT);
            Arrays.fill(tags, "");
        }
    }

    static long part(long handle) {
        return handle & PART_MASK;
    }

    /** A slice begins to live, with a part that just came from the allocator; its handle. */
    @SuppressWarnings(
            "ReferenceEquality") // A store into an old table is what costs; an equal tag stored again does no harm.
    long open(long part, String tag, int birth) {
        Segment segment = segmentToWrite(part);
        int at = (int) part & WITHIN_MASK;
        if (segment.tags[at] != tag) {
            segment.tags[at] = tag;
        }
        segment.births[at] = birth;
        int state = segment.get(at) | LIVES;
        segment.lazySet(at, state);
        return ((long) (state >>> GENERATION_SHIFT) << HANDLE_GENERATION_SHIFT) | part;
    }

    /** Whether the handle's slice lives. */
    boolean isLive(long handle) {
        Segment segment = segmentOrNull(handle);
        return segment != null && isOf(handle, segment.get((int) handle & WITHIN_MASK));
    }

    /** Whether the state is of the handle's slice, and that lives. */
    private static boolean isOf(long handle, int state) {
        int generation = (int) (handle >>> HANDLE_GENERATION_SHIFT);
        return state >>> (GENERATION_SHIFT - 1) == ((generation << 1) | 1);
    }

    /** What came of a step in a slice's life. */
    enum Outcome {
        DONE,
        /** Done, and the kernel refused to clean what the CPU wrote. */
        DONE_UNCLEAN,
        /** The slice was released before, or there never was such a handle. */
        NOT_LIVE,
        /** Open accesses do not go with it; nothing has changed. */
        CONFLICT
    }

    /** An access begins. */
    Outcome enter(long handle, Direction direction) {
        Segment segment = segmentOrNull(handle);
        int at = (int) handle & WITHIN_MASK;
        while (segment != null) {
            int state = segment.get(at);
            if (!isOf(handle, state)) {
                break;
            }
            int accesses = state & ACCESSES;
            if (accesses >= (direction.writes() ? 1 : MOST_READERS)) {
                return Outcome.CONFLICT;
            }
            if (segment.compareAndSet(at, state, direction.writes() ? state | WRITER : state + 1)) {
                return Outcome.DONE;
            }
        }
        return Outcome.NOT_LIVE;
    }

    /** An access ends that {@link #enter} began. */
    void leave(long handle, Direction direction) {
        segment(handle).getAndAdd((int) handle & WITHIN_MASK, direction.writes() ? -WRITER : -1);
    }

    /** Notes, within a writing access, that the kernel refused to clean what the CPU wrote. */
    void markUnclean(long handle) {
        segment(handle).getAndUpdate((int) handle & WITHIN_MASK, state -> state | UNCLEAN);
    }

    /** Is told of slices that end and are not among the recent ones. */
    interface OlderSlices {

        /** Lets go of a slice. */
        void forget(long handle, Slice slice);
    }

    /** As {@link #release(long, Slice, OlderSlices)}, for a slice known by its handle alone. */
    Outcome release(long handle) {
        return release(handle, null, (none, slice) -> {});
    }

    /**
     * A slice without open accesses ends to live: its handle is no good any more.
     *
     * @param slice let go of before its part can be used again, as it has not leaked; null where none was remembered
     */
    Outcome release(long handle, @Nullable Slice slice, OlderSlices older) {
        Segment segment = segmentOrNull(handle);
        int at = (int) handle & WITHIN_MASK;
        while (segment != null) {
            int state = segment.get(at);
            if (!isOf(handle, state)) {
                break;
            }
            if ((state & ACCESSES) != 0) {
                return Outcome.CONFLICT;
            }
            if (segment.compareAndSet(at, state, ((state >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT)) {
                if (slice != null && !takeAway(segment.recent, handle, slice)) {
                    older.forget(handle, slice);
                }
                return (state & UNCLEAN) == 0 ? Outcome.DONE : Outcome.DONE_UNCLEAN;
            }
        }
        return Outcome.NOT_LIVE;
    }

    /** Whether one writing access is open. */
    boolean isWritten(long handle) {
        return (stateOf(handle) & ACCESSES) == WRITER;
    }

    /** Whether the one writing access is open, or else at least one reading one. */
    boolean hasAccess(long handle, boolean writing) {
        int accesses = stateOf(handle) & ACCESSES;
        return writing ? accesses == WRITER : accesses > 0 && accesses < WRITER;
    }

    /** Which accesses are open, for messages. */
    String openAccesses(long handle) {
        int accesses = stateOf(handle) & ACCESSES;
        return accesses == WRITER ? "1 writing access open" : accesses + " reading accesses open";
    }

    /** "none", "reading" or "writing". */
    String accessState(long handle) {
        int accesses = stateOf(handle) & ACCESSES;
        return accesses == 0 ? "none" : accesses == WRITER ? "writing" : "reading";
    }

    private int stateOf(long handle) {
        Segment segment = segmentOrNull(handle);
        return segment == null ? 0 : segment.get((int) handle & WITHIN_MASK);
    }

    /** The handle of the slice that has a part now, or {@link #NO_HANDLE} if none has it. */
    long handleOf(long part) {
        int state = stateOf(part);
        return (state & LIVES) == 0
                ? NO_HANDLE
                : ((long) (state >>> GENERATION_SHIFT) << HANDLE_GENERATION_SHIFT) | part;
    }

    /** The tag of the slice that has, or had last, the handle's part. */
    String tag(long handle) {
        Segment segment = segmentOrNull(handle);
        return segment == null ? "" : segment.tags[(int) handle & WITHIN_MASK];
    }

    /** When a slice began, by the pool's clock. */
    int birth(long handle) {
        return segment(handle).births[(int) handle & WITHIN_MASK];
    }

    /**
     * Holds a slice that just began until the sweep after next. The array is a new one after each sweep: one that had
     * grown old would make every store work for the collector.
     */
    void remember(long handle, Slice slice) {
        Segment segment = segment(handle);
        int at = (int) handle & WITHIN_MASK;
        @Nullable Slice[] recent;
        do {
            recent = recent(segment);
            recent[at] = slice;
        } while (segment.recent != recent); // A sweep came between; its array may have been looked at before.
    }

    /** Lets go of a slice that was remembered before the last sweep. Not while {@link #retireRecent} runs. */
    void forgetRetired(long handle, Slice slice) {
        takeAway(segment(handle).retired, handle, slice);
    }

    @SuppressWarnings("ReferenceEquality") // It is about the very object.
    private static boolean takeAway(@Nullable Slice @Nullable [] slices, long handle, Slice slice) {
        int at = (int) handle & WITHIN_MASK;
        if (slices == null || slices[at] != slice) {
            return false;
        }
        slices[at] = null;
        return true;
    }

    private static @Nullable Slice[] recent(Segment segment) {
        @Nullable Slice[] recent = segment.recent;
        return recent == null ? makeRecent(segment) : recent;
    }

    private static @Nullable Slice[] makeRecent(Segment segment) {
        synchronized (segment) {
            @Nullable Slice[] recent = segment.recent;
            if (recent == null) {
                recent = new Slice[SEGMENT];
                segment.recent = recent;
            }
            return recent;
        }
    }

    /** Lets go of the slices that were remembered before the last call, and shows them. For one thread at a time. */
    void retireRecent(Consumer<Slice> visitor) {
        for (Segment segment : segments) {
            if (segment != null) {
                retireRecent(segment, visitor);
            }
        }
    }

    private static void retireRecent(Segment segment, Consumer<Slice> visitor) {
        @Nullable Slice[] retired = segment.retired;
        segment.retired = segment.recent;
        segment.recent = null;
        if (retired != null) {
            for (Slice slice : retired) {
                if (slice != null) {
                    visitor.accept(slice);
                }
            }
        }
    }

    /** What guards the slice's window. */
    Object windowLock(long handle) {
        return segment(handle);
    }

    /** The slice's window if it has one; the lock is held. */
    @Nullable
    Window window(long handle) {
        @Nullable Window[] windows = segment(handle).windows;
        return windows == null ? null : windows[(int) handle & WITHIN_MASK];
    }

    /** Gives the slice a window, or takes it away; the lock is held. */
    void setWindow(long handle, @Nullable Window window) {
        Segment segment = segment(handle);
        @Nullable Window[] windows = segment.windows;
        if (windows == null) {
            windows = new Window[SEGMENT];
            segment.windows = windows;
        }
        windows[(int) handle & WITHIN_MASK] = window;
    }

    private Segment segment(long handle) {
        Segment segment = segmentOrNull(handle);
        if (segment == null) {
            throw new IllegalArgumentException("there never was a slice with handle " + handle);
        }
        return segment;
    }

    private @Nullable Segment segmentOrNull(long handle) {
        @Nullable Segment[] all = segments;
        int index = segmentIndex(part(handle));
        return handle >= 0 && index < all.length ? all[index] : null;
    }

    private static int segmentIndex(long part) {
        int table = (int) part >>> OffsetAllocator.BLOCK_BITS;
        int row = ((int) part & BLOCK_MASK) >>> SEGMENT_SHIFT;
        return row * TABLES + table;
    }

    private Segment segmentToWrite(long part) {
        Segment segment = segmentOrNull(part);
        return segment == null ? addSegment(part) : segment;
    }

    private synchronized Segment addSegment(long part) {
        int index = segmentIndex(part);
        @Nullable Segment[] all = Arrays.copyOf(segments, Math.max(segments.length, (index | (TABLES - 1)) + 1));
        Segment segment = all[index];
        if (segment == null) {
            segment = new Segment();
            all[index] = segment;
            segments = all;
        }
        return segment;
    }
}
