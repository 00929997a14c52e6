// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import org.dmabufpool.heap.Direction;

/**
 * The state of a slot as one number, so that each step in its life is one compare-and-set that sees everything at once.
 *
 * <p>The slot of a place, which the allocator numbers:
 *
 * <pre>
 *   63       30 29 28 27 26     22 21       15 14   12 11 10        0
 *   g g … … g g  L  U  X  s … … s  l l … … l l  e e e  G  a a … … a a
 *
 *   g   generation: raised when the place is given back, so that old handles are refused
 *   L   live: the first owner has not closed
 *   U   unclean: the kernel refused to clean what the CPU wrote
 *   X   exposed: an access or a loan has begun, so a view or a device may be in use
 *   s   further owners, 0 to 31
 *   l   loans: 0 to 125 devices that read; 126 held by the pool itself; 127 one device that writes
 *   e   reading accesses whose END is under way, 0 to 7; for those that are known by a handle alone.
 *       Of a place that the pool holds, why: 0 it is given back now, 1 fences are not signalled, 2 quarantined, 3 a step
 *       failed and is to be tried again, 4 the same, and only the allocator is to have the place back
 *   G   given: a descriptor that reaches the place was given to a device, whose fences are to be looked at before reuse
 *   a   accesses: 0 to 2044 reading; 2045 one writing whose END is under way; 2046 one WRITE; 2047 one READ_WRITE
 * </pre>
 *
 * <p>The place is free when L, s, l and a are 0. Whoever makes L, s and l 0 sets l to 126 in the same step, so that exactly
 * one thread gives the place back.
 *
 * <p>The slot of a ticket, which stands for a further owner or for a loan:
 *
 * <pre>
 *   63       30 29 28 27 26 25 24     15 14   12 11 10        0
 *   g g … … g g  L  B  E  R  W  – … … –  e e e  –  a a … … a a
 *
 *   L   live: the owner has not closed, the loan has not ended
 *   B   borrowed: a loan, else an owner
 *   E   somebody is about to end the loan, and nobody else may
 *   R W what the device of a loan does
 *   e a accesses open through this owner, as above
 * </pre>
 */
final class SlotWord {

    static final int GENERATION_BITS = 34;
    static final int GENERATION_SHIFT = 30;
    static final long GENERATION_MASK = (1L << GENERATION_BITS) - 1;

    static final long LIVE = 1L << 29;
    static final long UNCLEAN = 1L << 28;
    static final long EXPOSED = 1L << 27;
    static final long GIVEN = 1L << 11;

    private static final int OWNER_SHIFT = 22;
    static final long ONE_OWNER = 1L << OWNER_SHIFT;
    static final int MOST_FURTHER_OWNERS = 31;

    private static final int LOAN_SHIFT = 15;
    static final long ONE_LOAN = 1L << LOAN_SHIFT;
    static final int MOST_READING_LOANS = 125;
    static final int HELD = 126;
    static final int DEVICE_WRITES = 127;
    private static final int LOAN_MASK = 127;

    private static final int ENDING_SHIFT = 12;
    private static final int ENDING_MASK = 7;
    private static final long ONE_ENDING = 1L << ENDING_SHIFT;

    private static final int ACCESS_MASK = 2047;
    static final int MOST_READERS = 2044;
    private static final int WRITE_ENDING = 2045;
    private static final int WRITE = 2046;
    private static final int READ_WRITE = 2047;

    /** The place is being given back now. */
    static final int PASSING = 0;

    static final int WAITS_FOR_FENCES = 1;
    static final int QUARANTINED = 2;
    static final int UNFINISHED = 3;
    static final int UNFREED = 4;

    static final long BORROWED = 1L << 28;
    private static final long END_CLAIMED = 1L << 27;
    private static final long DEVICE_READS_BIT = 1L << 26;
    private static final long DEVICE_WRITES_BIT = 1L << 25;

    /** What a step returns where the state does not allow it. No state has this value: a writing access is no counter's. */
    static final long REFUSED = -1;

    private SlotWord() {}

    static long generation(long word) {
        return word >>> GENERATION_SHIFT;
    }

    /** A slot of that generation, which wraps, with nothing open. */
    static long idle(long generation) {
        return generation << GENERATION_SHIFT;
    }

    /** The idle state after one in which there was a handle, which is not valid any more. */
    static long nextIdle(long word) {
        return idle(generation(word) + 1);
    }

    static boolean isLive(long word) {
        return (word & LIVE) != 0;
    }

    static int furtherOwners(long word) {
        return (int) (word >>> OWNER_SHIFT) & MOST_FURTHER_OWNERS;
    }

    /** Whether the first owner is all that there is: no other, no access, no loan, no fence, and nothing to be cleaned. */
    static boolean hasOneCleanOwnerOnly(long word) {
        return (word & ((1L << GENERATION_SHIFT) - 1) & ~EXPOSED) == LIVE;
    }

    static boolean hasOwner(long word) {
        return (word & (LIVE | ((long) MOST_FURTHER_OWNERS << OWNER_SHIFT))) != 0;
    }

    /** Loans as the field holds them: see the layout. */
    static int loans(long word) {
        return (int) (word >>> LOAN_SHIFT) & LOAN_MASK;
    }

    static long withLoans(long word, int loans) {
        return (word & ~((long) LOAN_MASK << LOAN_SHIFT)) | ((long) loans << LOAN_SHIFT);
    }

    private static int access(long word) {
        return (int) word & ACCESS_MASK;
    }

    private static long withAccess(long word, int access) {
        return (word & ~(long) ACCESS_MASK) | access;
    }

    /** Accesses open, whatever their direction. */
    static int accesses(long word) {
        int access = access(word);
        return access > MOST_READERS ? 1 : access;
    }

