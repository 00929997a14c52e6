// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.HOLE;
import static org.dmabufpool.alloc.BlockTable.KIND;
import static org.dmabufpool.alloc.BlockTable.LIST;
import static org.dmabufpool.alloc.BlockTable.NEXT;
import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.PREVIOUS;
import static org.dmabufpool.alloc.BlockTable.RECORD;
import static org.dmabufpool.alloc.BlockTable.SIZE;

import java.util.function.IntConsumer;

/**
 * Finds the smallest hole that is large enough, in the lowest or the highest region that has one, in O(1).
 *
 * <p>Not safe for use by many threads. The range is divided into regions. In each, the holes of one size that begin there are
 * a list, the latest first, linked through their records; from {@value #EXACT} pages on a list has several sizes, sixteen lists
 * for each power of two:
 *
 * <pre>
 * list     1 2 3 ... 2047    2048          2049          ...
 * pages    1 2 3 ... 2047    2048 to 2175  2176 to 2303  ...
 * </pre>
 *
 * <p>Which lists of a region are filled is told by bitmaps in two levels: a bit of the higher one says that the word of 64 bits
 * below it is not empty.
 *
 * <p><b>Several sizes.</b> In a list with sizes above that of the request every hole has room. In the request's own list a few
 * holes are looked at. If none of them has room, and no other list has a hole, the answer is {@link #UNSURE} while some were
 * not looked at; then a tree answers.
 *
 * <p>For random sizes a processor guesses every second branch wrong, and each wrong guess costs as much as the rest of a search;
 * so what can be computed is not branched on.
 */
final class HoleIndex extends Margin {

    /** There may be a hole that is large enough, among many that are nearly so. */
    static final int UNSURE = -1;

    private static final int SHIFT = 6;
    /** Words of the lower bitmap of a region. */
    private static final int WORDS = 64;

    private static final int MOST_LISTS = WORDS << SHIFT;
    /** Lists of smaller sizes have one size each. */
    private static final int EXACT = 2048;
    /** What of a double's bits is not its exponent and the first four bits of its fraction. */
    private static final int CLASS_SHIFT = 48;

    private static final int CLASS_OF_EXACT = (int) (Double.doubleToRawLongBits(EXACT) >>> CLASS_SHIFT);
    /** Holes of the request's own list that are looked at in a region. */
    private static final int TRIES = 8;

    private static final int NO_LIST = -1;

    private final BlockTable blocks;
    private final int firstPage;
    private final int smallLimit;
    private final int mostPages;
    private final int regions;
    private final int regionShift;
    /** How many lists a region has, up to a multiple of 64. */
    private final int lists;
    /** The first hole of each list, region after region. */
    private final int[] heads;
    /** One bit for each list, {@value #WORDS} words a region. */
    private final long[] filled;
    /** One bit for each of these words, by region. */
    private final long[] filledWords;

