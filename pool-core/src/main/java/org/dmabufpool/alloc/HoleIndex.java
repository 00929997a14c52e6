// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Finds a hole of exactly a given size in O(1).
 *
 * <p>A hole is named by the chunk of 64 pages in which it starts. Of the holes below 64 pages many may start in one
 * chunk: for each size there is a set of chunks. At most one larger hole starts in a chunk, so the chunk's number
 * serves as its node in a doubly linked list of holes of one size, the latest first.
 *
 * <p>Sizes below the number of chunks have a list each. At most 64 holes can be larger than that, as they hold a 64th
 * of all pages each; they share the lists behind, by their size's low bits.
 */
final class HoleIndex {

    private static final int CHUNK = Extents.CHUNK;
    private static final int NONE = -1;

    private final IndexSets small;
    /** For each chunk, bit s is set if a hole of s pages starts there. */
    private final long[] smallSizes;

    private final int directSizes;
    private final int[] heads;
    private final int[] next;
    private final int[] previous;
    /** Size of the large hole that starts in the chunk, or 0. */
    private final int[] largeSize;

    HoleIndex(int chunks) {
        small = new IndexSets(CHUNK, chunks);
        smallSizes = new long[chunks];
        directSizes = Math.max(chunks, CHUNK);
        heads = new int[directSizes + CHUNK];
        Arrays.fill(heads, NONE);
        next = new int[chunks];
        previous = new int[chunks];
        largeSize = new int[chunks];
    }

    /** A chunk in which a hole of that size starts, or -1: the lowest one for small sizes, the latest for others. */
    int first(int size) {
        return size < CHUNK ? small.first(size) : sameSize(heads[list(size)], size);
    }

    /** The chunk after this one among those in which a hole of that size, 64 or more, starts; or -1. */
    int next(int chunk, int size) {
        return sameSize(next[chunk], size);
    }

    private int sameSize(int from, int size) {
        int chunk = from;
        while (chunk != NONE && largeSize[chunk] != size) {
            assert Steps.count();
            chunk = next[chunk];
        }
        return chunk;
    }

    private int list(int size) {
        return size < directSizes ? size : directSizes + (size & (CHUNK - 1));
    }

    /**
     * Notes which holes start in a chunk.
     *
     * @param sizes bit s is set for a hole of s pages
     * @param before size of the largest hole until now
     * @param after size of the largest hole
     */
    void update(int chunk, long sizes, int before, int after) {
        long changed = sizes ^ smallSizes[chunk];
        if (changed != 0) {
            updateSmall(chunk, sizes, changed);
        }
        if (before != after) {
            if (before >= CHUNK) {
                unlink(chunk);
            }
            if (after >= CHUNK) {
                link(chunk, after);
            }
        }
    }

    private void updateSmall(int chunk, long sizes, long changed) {
        smallSizes[chunk] = sizes;
        for (long rest = changed; rest != 0; rest &= rest - 1) {
            int size = Long.numberOfTrailingZeros(rest);
            if (((sizes >>> size) & 1) != 0) {
                small.add(size, chunk);
            } else {
                small.remove(size, chunk);
            }
        }
    }

    private void link(int chunk, int size) {
        int list = list(size);
        int head = heads[list];
        largeSize[chunk] = size;
        next[chunk] = head;
        previous[chunk] = NONE;
        if (head != NONE) {
            previous[head] = chunk;
        }
        heads[list] = chunk;
    }

    private void unlink(int chunk) {
        int after = next[chunk];
        int ahead = previous[chunk];
        if (after != NONE) {
            previous[after] = ahead;
        }
        if (ahead != NONE) {
            next[ahead] = after;
        } else {
            heads[list(largeSize[chunk])] = after;
        }
        largeSize[chunk] = 0;
    }

    /** Every hole is found under its size, and nothing else is. */
    void checkInvariants(long[] holes, IntUnaryOperator sizeAt) {
        small.checkInvariants();
        int large = 0;
        for (int chunk = 0; chunk < holes.length; chunk++) {
            long sizes = 0;
            int largeHere = 0;
            for (long rest = holes[chunk]; rest != 0; rest &= rest - 1) {
                int size = sizeAt.applyAsInt(chunk * CHUNK + Long.numberOfTrailingZeros(rest));
                sizes |= size < CHUNK ? 1L << size : 0;
                largeHere = size < CHUNK ? largeHere : size;
            }
            Invariants.equal("sizes of small holes of chunk " + chunk, sizes, smallSizes[chunk]);
            Invariants.equal("large hole of chunk " + chunk, largeHere, largeSize[chunk]);
            large += largeHere == 0 ? 0 : 1;
            for (int size = 0; size < CHUNK; size++) {
                Invariants.equal("set " + size, (sizes >>> size) & 1, small.contains(size, chunk) ? 1 : 0);
            }
        }
        checkLists(large);
    }

    private void checkLists(int large) {
        int listed = 0;
        for (int list = 0; list < heads.length; list++) {
            int ahead = NONE;
            for (int chunk = heads[list]; chunk != NONE; chunk = next[chunk]) {
                Invariants.equal("list of chunk " + chunk, list, list(largeSize[chunk]));
                Invariants.equal("chunk before chunk " + chunk, ahead, previous[chunk]);
                ahead = chunk;
                listed++;
            }
        }
        Invariants.equal("listed large holes", large, listed);
    }

    long metadataBytes() {
        return small.metadataBytes()
                + (long) smallSizes.length * Long.BYTES
                + (heads.length + 3L * next.length) * Integer.BYTES;
    }
}
