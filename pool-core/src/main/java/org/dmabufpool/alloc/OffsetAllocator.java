// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Hands out parts of the range 0 to capacity. It knows numbers only.
 *
 * <p>A live part is named by a small number, its own as long as it lives and another part's later; so tables about parts
 * are short arrays. Failure is a value, misuse an exception; both leave the allocator as it was.
 *
 * <p>An allocator says itself whether it is safe for use by many threads.
 */
public interface OffsetAllocator {

    /** A part's number has so many low bits and counts from 1. */
    int BLOCK_BITS = 25;

    /** What {@link #allocate} returns when less is free than was asked for. */
    long NO_SPACE = -1L;

    /** What {@link #allocate} returns when enough is free, but not in one piece. */
    long FRAGMENTED = -2L;

    /** What {@link #allocate} returns when the request's budget does not allow so many bytes more. */
    long OVER_BUDGET = -4L;

    /** What {@link #allocateOrQueue} returns when the request waits. */
    long QUEUED = -3L;

    /**
     * Reserves a part.
     *
     * @param size bytes wanted, 1 to capacity; rounded up to the granule, or to the slot or pages that serve it
     * @param alignment what the offset is to be a multiple of, in bytes: a power of two up to the capacity
     * @return the part's number, or below 0 {@link #NO_SPACE} or {@link #FRAGMENTED}
     * @throws IllegalArgumentException if a value is out of its range
     */
    default long allocate(long size, long alignment) {
        return allocate(size, alignment, Kind.NONE);
    }

    /**
     * As {@link #allocate(long, long)}, of a kind: at the first place of its class in the plan that is free, if there is
     * one, and by its budget.
     *
     * @param kind by {@link Kind#of}
     * @return also {@link #OVER_BUDGET}
     */
    long allocate(long size, long alignment, int kind);

    /**
     * Reserves a part, or waits for it in the queue: first come, first served, the urgent ones ahead. A range is held for the
     * first in the queue, which nobody else is served from. Requests by {@link #allocate} are served from what is free elsewhere.
     *
     * @param request a new one
     * @return the part's number, or a refusal where no part can ever be so long, or {@link #QUEUED}: then
     *     {@link QueuedRequest#answered} is called when it is served
     * @throws IllegalArgumentException as {@link #allocate}
     */
    long allocateOrQueue(QueuedRequest request);

    /**
     * Takes a request out of the queue.
     *
     * @return whether it was there; if not, {@link QueuedRequest#part} tells whether it was served
     */
    boolean leaveQueue(QueuedRequest request);

    /** Takes all requests out of the queue, unserved, and calls {@link QueuedRequest#answered} for each. */
    void dismissQueue();

    /**
     * Gives a part back.
     *
     * @param part what {@link #allocate} returned
     * @return how many bytes had been reserved
     * @throws IllegalArgumentException if no live part has that number
     */
    long free(long part);

    /**
     * The first byte of a live part.
     *
     * @throws IllegalArgumentException if no live part has that number
     */
    long offset(long part);

    /**
     * Bytes reserved for a live part: at least what was asked for.
     *
     * @throws IllegalArgumentException if no live part has that number
     */
    long reserved(long part);

    /**
     * Bytes that were asked for when a live part was reserved.
     *
     * @throws IllegalArgumentException if no live part has that number
     */
    long requested(long part);

    /** Size of the range in bytes. */
    long capacity();

    /** What the allocator holds now. */
    AllocatorTotals totals();

    /** Bytes of the JVM's heap that hold the allocator's own state, about; they never become fewer. */
    long metadataBytes();

    /**
     * Shows the number of every live part once, in no order, and says what the allocator held at that very moment. The
     * visitor may ask for offsets and sizes of parts, and for nothing else of the allocator.
     */
    AllocatorTotals survey(PartVisitor visitor);

    /** Shows every region once, in address order; regions adjoin and cover the whole range. */
    void forEachRegion(RegionVisitor visitor);

    /** Shows the number of every live part once, in no order. */
    void forEachPart(PartVisitor visitor);

    /**
     * How many parts of one size could be reserved now, one after the other, on the granule, if no other thread does
     * anything: exact, unless the table of parts is full before.
     *
     * @param size bytes, 1 to capacity
     */
    default long availability(long size) {
        return availability(size, Budget.NONE);
    }

    /**
     * As {@link #availability(long)}, with a budget. At most so many, where the budget ends first and parts of below a page
     * find no slots of their size.
     *
     * @param budget number of the budget, or {@link Budget#NONE}
     */
    long availability(long size, int budget);

    /** Bytes of the longest part that requests of a budget can be served with, ever. */
    long longest(int budget);

    /** Is shown live parts. */
    @FunctionalInterface
    interface PartVisitor {
        /** One live part. */
        void part(long part);
    }

    /** Is shown the regions of an allocator. */
    @FunctionalInterface
    interface RegionVisitor {
        /**
         * One region.
         *
         * @param offset first byte
         * @param length bytes
         * @param live true if it is a live part, false if it is free
         */
        void region(long offset, long length, boolean live);
    }
}