    /**
     * @param firstPage where the range begins
     * @param pages the size of the range
     * @param smallLimit a run of fewer pages is small, and looked for from the highest region down
     * @param regionBits binary logarithm of the number of regions
     */
    HoleIndex(BlockTable blocks, int firstPage, int pages, int smallLimit, int regionBits) {
        this.blocks = blocks;
        this.firstPage = firstPage;
        this.smallLimit = smallLimit;
        this.mostPages = pages;
        regions = 1 << regionBits;
        regionShift = Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(pages - 1) - regionBits);
        lists = (listOf(pages) + Long.SIZE) & -Long.SIZE;
        assert lists <= MOST_LISTS;
        heads = new int[lists * regions];
        filled = new long[regions * WORDS];
        filledWords = new long[regions];
    }

    /** The list of a size; without a branch. */
    private static int listOf(int size) {
        int above = (int) (Double.doubleToRawLongBits(size) >>> CLASS_SHIFT) - CLASS_OF_EXACT;
        return Math.min(size, EXACT) + Math.max(above, 0);
    }

    /** Whether a run of so many pages is small. */
    boolean isSmall(int count) {
        return count < smallLimit;
    }

    /** A hole of at least {@code count} pages, {@link BlockTable#NONE}, or {@link #UNSURE}. */
    int find(int count) {
        if (count > mostPages) {
            return NONE;
        }
        int last = isSmall(count) ? regions - 1 : 0;
        int list = listOf(count);
        int answer = NONE;
        for (int i = 0; i < regions; i++) {
            int region = i ^ last;
            int next = nextFilled(region, list);
            if (next != NO_LIST) {
                boolean hasRoom = next < EXACT || next > list;
                int hole = hasRoom ? heads[region * lists + next] : findAmongSizes(region, list, count);
                if (hole > NONE) {
                    return hole;
                }
                answer |= hole;
            }
        }
        return answer;
    }

    /** The smallest of some holes of the list, else a hole of a list behind it, {@link BlockTable#NONE}, or {@link #UNSURE}. */
    private int findAmongSizes(int region, int list, int count) {
        int[] table = blocks.words();
        int best = NONE;
        int bestSize = Integer.MAX_VALUE;
        int tries = TRIES;
        int hole = heads[region * lists + list];
        for (; hole != NONE && tries > 0; tries--) {
            assert Steps.count();
            int size = table[(hole << RECORD) + SIZE];
            if (size >= count && size < bestSize) {
                best = hole;
                bestSize = size;
            }
            hole = table[(hole << RECORD) + NEXT];
        }
        if (best != NONE) {
            return best;
        }
        int next = nextFilled(region, list + 1);
        if (next != NO_LIST) {
            return heads[region * lists + next];
        }
        return hole == NONE ? NONE : UNSURE;
    }

    /** The first filled list of a region from {@code list} on, or {@link #NO_LIST}. */
    private int nextFilled(int region, int list) {
        int word = list >>> SHIFT;
        int first = region * WORDS;
        long here = filled[first + word] & (-1L << list);
        // Shifted in two steps, as a shift by 64 would do nothing.
        long wordsBehind = filledWords[region] & ((-1L << word) << 1);
        int other = Long.numberOfTrailingZeros(wordsBehind) & (WORDS - 1);
        long mask = allOnesUnlessZero(here);
        long behind = filled[first + other] & allOnesUnlessZero(wordsBehind);
        long bits = (here & mask) | (behind & ~mask);
        int found = (word & (int) mask) | (other & (int) ~mask);
        assert Steps.count();
        return bits == 0 ? NO_LIST : (found << SHIFT) + Long.numberOfTrailingZeros(bits);
    }

    private static long allOnesUnlessZero(long bits) {
        return (bits | -bits) >> (Long.SIZE - 1);
    }

    /** Size of the largest hole, 0 if there is none, or {@link #UNSURE}. */
    int largest() {
        int most = 0;
        for (int region = 0; region < regions; region++) {
            int largest = largestIn(region);
            if (largest == UNSURE) {
                return UNSURE;
            }
            most = Math.max(most, largest);
        }
        return most;
    }

    private int largestIn(int region) {
        if (filledWords[region] == 0) {
            return 0;
        }
        int word = WORDS - 1 - Long.numberOfLeadingZeros(filledWords[region]);
        int list = (word << SHIFT) + Long.SIZE - 1 - Long.numberOfLeadingZeros(filled[region * WORDS + word]);
        int most = 0;
        int tries = list < EXACT ? 1 : WORDS;
        int hole = heads[region * lists + list];
        for (; hole != NONE && tries > 0; tries--) {
            assert Steps.count();
            most = Math.max(most, blocks.get(hole, SIZE));
            hole = blocks.get(hole, NEXT);
        }
        return hole == NONE || list < EXACT ? most : UNSURE;
    }

    /** Enters a hole by the place and the size that its record says. */
    void add(int hole) {
        int[] table = blocks.words();
        int at = hole << RECORD;
        int region = (table[at + OFFSET] - firstPage) >>> regionShift;
        int list = listOf(table[at + SIZE]);
        int place = region * lists + list;
        int head = heads[place];
        table[at + LIST] = place;
        table[at + NEXT] = head;
        table[at + PREVIOUS] = NONE;
        // Without a head this marks record 0, which is nobody's.
        table[(head << RECORD) + PREVIOUS] = hole;
        heads[place] = hole;
        filled[region * WORDS + (list >>> SHIFT)] |= 1L << list;
        filledWords[region] |= 1L << (list >>> SHIFT);
    }

    /** Takes out a hole by the place and the size that its record says. */
    void remove(int hole) {
        int[] table = blocks.words();
        int at = hole << RECORD;
        int next = table[at + NEXT];
        int previous = table[at + PREVIOUS];
        int place = table[at + LIST];
        table[(next << RECORD) + PREVIOUS] = previous;
        if (previous != NONE) {
            table[(previous << RECORD) + NEXT] = next;
            return;
        }
        heads[place] = next;
        int region = (table[at + OFFSET] - firstPage) >>> regionShift;
        clearIfEmpty(region, place - region * lists, next);
    }

    /** The list has a new head, which may be none; without a branch. */
    private void clearIfEmpty(int region, int list, int head) {
        int word = list >>> SHIFT;
        long none = Integer.toUnsignedLong((head - 1) >>> (Integer.SIZE - 1));
        long bits = filled[region * WORDS + word] & ~(none << list);
        filled[region * WORDS + word] = bits;
        filledWords[region] &= ~((~allOnesUnlessZero(bits) & 1) << word);
    }

    /** Shows every hole once. */
    void forEach(IntConsumer visitor) {
        for (int head : heads) {
            for (int hole = head; hole != NONE; hole = blocks.get(hole, NEXT)) {
                assert Steps.count();
                visitor.accept(hole);
            }
        }
    }

    /** Every list holds holes of its sizes and its region, linked both ways, and is marked exactly if it holds any. */
    void checkInvariants(int holes) {
        int listed = 0;
        for (int place = 0; place < heads.length; place++) {
            int region = place / lists;
            int list = place % lists;
            int ahead = NONE;
            for (int hole = heads[place]; hole != NONE; hole = blocks.get(hole, NEXT)) {
                assert Steps.count();
                Invariants.equal("kind of hole " + hole, HOLE, blocks.get(hole, KIND));
                Invariants.equal("list of hole " + hole, listOf(blocks.get(hole, SIZE)), list);
                Invariants.equal(
                        "region of hole " + hole, (blocks.get(hole, OFFSET) - firstPage) >>> regionShift, region);
                Invariants.equal("noted list of hole " + hole, place, blocks.get(hole, LIST));
                Invariants.equal("hole ahead of hole " + hole, ahead, blocks.get(hole, PREVIOUS));
                ahead = hole;
                listed++;
            }
            int mark = bit(filled[region * WORDS + (list >>> SHIFT)], list);
            Invariants.equal("mark of list " + place, heads[place] == NONE ? 0 : 1, mark);
        }
        Invariants.equal("listed holes", holes, listed);
        for (int word = 0; word < filled.length; word++) {
            int mark = bit(filledWords[word / WORDS], word);
            Invariants.equal("mark of word " + word, filled[word] == 0 ? 0 : 1, mark);
        }
    }

    private static int bit(long word, int index) {
        return (int) (word >>> index) & 1;
    }

    long metadataBytes() {
        return (long) heads.length * Integer.BYTES + (filled.length + filledWords.length) * (long) Long.BYTES;
    }
}
