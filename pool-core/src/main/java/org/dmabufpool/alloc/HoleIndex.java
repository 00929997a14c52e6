// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.KIND_MASK;
import static org.dmabufpool.alloc.BlockTable.LIST;
import static org.dmabufpool.alloc.BlockTable.NEXT;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.PREVIOUS;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.SIZE;

import java.util.function.IntConsumer;

/**
 * Finds the smallest hole that is large enough, so an exactly fitting one if there is any, in O(1).
 *
 * <p>Not safe for use by many threads. Holes of chunks are kept apart from all others. Holes of one size are in one list,
 * the latest first, linked through their records:
 *
 * <pre>
 *              holes of chunks      all others
 * list         1 ... c              b+1 ... b+n-1      b+n+1 ... b+n+64
 * sizes        one each             one each           n to 2n-1, 2n to 3n-1, ...
 *
 * c: pages of a chunk     b: c, rounded up to a whole word of bits     n: a 64th of all pages, above c
 * </pre>
 *
 * <p>At most 64 holes can be in the lists behind b+n, as each holds a 64th of all pages; only those are compared one by
 * one. Which lists are filled is told by bitmaps in two levels: a bit of the higher one says that the word of 64 bits
 * below it is not empty. List 0 is never filled, so 0 stands for "no list".
 *
 * <p>Whether a request or a hole belongs to chunks is as good as random, and a processor that guesses wrong loses as much
 * time as the rest of a search takes; so the side is chosen by arithmetic and not by a branch.
 */
final class HoleIndex extends Margin {

    private static final int SHARE = 64;
    private static final int LEAST_SIZES = 64;
    private static final int SHIFT = 6;
    private static final int NO_LIST = 0;

    private final BlockTable blocks;
    private final int mostPages;
    private final int smallLimit;
    private final int base;
    private final int directSizes;
    /** The first hole of each list. */
    private final int[] heads;
    /** One bit per list, and a word to spare, so that a search may look one word too far. */
    private final long[] filled;

    private final long[] filledWords;

    /**
     * @param pages the size of the largest hole there can be
     * @param smallLimit pages of the largest run that chunks are for
     * @param chunkPages pages of a chunk, at least the limit
     */
    HoleIndex(BlockTable blocks, int pages, int smallLimit, int chunkPages) {
        this.blocks = blocks;
        this.mostPages = pages;
        this.smallLimit = smallLimit;
        base = (chunkPages + Long.SIZE) & -Long.SIZE;
        directSizes = Math.max(Math.max(LEAST_SIZES, chunkPages + 1), pages / SHARE + 1);
        heads = new int[base + listOf(pages) + 1];
        filledWords = new long[(heads.length >>> (2 * SHIFT)) + 1];
        filled = new long[(filledWords.length << SHIFT) + 1];
    }

    private int listOf(int size) {
        return size < directSizes ? size : directSizes + size / directSizes;
    }

    /** -1 if a run of so many pages is for chunks, else 0. */
    private int smallMask(int count) {
        return (count - smallLimit - 1) >> (Integer.SIZE - 1);
    }

    /**
     * The smallest hole that has at least {@code count} pages: of chunks for a small run, else of all others.
     *
     * @param count 1 to the size of the largest hole there can be
     * @return the hole, or {@link BlockTable#NONE}
     */
    int find(int count) {
        int small = smallMask(count);
        int next = nextFilled((base & ~small) + listOf(count));
        int beyond = (base - 1 - next) & small;
        if (((next - 1) | beyond) < 0) {
            return NONE;
        }
        return next - base < directSizes ? heads[next] : smallestFrom(next, count);
    }

    /** As {@link #find}, but of chunks whatever the size, which is at most a chunk's. */
    int findInChunks(int count) {
        int next = nextFilled(count);
        return next < base ? heads[next] : NONE;
    }

    /** As {@link #find}, but not of chunks whatever the size, which may be larger than any hole can be. */
    int findOutsideChunks(int count) {
        if (count > mostPages) {
            return NONE;
        }
        int next = nextFilled(base + listOf(count));
        return next - base < directSizes ? heads[next] : smallestFrom(next, count);
    }

    /** The smallest of a list that holds several sizes; if none there is large enough, of the next one. */
    private int smallestFrom(int list, int size) {
        int hole = smallestIn(list, size);
        return hole == NONE ? smallestIn(nextFilled(list + 1), size) : hole;
    }

    private int smallestIn(int list, int size) {
        int[] table = blocks.words();
        int best = NONE;
        int bestSize = Integer.MAX_VALUE;
        for (int hole = heads[list]; hole != NONE; hole = table[(hole << RECORD) + NEXT]) {
            assert Steps.count();
            int holeSize = table[(hole << RECORD) + SIZE];
            if (holeSize >= size && holeSize < bestSize) {
                best = hole;
                bestSize = holeSize;
            }
        }
        return best;
    }

    /** The first of the list in which holes outside of chunks of that size are, or {@link BlockTable#NONE}. */
    int firstOf(int size) {
        return heads[base + listOf(size)];
    }

    /** Size of the largest hole, or 0. */
    int largest() {
        return Math.max(largestOutsideChunks(), lastFilledBelow(base));
    }

    /** Size of the largest hole outside of chunks, or 0. */
    int largestOutsideChunks() {
        int list = lastFilledBelow(filled.length << SHIFT);
        return list < base ? 0 : largestIn(list);
    }

