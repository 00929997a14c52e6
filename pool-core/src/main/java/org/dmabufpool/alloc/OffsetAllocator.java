// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Hands out parts of the range 0 to capacity as offsets. It knows numbers only.
 *
 * <p>Not safe for use by many threads: the owner holds a lock. Failure is a value, misuse an exception; both leave the
 * allocator as it was.
 */
public interface OffsetAllocator {

    /** What {@link #allocate} returns when no free part fits. */
    long NO_SPACE = -1L;

    /**
     * Reserves a part.
     *
     * @param size bytes wanted, 1 to capacity; rounded up to the granule, or to the slot or block that serves it
     * @param alignment what the offset is to be a multiple of, in bytes: a power of two up to the capacity
     * @return the offset, or {@link #NO_SPACE}
     * @throws IllegalArgumentException if a value is out of its range
     */
    long allocate(long size, long alignment);

    /**
     * Gives a part back.
     *
     * @param offset what {@link #allocate} returned
     * @return how many bytes had been reserved
     * @throws IllegalArgumentException if no live part begins there
     */
    long free(long offset);

    /**
     * Bytes reserved for the live part that begins at {@code offset}: at least what was asked for.
     *
     * @throws IllegalArgumentException if no live part begins there
     */
    long reservedAt(long offset);

    /** Size of the range in bytes. */
    long capacity();

    /** Bytes reserved for live parts. {@code usedBytes() + freeBytes() == capacity()} at every moment. */
    long usedBytes();

    /** Bytes not reserved for any live part, free slots and blocks inside of slabs and buddy regions included. */
    long freeBytes();

    /** The largest size that {@code allocate(size, granule)} would serve now, in bytes; 0 when there is none. */
    long largestFree();

    /** Live parts. */
    long liveCount();

    /** Shows every region once, in address order; regions adjoin and cover the whole range. */
    void forEachRegion(RegionVisitor visitor);

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
