// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.function.IntConsumer;

/**
 * Small parts that were given back and wait to be taken again as they are, behind a lock of their own.
 *
 * <p>To the map of extents such a part is still in use. Parts of one reserved size are a stack, the one given back last on top;
 * {@link TieredAllocator} numbers the sizes:
 *
 * <pre>
 *  parts   [ 1 line: . . . . . . . . | 2 lines: . . . | … | 1 page: . . . | … | 16 pages: . . . ]
 *  counts  [ 3                       | 0              | … | 8             | … | 1               ]
 * </pre>
 *
 * <p>Methods are to be called under the lock, but for those that say otherwise.
 */
final class Stripe extends Margin {

    private static final int DEPTH_SHIFT = 4;
    /** Parts of one size that wait at most. */
    private static final int DEPTH = 1 << Stripe.DEPTH_SHIFT;
    /** Parts that wait here after the map was busy. */
    private static final int BUSY = 256;

    private final AllocatorLock lock;
    private final int[] parts;
    private final int[] counts;
    private final long mostBytes;

    private long bytes;
    private long pledgedBytes;
    /** How many parts wait. Racy reads are benign: too few lead to the map, too many to a look under the lock. */
    private int waiting;
    /** Parts that are still to wait here, before the map is tried again; as above. */
    private int busy;

    private long allocations;
    private long releases;
    private long requestedBytes;

    /**
     * @param sizes how many reserved sizes there are
     * @param mostBytes bytes that may wait here
     */
    Stripe(boolean shared, int sizes, long mostBytes) {
        this.lock = new AllocatorLock(shared);
        this.parts = new int[sizes << DEPTH_SHIFT];
        this.counts = new int[sizes];
        this.mostBytes = mostBytes;
    }

    boolean tryLock() {
        return lock.tryLock();
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Whether any part waits; may be called without the lock. */
    boolean isFilled() {
        return waiting > 0;
    }

    /** Whether the map was busy not long ago; may be called without the lock. */
    boolean isBusy() {
        return busy > 0;
    }

    /** The map is busy: the next parts wait here. May be called without the lock. */
    void setBusy() {
        busy = BUSY;
    }

    /** Whether a part that reserves so many bytes may wait; one part less is to wait then, before the map is tried again. */
    boolean admits(int number, long reserved) {
        busy--;
        return counts[number] < DEPTH && bytes + reserved <= mostBytes;
    }

    /** A part was given back, and waits; there is room. */
    void give(int number, int part, long reserved, long requested) {
        parts[(number << DEPTH_SHIFT) + counts[number]++] = part;
        bytes += reserved;
        requestedBytes -= requested;
        releases++;
        waiting++;
    }

    /** Whether a part of that size waits. */
    boolean has(int number) {
        return counts[number] > 0;
    }

    /** Takes the part of a size that was given back last, which there is. */
    int take(int number, long reserved, long requested) {
        bytes -= reserved;
        waiting--;
        requestedBytes += requested;
        allocations++;
        return parts[(number << DEPTH_SHIFT) + --counts[number]];
    }

    /** Shows all parts that wait. */
    void forEach(IntConsumer visitor) {
        for (int number = 0; number < counts.length; number++) {
            for (int i = 0; i < counts[number]; i++) {
                visitor.accept(parts[(number << DEPTH_SHIFT) + i]);
            }
        }
    }

    /** No part waits any more. */
    void clear() {
        for (int number = 0; number < counts.length; number++) {
            counts[number] = 0;
        }
        bytes = 0;
        waiting = 0;
    }

    /** Bytes of the parts that wait. */
    long bytes() {
        return bytes;
    }

    /** Bytes that the stripe does not hand out without asking, at most those that wait. */
    long pledgedBytes() {
        return pledgedBytes;
    }

    /** As {@link #pledgedBytes}; under the lock of the map, too. */
    void setPledgedBytes(long pledge) {
        pledgedBytes = pledge;
    }

    /** How many parts were taken. */
    long allocations() {
        return allocations;
    }

    /** How many parts were given. */
    long releases() {
        return releases;
    }

    /** Bytes requested for all that was taken, less those of what was given. */
    long requestedBytes() {
        return requestedBytes;
    }
}
