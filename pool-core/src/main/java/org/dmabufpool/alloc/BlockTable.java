// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;

/**
 * The records of all blocks of an allocator, by number. A block is a live part, a hole, or a part cut up by another tier.
 *
 * <p>Not safe for use by many threads, but for {@link #get}: a live part's record may be read by any thread that the
 * part's number was handed to.
 *
 * <p><b>Layout.</b> Eight numbers a block, so that two blocks share a line of the processor's cache:
 *
 * <pre>
 * OFFSET    first page; of a slot, first line
 * SIZE      pages; of a slot, lines
 * BEFORE    the block that ends where this one begins, or the edge
 * AFTER     the block that begins where this one ends, or the edge
 * KIND      what the block is, below; of a slot also whose
 * SPARE     of a live part, bytes reserved and not requested, but for whole pages; of a slab, its number
 * LIST      of a hole, in the same place: the list it is in
 * NEXT      of a hole, the next one of its list; of an unused record, the next unused one; of a live part, whole pages
 *           reserved and not requested
 * PREVIOUS  of a hole, the one ahead in its list
 * ORIGIN    of a live part, in the same place: its budget in the low bits, and above them how many ranges had been held for
 *           requests when it was taken
 * </pre>
 *
 * <p>KIND holds the kind in its low bits, and of a slot the number of its slab above them.
 */
final class BlockTable extends Margin {

    static final int OFFSET = 0;
    static final int SIZE = 1;
    static final int BEFORE = 2;
    static final int AFTER = 3;
    static final int KIND = 4;
    static final int SPARE = 5;
    static final int LIST = SPARE;
    static final int NEXT = 6;
    static final int SPARE_PAGES = NEXT;
    static final int PREVIOUS = 7;
    static final int ORIGIN = PREVIOUS;

    /** Binary logarithm of the numbers a block. */
    static final int RECORD = 3;

    /** No block is kept here. */
    static final int UNUSED = 0;
    /** Free pages. */
    static final int HOLE = 1;
    /** A live part of whole pages. */
    static final int RUN = 2;
    /** A live part below a page. */
    static final int SLOT = 3;
    /** Pages that serve slots. */
    static final int SLAB = 4;
    /** What lies around the range: neither a part nor free. */
    static final int EDGE = 5;
    /** Free pages that are held for the first request that waits. */
    static final int HELD = 6;

    /** SPARE of a part that was given back and waits to be taken again. */
    static final int WAITS = -1;

    static final int KIND_BITS = 3;
    static final int KIND_MASK = (1 << KIND_BITS) - 1;

    /** No block has this number. */
    static final int NONE = 0;

    /** The highest number of a block. */
    static final int MOST = (1 << OffsetAllocator.BLOCK_BITS) - 1;

    private static final int FIRST_BLOCKS = 64;

    /**
     * The most records that a request takes, unless {@link #keepRoomFor} says more: a run cut from the middle of a hole, as a slab, and a slot, with some to
     * spare.
     */
    static final int MOST_FOR_A_REQUEST = 8;

    private final int most;

    /** All records. Replaced when it grows, and volatile so that other threads find in it what was written before. */
    private volatile int[] words = new int[FIRST_BLOCKS << RECORD];

    /** While {@link #end} is at most this, there is room for a request. */
    private int roomEnd = FIRST_BLOCKS - MOST_FOR_A_REQUEST;

    private int forARequest = MOST_FOR_A_REQUEST;

    private int end = 1;
    private int unused = NONE;

    BlockTable() {
        this(MOST);
    }

    /** @param most the highest number that a block may have */
    BlockTable(int most) {
        this.most = most;
    }

    /** The array that holds the records until the next {@link #grow}. */
    int[] words() {
        return words;
    }

    /** One number of a block's record. */
    int get(int block, int field) {
        return words[(block << RECORD) + field];
    }

    /** A request takes up to so many records, less than there are at first. */
    void keepRoomFor(int records) {
        forARequest = records;
        roomEnd = room() - records;
    }

    /** Whether the number belongs to a block that may be asked about. */
    boolean contains(long block) {
        return block > NONE && block < end;
    }

    /** One more than the highest number given so far. */
    int end() {
        return end;
    }

    /** How many records there is room for before the table must grow. */
    int room() {
        return words.length >>> RECORD;
    }

    /** Whether a request finds all the records that it takes, so that {@link #add} cannot fail half way. */
    boolean hasRoom() {
        return end <= roomEnd;
    }

    /** How many records there may be after {@link #grow}; as many as now if that is the most. */
    int largerRoom() {
        return (int) Math.min(2L * room(), most + 1L);
    }

    /** Makes room for so many records; when this throws, nothing has changed. */
    void grow(int room) {
        words = Arrays.copyOf(words, room << RECORD);
        roomEnd = room - forARequest;
    }

    /** Whether enough records are left over from earlier blocks, so that the table need not grow. */
    boolean hasUnused() {
        int count = 0;
        for (int block = unused; block != NONE && count < forARequest; block = get(block, NEXT)) {
            count++;
        }
        return count == forARequest;
    }

    /** A record to fill in; there is one, where {@link #hasRoom} or {@link #hasUnused} said so before the request. */
    int add() {
        int block = unused;
        if (block == NONE) {
            return end++;
        }
        unused = words[(block << RECORD) + NEXT];
        return block;
    }

    /** The block is no more. */
    void remove(int block) {
        int at = block << RECORD;
        int[] table = words;
        table[at + KIND] = UNUSED;
        table[at + NEXT] = unused;
        unused = block;
    }

    long metadataBytes() {
        return (long) words.length * Integer.BYTES;
    }
}