    static boolean isWritten(long word) {
        return access(word) > MOST_READERS;
    }

    private static int writing(Direction direction) {
        return direction.reads() ? READ_WRITE : WRITE;
    }

    /** The state after an access has begun, or {@link #REFUSED}. */
    static long entered(long word, Direction direction) {
        int access = access(word);
        if (direction.writes()) {
            return access != 0 || loans(word) != 0 ? REFUSED : withAccess(word, writing(direction)) | EXPOSED;
        }
        return access >= MOST_READERS || loans(word) == DEVICE_WRITES ? REFUSED : (word + 1) | EXPOSED;
    }

    /** The state after an access of that direction has ended, or {@link #REFUSED} where none is open. */
    static long left(long word, Direction direction) {
        int access = access(word);
        if (direction.writes()) {
            return access == writing(direction) ? withAccess(word, 0) : REFUSED;
        }
        return access > ending(word) && access <= MOST_READERS ? word - 1 : REFUSED;
    }

    /** Reading accesses whose END is under way. */
    static int ending(long word) {
        return (int) (word >>> ENDING_SHIFT) & ENDING_MASK;
    }

    /** Whether an END of that direction must wait until others have ended, as their number cannot be counted. */
    static boolean endsAreFull(long word, Direction direction) {
        return !direction.writes() && ending(word) == ENDING_MASK;
    }

    /** The state while the END of one access is under way, which nobody else can end then; or {@link #REFUSED}. */
    static long endBegun(long word, Direction direction) {
        int access = access(word);
        if (direction.writes()) {
            return access == writing(direction) ? withAccess(word, WRITE_ENDING) : REFUSED;
        }
        return access > ending(word) && access <= MOST_READERS ? word + ONE_ENDING : REFUSED;
    }

    /** The state after an END that {@link #endBegun} announced. */
    static long endDone(long word, Direction direction) {
        return direction.writes() ? withAccess(word, 0) : word - ONE_ENDING - 1;
    }

    /** The state after an END that {@link #endBegun} announced is not made. */
    static long endCancelled(long word, Direction direction) {
        return direction.writes() ? withAccess(word, writing(direction)) : word - ONE_ENDING;
    }

    /** The state after a device was lent the place, or {@link #REFUSED}. */
    static long lent(long word, boolean deviceWrites) {
        int loans = loans(word);
        if (deviceWrites) {
            return access(word) != 0 || loans != 0 ? REFUSED : withLoans(word, DEVICE_WRITES) | EXPOSED;
        }
        return isWritten(word) || loans >= MOST_READING_LOANS ? REFUSED : (word + ONE_LOAN) | EXPOSED;
    }

    /** The state after a loan has ended. */
    static long loanEnded(long word) {
        return loans(word) == DEVICE_WRITES ? withLoans(word, 0) : word - ONE_LOAN;
    }

    /** A slice that begins, and whose handle nobody has yet. */
    static long opening(long idle) {
        return withAccess(idle | LIVE, WRITE_ENDING);
    }

    static boolean isOpening(long word) {
        return access(word) == WRITE_ENDING && (word & EXPOSED) == 0;
    }

    /** The slice was handed out. */
    static long opened(long word) {
        return withAccess(word, 0);
    }

    /** A slice that was not handed out after all: the pool holds its place. */
    static long abandoned(long word) {
        return withLoans(idle(generation(word)), HELD);
    }

    /** The state, held by the pool if nobody else uses the place any more. */
    static long heldIfUnused(long word) {
        return hasOwner(word) || loans(word) != 0 ? word : withLoans(word, HELD);
    }

    /** Held by the pool for a reason: one of the four above. */
    static long held(long word, int why) {
        long without = withLoans(word, HELD) & ~((long) ENDING_MASK << ENDING_SHIFT);
        return without | ((long) why << ENDING_SHIFT);
    }

    /** Why the pool holds a place. */
    static int whyHeld(long word) {
        return ending(word);
    }

    static boolean isUnclean(long word) {
        return (word & UNCLEAN) != 0;
    }

    static boolean isHeld(long word) {
        return loans(word) == HELD;
    }

    /** Whether a device uses the place. */
    static boolean isLent(long word) {
        int loans = loans(word);
        return loans != 0 && loans != HELD;
    }

    /** A ticket's state from its first moment. */
    static long ticketOfOwner(long word) {
        return idle(generation(word)) | LIVE;
    }

    /** A ticket's state from its first moment. */
    static long ticketOfLoan(long word, Direction direction) {
        return idle(generation(word))
                | LIVE
                | BORROWED
                | (direction.reads() ? DEVICE_READS_BIT : 0)
                | (direction.writes() ? DEVICE_WRITES_BIT : 0);
    }

    static boolean isLoan(long ticket) {
        return (ticket & BORROWED) != 0;
    }

    static boolean isEndClaimed(long ticket) {
        return (ticket & END_CLAIMED) != 0;
    }

    /** The state of a loan's ticket from the moment that one thread goes on to end it. */
    static long endClaimed(long ticket) {
        return ticket | END_CLAIMED;
    }

    /** What the device of a loan does. */
    static Direction direction(long ticket) {
        if ((ticket & DEVICE_WRITES_BIT) == 0) {
            return Direction.READ;
        }
        return (ticket & DEVICE_READS_BIT) == 0 ? Direction.WRITE : Direction.READ_WRITE;
    }

    /** Which accesses are open, for messages. */
    static String describeAccesses(long word) {
        if (isWritten(word)) {
            return "1 writing access open";
        }
        return accesses(word) + " reading accesses open";
    }

    /** "none", "reading" or "writing". */
    static String accessState(long word) {
        return accesses(word) == 0 ? "none" : isWritten(word) ? "writing" : "reading";
    }
}
