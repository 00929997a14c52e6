// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each place and each ticket, by slot number: its state word, tag, birth, window. Safe for use by many
 * threads.
 *
 * <p><b>Handles.</b> A handle identifies one owner or one loan uniquely:
 *
 * <pre>
 *   63 62                29 28 27   25 24               0
 *   0  g g g … … … … g g g  T  t  t  t  b b b … … … b b b
 *      generation, 34 bits  |  table    block of the allocator
 *                           ticket: a further owner or a loan; below it the ticket's number
 * </pre>
 *
 * <p>Generations begin at a random value for each table, so that the handle of another pool is refused. A slot that had all
 * generations is not used again: its word keeps the one after the last, which no handle has. The place of such a slot is
 * still allocated; its owners are tickets then.
 *
 * <p><b>Segments.</b> Slot numbers are small and dense, so slots lie in segments of {@value #SEGMENT}, added when first
 * needed and never moved. Everything a slot needs is allocated with its segment, before any state changes.
 */
final class SlotTable {

    static final int SLOT_BITS = 29;
    static final long SLOT_MASK = (1L << SLOT_BITS) - 1;
    /** Set in the slot numbers of tickets. */
    static final long TICKET = 1L << (SLOT_BITS - 1);

    private static final int SEGMENT_SHIFT = 10;
    static final int SEGMENT = 1 << SEGMENT_SHIFT;
    private static final int WITHIN_MASK = SEGMENT - 1;
    private static final int BLOCK_MASK = (1 << OffsetAllocator.BLOCK_BITS) - 1;
    private static final int TABLES = 1 << (SLOT_BITS - OffsetAllocator.BLOCK_BITS);
    private static final int TICKET_TABLE = (int) (TICKET >>> OffsetAllocator.BLOCK_BITS);
    private static final int MOST_TICKETS = BLOCK_MASK;

    /** A slot that had all generations has come to this one, and keeps it. */
    private final long usedUp;
    /** The generation that every slot begins with. */
    private final long first;

    /** A row of segments for each {@value #SEGMENT} blocks, one of each table. Replaced when it grows. */
    private volatile @Nullable Segment[] segments = new Segment[0];

    /**
     * The free tickets, linked by {@link Segment#next}: the first one's number in the low bits, 0 for none, and above it a
     * count of changes, so that a list that has changed meanwhile is not taken for the same.
     */
    private final AtomicLong freeTickets = new AtomicLong();

    private int ticketSegments;

    SlotTable() {
        this(ThreadLocalRandom.current().nextLong() & SlotWord.GENERATION_MASK, SlotWord.GENERATION_MASK);
    }

    /**
     * For tests of what happens when generations are used up.
     *
     * @param usedUp what no slot that can be used has for a generation
     * @param generations how many each slot has, 1 to 2^34 - 1
     */
    SlotTable(long usedUp, long generations) {
        this.usedUp = usedUp;
        this.first = (usedUp - generations) & SlotWord.GENERATION_MASK;
    }

    /** The states of neighbouring slots, and what belongs to them. */
    static final class Segment extends AtomicLongArray {

        private static final long serialVersionUID = 1L;

        /** Of a slice or an owner, who holds it; of a loan, who borrows. */
        final transient String[] tags = new String[SEGMENT];
        /** When each owner or loan began, by the pool's clock. */
        final transient int[] births = new int[SEGMENT];
        /** Of a ticket, its place. */
        final transient int[] places;
        /** Of a free ticket, the next free one. */
        final transient int[] next;
        /** New slices until the next sweep, so that most end before anything more is done for them; null if none. */
        transient volatile @Nullable Object @Nullable [] young;
        /** Those of the sweep before; used by the sweep alone. */
        transient @Nullable Object @Nullable [] aged;
        /** Of places with windows or further owners; made when first needed. */
        private transient volatile @Nullable Extras extras;

        Segment(long firstGeneration, boolean ofTickets) {
            super(SEGMENT);
            places = new int[ofTickets ? SEGMENT : 0];
            next = new int[ofTickets ? SEGMENT : 0];
            Arrays.fill(tags, "");
            for (int at = 0; at < SEGMENT; at++) {
                lazySet(at, SlotWord.idle(firstGeneration));
            }
        }

        /** Made at the first call. */
        Extras extras() {
            Extras made = extras;
            return made == null ? makeExtras() : made;
        }

        private synchronized Extras makeExtras() {
            Extras made = extras;
            if (made == null) {
                made = new Extras();
                extras = made;
            }
            return made;
        }

        @Nullable
        Extras extrasOrNull() {
            return extras;
        }
    }

    /** What few places have. */
    static final class Extras {
        final AtomicReferenceArray<@Nullable Window> windows = new AtomicReferenceArray<>(SEGMENT);
        /** Whether the descriptor of the place's window, or the pool's for its range, was given to somebody. */
        final byte[] given = new byte[SEGMENT];
        /** What places wait for that were lent by range; for who holds the place. */
        final @Nullable Fence[] fences = new Fence[SEGMENT];
        /** Accesses open through further owners, all together; guarded by the ledger's lock. */
        final int[] accessesOfFurther = new int[SEGMENT];
        /** How many of them are reading ones whose END is under way; guarded by the ledger's lock. */
        final int[] endingOfFurther = new int[SEGMENT];
    }

    /** {@link Extras#given}: a device may have put fences on the window. */
    static final byte GIVEN_WINDOW = 1;
    /** {@link Extras#given}: a device may have put fences on the whole buffer. */
    static final byte GIVEN_RANGE = 2;

    static long slot(long handle) {
        return handle & SLOT_MASK;
    }

    static boolean isTicket(long handle) {
        return (handle & TICKET) != 0;
    }

    static int within(long handle) {
        return (int) handle & WITHIN_MASK;
    }

    /** The handle of what lives in a slot now. */
    static long handle(long slot, long word) {
        return (SlotWord.generation(word) << SLOT_BITS) | slot;
    }

    /** Whether the word is of the handle's generation, and live. */
    static boolean isOf(long handle, long word) {
        return word >>> (SlotWord.GENERATION_SHIFT - 1) == ((handle >>> SLOT_BITS) << 1 | 1);
    }

    /** The idle state after this one, in which no handle given before is valid. */
    long nextIdle(long word) {
        return isUsedUp(word) ? SlotWord.idle(usedUp) : SlotWord.nextIdle(word);
    }

    /** Whether no handle can be made of the slot any more. */
    boolean isUsedUp(long word) {
        return SlotWord.generation(word) == usedUp;
    }

    /** The segment of a slot, or null if none of its slots was used yet. */
    @Nullable
    Segment segmentOrNull(long handle) {
        @Nullable Segment[] all = segments;
        int index = index(slot(handle));
        return index < all.length ? all[index] : null;
    }

    Segment segment(long handle) {
        Segment segment = segmentOrNull(handle);
        if (segment == null) {
            throw new IllegalArgumentException("no slice or loan ever had handle " + handle);
        }
        return segment;
    }

    /** The state of a slot; 0 if it was never used. */
    long word(long slot) {
        Segment segment = segmentOrNull(slot);
        return segment == null ? 0 : segment.get(within(slot));
    }

    private static int index(long slot) {
        int table = (int) (slot >>> OffsetAllocator.BLOCK_BITS);
        int row = ((int) slot & BLOCK_MASK) >>> SEGMENT_SHIFT;
        return row * TABLES + table;
    }

    /** The segment of a place, made if there is none. */
    Segment segmentToWrite(long place) {
        Segment segment = segmentOrNull(place);
        return segment == null ? addSegment(place, false) : segment;
    }

    private synchronized Segment addSegment(long slot, boolean ofTickets) {
        int index = index(slot);
        @Nullable Segment[] all = Arrays.copyOf(segments, Math.max(segments.length, (index | (TABLES - 1)) + 1));
        Segment segment = all[index];
        if (segment == null) {
            segment = new Segment(first, ofTickets);
            all[index] = segment;
            segments = all;
        }
        return segment;
    }

    /** Takes a ticket from the free ones; the slot number is the caller's until {@link #giveBackTicket}. */
    long takeTicket() {
        while (true) {
            long head = freeTickets.get();
            int first = (int) head;
            if (first == 0) {
                growTickets();
                continue;
            }
            Segment segment = segment(TICKET | first);
            long next = ((head >>> Integer.SIZE) + 1) << Integer.SIZE | segment.next[within(first)];
            if (freeTickets.compareAndSet(head, next)) {
                return TICKET | first;
            }
        }
    }

    /** A ticket whose generations are used up stays out of use. */
    void giveBackTicket(long slot) {
        Segment segment = segment(slot);
        int at = within(slot);
        if (!isUsedUp(segment.get(at))) {
            pushTickets((int) (slot & ~TICKET), segment, at);
        }
    }

    /** @param last the last one of a row of tickets that begins with the first */
    private void pushTickets(int first, Segment segment, int last) {
        long head;
        long next;
        do {
            head = freeTickets.get();
            segment.next[last] = (int) head;
            next = ((head >>> Integer.SIZE) + 1) << Integer.SIZE | first;
        } while (!freeTickets.compareAndSet(head, next));
    }

    private synchronized void growTickets() {
        if ((int) freeTickets.get() != 0) {
            return;
        }
        int begin = ticketSegments << SEGMENT_SHIFT;
        if (begin > MOST_TICKETS - SEGMENT) {
            throw new IllegalStateException(
                    "a pool has at most " + MOST_TICKETS + " loans and further owners at once: end some");
        }
        Segment segment = addSegment(TICKET | begin, true);
        int first = Math.max(1, begin); // 0 stands for none.
        for (int ticket = first; ticket < begin + SEGMENT - 1; ticket++) {
            segment.next[within(ticket)] = ticket + 1;
        }
        ticketSegments++;
        pushTickets(first, segment, SEGMENT - 1);
    }

    /** Is shown places. */
    interface PlaceVisitor {
        void place(long place, long word);
    }

    /** Shows every place that was ever used, with its state. */
    void forEachPlace(PlaceVisitor visitor) {
        @Nullable Segment[] all = segments;
        for (int index = 0; index < all.length; index++) {
            Segment segment = all[index];
            int table = index % TABLES;
            if (segment != null && table < TICKET_TABLE) {
                long begin = (long) table << OffsetAllocator.BLOCK_BITS | (long) (index / TABLES) << SEGMENT_SHIFT;
                for (int at = 0; at < SEGMENT; at++) {
                    visitor.place(begin | at, segment.get(at));
                }
            }
        }
    }

    /** Is shown live tickets. */
    interface TicketVisitor {
        void ticket(long handle, long word, long place, String tag, int birth);
    }

    /** Shows every live ticket once. One that begins or ends meanwhile may be shown or not. */
    void forEachTicket(TicketVisitor visitor) {
        @Nullable Segment[] all = segments;
        for (int index = TICKET_TABLE; index < all.length; index += TABLES) {
            Segment segment = all[index];
            if (segment != null) {
                showTickets(segment, (long) (index / TABLES) << SEGMENT_SHIFT, visitor);
            }
        }
    }

    private static void showTickets(Segment segment, long begin, TicketVisitor visitor) {
        for (int at = 0; at < SEGMENT; at++) {
            long word = segment.get(at);
            if (SlotWord.isLive(word)) {
                long place = Integer.toUnsignedLong(segment.places[at]);
                String tag = segment.tags[at];
                int birth = segment.births[at];
                if (segment.get(at) == word) {
                    visitor.ticket(handle(TICKET | begin | at, word), word, place, tag, birth);
                }
            }
        }
    }

    /**
     * Holds a slice that just began until the sweep after next. The array is a new one after each sweep: one that had
     * grown old would make every store work for the collector.
     */
    void remember(long handle, Object holder) {
        Segment segment = segment(handle);
        int at = within(handle);
        @Nullable Object[] young;
        do {
            young = young(segment);
            young[at] = holder;
        } while (segment.young != young); // A sweep came between; its array may have been looked at before.
    }

    private static @Nullable Object[] young(Segment segment) {
        @Nullable Object[] young = segment.young;
        return young == null ? makeYoung(segment) : young;
    }

    private static @Nullable Object[] makeYoung(Segment segment) {
        synchronized (segment) {
            @Nullable Object[] young = segment.young;
            if (young == null) {
                young = new Object[SEGMENT];
                segment.young = young;
            }
            return young;
        }
    }

    /** Forgets the slices that were remembered before the last call, and shows them. For one thread at a time. */
    void ageYoung(Consumer<Object> visitor) {
        for (Segment segment : segments) {
            if (segment != null) {
                ageYoung(segment, visitor);
            }
        }
    }

    private static void ageYoung(Segment segment, Consumer<Object> visitor) {
        @Nullable Object[] aged = segment.aged;
        segment.aged = segment.young;
        segment.young = null;
        if (aged != null) {
            for (Object slice : aged) {
                if (slice != null) {
                    visitor.accept(slice);
                }
            }
        }
    }
}