    /** The last filled list below {@code end}, a multiple of 64. */
    private int lastFilledBelow(int end) {
        for (int word = (end >>> SHIFT) - 1; word >= 0; word--) {
            if (filled[word] != 0) {
                return (word << SHIFT) + highestBit(filled[word]);
            }
        }
        return NO_LIST;
    }

    private int largestIn(int list) {
        int[] table = blocks.words();
        int most = 0;
        for (int hole = heads[list]; hole != NONE; hole = table[(hole << RECORD) + NEXT]) {
            assert Steps.count();
            most = Math.max(most, table[(hole << RECORD) + SIZE]);
        }
        return most;
    }

    private static int highestBit(long word) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(word);
    }

    /** The first filled list from {@code list} on; without a branch that is hard to foretell. */
    private int nextFilled(int list) {
        int word = list >>> SHIFT;
        int group = word >>> SHIFT;
        long here = filled[word] & (-1L << list);
        // Shifted in two steps, as a shift by 64 would do nothing.
        long wordsBehind = filledWords[group] & ((-1L << word) << 1);
        int other = (group << SHIFT) + Long.numberOfTrailingZeros(wordsBehind);
        long mask = allOnesUnlessZero(here);
        long bits = (here & mask) | (filled[other] & ~mask);
        int found = (word & (int) mask) | (other & (int) ~mask);
        assert Steps.count();
        return bits != 0 ? (found << SHIFT) + Long.numberOfTrailingZeros(bits) : firstBehindGroup(group);
    }

    private static long allOnesUnlessZero(long bits) {
        return (bits | -bits) >> (Long.SIZE - 1);
    }

    private int firstBehindGroup(int before) {
        for (int group = before + 1; group < filledWords.length; group++) {
            assert Steps.count();
            if (filledWords[group] != 0) {
                int word = (group << SHIFT) + Long.numberOfTrailingZeros(filledWords[group]);
                return (word << SHIFT) + Long.numberOfTrailingZeros(filled[word]);
            }
        }
        return NO_LIST;
    }

    /**
     * Enters a hole.
     *
     * @param chunk the chunk it is in, or {@link BlockTable#NONE}
     */
    void add(int hole, int size, int chunk) {
        int list = (base & ((chunk - 1) >> (Integer.SIZE - 1))) + listOf(size);
        int[] table = blocks.words();
        table[(hole << RECORD) + LIST] = list;
        int head = heads[list];
        table[(hole << RECORD) + NEXT] = head;
        table[(hole << RECORD) + PREVIOUS] = NONE;
        // Without a head this marks record 0, which is nobody's.
        table[(head << RECORD) + PREVIOUS] = hole;
        heads[list] = hole;
        filled[list >>> SHIFT] |= 1L << list;
        filledWords[list >>> (2 * SHIFT)] |= 1L << (list >>> SHIFT);
    }

    /** Takes out a hole. */
    void remove(int hole) {
        int[] table = blocks.words();
        int next = table[(hole << RECORD) + NEXT];
        int previous = table[(hole << RECORD) + PREVIOUS];
        table[(next << RECORD) + PREVIOUS] = previous;
        if (previous != NONE) {
            table[(previous << RECORD) + NEXT] = next;
            return;
        }
        int list = table[(hole << RECORD) + LIST];
        heads[list] = next;
        clearIfEmpty(list, next);
    }

    /** The list has a new head, which may be none; without a branch. */
    private void clearIfEmpty(int list, int head) {
        int word = list >>> SHIFT;
        long bits = filled[word] & ~((long) ((head - 1) >>> (Integer.SIZE - 1)) << list);
        filled[word] = bits;
        filledWords[word >>> SHIFT] &= ~((~allOnesUnlessZero(bits) & 1) << word);
    }

    /** Shows every hole once. */
    void forEach(IntConsumer visitor) {
        for (int list = nextFilled(0); list != NO_LIST; list = nextFilled(list + 1)) {
            for (int hole = heads[list]; hole != NONE; hole = blocks.get(hole, NEXT)) {
                assert Steps.count();
                visitor.accept(hole);
            }
        }
    }

    /** Every list holds holes of its sizes, linked both ways, and is marked exactly if it holds any. */
    void checkInvariants(int holes) {
        int listed = 0;
        for (int list = 0; list < heads.length; list++) {
            int ahead = NONE;
            for (int hole = heads[list]; hole != NONE; hole = blocks.get(hole, NEXT)) {
                assert Steps.count();
                Invariants.equal("kind of hole " + hole, HOLE, blocks.get(hole, KIND) & KIND_MASK);
                int expected = listOf(blocks.get(hole, SIZE)) + (blocks.get(hole, KIND) > KIND_MASK ? 0 : base);
                Invariants.equal("list of hole " + hole, expected, list);
                Invariants.equal("noted list of hole " + hole, list, blocks.get(hole, LIST));
                Invariants.equal("hole ahead of hole " + hole, ahead, blocks.get(hole, PREVIOUS));
                ahead = hole;
                listed++;
            }
            Invariants.equal("mark of list " + list, heads[list] == NONE ? 0 : 1, bit(filled, list));
        }
        Invariants.equal("listed holes", holes, listed);
        for (int word = 0; word < filled.length - 1; word++) {
            Invariants.equal("mark of word " + word, filled[word] == 0 ? 0 : 1, bit(filledWords, word));
        }
    }

    private static long bit(long[] words, int index) {
        return (words[index >>> SHIFT] >>> index) & 1;
    }

    long metadataBytes() {
        return (long) heads.length * Integer.BYTES + (filled.length + filledWords.length) * (long) Long.BYTES;
    }
}
