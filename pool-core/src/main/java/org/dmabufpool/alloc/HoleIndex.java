// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Finds the smallest hole that is large enough, so an exactly fitting one if there is any, in O(1).
 *
 * <p>A hole is named by the chunk of 64 pages in which it starts. Of the holes below 64 pages many may start in one
 * chunk: for each size there is a set of chunks. At most one larger hole starts in a chunk, so the chunk's number
 * serves as its node in a doubly linked list of holes of one size, the latest first.
 *
 * <pre>
 * list       64 ... n-1        n+1 ... n+64         (n: number of chunks, at least 64)
 * sizes      one each          n to 2n-1, 2n to 3n-1, ...
 * </pre>
 *
 * <p>At most 64 holes can be in the lists behind n, as each holds a 64th of all pages; only those are compared one by
 * one.
 */
final class HoleIndex {

    /** What a search returns when no hole is large enough. */
    static final int NONE = -1;

    private static final int CHUNK = Extents.CHUNK;

    private final IndexSets small;

    private final int directSizes;
    private final int[] heads;
    /** One set: the lists that are not empty. */
    private final IndexSets lists;

    // One entry per chunk.
    private final int[] next;
    private final int[] previous;
    private final int[] largeSize;

    HoleIndex(int chunks) {
        small = new IndexSets(CHUNK, chunks);
        directSizes = Math.max(chunks, CHUNK);
        heads = new int[directSizes + CHUNK + 1];
        Arrays.fill(heads, NONE);
        lists = new IndexSets(1, heads.length);
        next = new int[chunks];
        previous = new int[chunks];
        largeSize = new int[chunks];
    }

    /** Size of the smallest hole below 64 pages that has at least {@code size}, or 0. */
    int smallAtLeast(int size) {
        long sizes = small.filled() & (-1L << size);
        return size >= CHUNK || sizes == 0 ? 0 : Long.numberOfTrailingZeros(sizes);
    }

    /** The lowest chunk in which a hole of that size, below 64, starts. */
    int chunkOfSmall(int size) {
        return small.first(size);
    }

    /** The chunk in which the smallest hole of 64 pages or more that has at least {@code size} starts, or NONE. */
    int largeAtLeast(int size) {
        int list = lists.next(0, list(Math.max(size, CHUNK)));
        if (list < directSizes) {
            return list == IndexSets.NONE ? NONE : heads[list];
        }
        int chunk = smallestInList(list, size);
        if (chunk != NONE) {
            return chunk;
        }
        list = lists.next(0, list + 1);
        return list == IndexSets.NONE ? NONE : smallestInList(list, size);
    }

    private int smallestInList(int list, int size) {
        int best = NONE;
        for (int chunk = heads[list]; chunk != NONE; chunk = next[chunk]) {
            assert Steps.count();
            if (largeSize[chunk] >= size && (best == NONE || largeSize[chunk] < largeSize[best])) {
                best = chunk;
            }
        }
        return best;
    }

    /** A chunk in which a hole of exactly that size, 64 or more, starts, or NONE. */
    int exactly(int size) {
        return sameSize(heads[list(size)], size);
    }

    /** The one after this one among the chunks in which a hole of exactly that size starts, or NONE. */
    int exactlyAfter(int chunk, int size) {
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

    /** Size of the largest hole, or 0. */
    int largest() {
        int list = lists.last(0);
        if (list == IndexSets.NONE) {
            return small.filled() == 0 ? 0 : CHUNK - 1 - Long.numberOfLeadingZeros(small.filled());
        }
        int most = 0;
        for (int chunk = heads[list]; chunk != NONE; chunk = next[chunk]) {
            most = Math.max(most, largeSize[chunk]);
        }
        return most;
    }

    private int list(int size) {
        return size < directSizes ? size : directSizes + size / directSizes;
    }

    /** Notes that a hole below 64 pages starts in the chunk; to note it twice changes nothing. */
    void addSmall(int chunk, int size) {
        small.add(size, chunk);
    }

    /** Notes that no hole of that size, below 64, starts in the chunk any more. */
    void removeSmall(int chunk, int size) {
        small.remove(size, chunk);
    }

    /** Notes that a hole of 64 pages or more starts in the chunk. */
    void addLarge(int chunk, int size) {
        int list = list(size);
        int head = heads[list];
        largeSize[chunk] = size;
        next[chunk] = head;
        previous[chunk] = NONE;
        heads[list] = chunk;
        if (head == NONE) {
            lists.add(0, list);
        } else {
            previous[head] = chunk;
        }
    }

    /** Notes that the hole of 64 pages or more does not start in the chunk any more. */
    void removeLarge(int chunk) {
        int after = next[chunk];
        int ahead = previous[chunk];
        if (after != NONE) {
            previous[after] = ahead;
        }
        if (ahead != NONE) {
            next[ahead] = after;
        } else {
            int list = list(largeSize[chunk]);
            heads[list] = after;
            if (after == NONE) {
                lists.remove(0, list);
            }
        }
        largeSize[chunk] = 0;
    }

    /** Every hole is found under its size, and nothing else is. */
    void checkInvariants(long[] holes, IntUnaryOperator sizeAt) {
        small.checkInvariants();
        lists.checkInvariants();
        int large = 0;
        for (int chunk = 0; chunk < holes.length; chunk++) {
            long sizes = 0;
            int largeHere = 0;
            for (long rest = holes[chunk]; rest != 0; rest &= rest - 1) {
                int size = sizeAt.applyAsInt(chunk * CHUNK + Long.numberOfTrailingZeros(rest));
                sizes |= size < CHUNK ? 1L << size : 0;
                largeHere = size < CHUNK ? largeHere : size;
            }
            Invariants.equal("large hole of chunk " + chunk, largeHere, largeSize[chunk]);
            large += largeHere == 0 ? 0 : 1;
            for (int size = 0; size < CHUNK; size++) {
                Invariants.equal("hole of " + size, (sizes >>> size) & 1, small.contains(size, chunk) ? 1 : 0);
            }
        }
        checkLists(large);
    }

    private void checkLists(int large) {
        int listed = 0;
        for (int list = 0; list < heads.length; list++) {
            Invariants.equal("mark of list " + list, heads[list] == NONE ? 0 : 1, lists.contains(0, list) ? 1 : 0);
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
        return small.metadataBytes() + lists.metadataBytes() + (heads.length + 3L * next.length) * Integer.BYTES;
    }
}
