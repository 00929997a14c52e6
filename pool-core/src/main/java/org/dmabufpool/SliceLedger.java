// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Fence;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * Who uses each place now: its owners, accesses and loans. Safe for use by many threads.
 *
 * <p>A place is used from {@link #open} until its last owner has closed <em>and</em> its last loan has ended, in either
 * order. The one step after which nobody uses it any more says so ({@link #isUnused}) and leaves the place held for the
 * caller, who cleans it and gives it back.
 *
 * <p>Each step checks what it changes, and either happens whole or changes nothing. The layout of the states is drawn at
 * {@link SlotWord}, that of handles at {@link SlotTable}.
 *
 * <p><b>Concurrency.</b> The steps of a place's first owner and of loans are one or two compare-and-sets. What concerns
 * further owners is done under this object's monitor too, under which no system call is made: accesses are counted by
 * place, by further owner, and for all further owners together, so that those of the first owner are the difference.
 */
final class SliceLedger {

    /** What no owner and no loan has for a handle. */
    static final long NO_HANDLE = -1;

    /** The owner has closed before or the loan has ended before, or there never was such a handle. Nothing has changed. */
    static final long NOT_LIVE = -1;
    /** What is open does not allow it. Nothing has changed. */
    static final long CONFLICT = -2;
    /** The step is done. */
    static final long DONE = 0;

    private static final long UNUSED = 1;

    /** How long a thread sleeps that must wait for a few steps of another one. */
    private static final long NAP_NANOS = 1_000;

    private final SlotTable slots;
    private volatile boolean stopped;

    SliceLedger() {
        this(new SlotTable());
    }

    SliceLedger(SlotTable slots) {
        this.slots = slots;
    }

    SlotTable slots() {
        return slots;
    }

    /**
     * A slice begins, at a place that just came from the allocator.
     *
     * @return the handle of its first owner, which is good after {@link #confirm}
     */
    long open(long place, String tag, int birth) {
        SlotTable.Segment segment = slots.segmentToWrite(place);
        int at = SlotTable.within(place);
        long idle = segment.get(at);
        if (slots.isUsedUp(idle)) {
            return openFurther(segment, at, place, tag, birth);
        }
        note(segment, at, tag, birth);
        segment.lazySet(at, SlotWord.opening(idle));
        return SlotTable.handle(place, idle);
    }

    /** The slice is about to be handed out, and is there for everybody from now on. */
    void confirm(long place) {
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        segment.lazySet(at, SlotWord.opened(segment.get(at)));
    }

    /** A slice is not handed out after all: its place is held for the caller, who gives it back. */
    synchronized void abandon(long handle) {
        long place = place(handle);
        if (SlotTable.isTicket(handle)) {
            retireTicket(handle);
        }
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        segment.set(at, SlotWord.abandoned(segment.get(at)));
    }

    /** No slice begins any more, as the pool is closed. */
    void stopOpening() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    /**
     * As {@link #open} and {@link #confirm}, in one step.
     *
     * @return the handle, or {@link #CONFLICT} if the pool was closed: nothing has changed then
     */
    long openAtOnce(long place, String tag, int birth) {
        SlotTable.Segment segment = slots.segmentToWrite(place);
        int at = SlotTable.within(place);
        if (stopped) {
            return CONFLICT;
        }
        long idle = segment.get(at);
        if (slots.isUsedUp(idle)) {
            return openUsedUp(segment, at, place, tag, birth);
        }
        note(segment, at, tag, birth);
        segment.lazySet(at, idle | SlotWord.LIVE);
        return SlotTable.handle(place, idle);
    }

    private long openUsedUp(SlotTable.Segment segment, int at, long place, String tag, int birth) {
        long handle = openFurther(segment, at, place, tag, birth);
        confirm(place);
        return handle;
    }

    /** No handle can be made of the place's own slot any more. */
    private synchronized long openFurther(SlotTable.Segment segment, int at, long place, String tag, int birth) {
        long ticket = slots.takeTicket();
        segment.extras();
        segment.tags[at] = tag;
        segment.births[at] = birth;
        segment.lazySet(at, SlotWord.opening(segment.get(at)) + SlotWord.ONE_OWNER - SlotWord.LIVE);
        return issueOwner(ticket, place, tag, birth);
    }

    @SuppressWarnings(
            "ReferenceEquality") // A store into an old table is what costs; an equal tag stored again does no harm.
    private static void note(SlotTable.Segment segment, int at, String tag, int birth) {
        if (segment.tags[at] != tag) {
            segment.tags[at] = tag;
        }
        segment.births[at] = birth;
    }

    private long issueOwner(long ticket, long place, String tag, int birth) {
        SlotTable.Segment segment = slots.segment(ticket);
        int at = SlotTable.within(ticket);
        long word = SlotWord.ticketOfOwner(segment.get(at));
        return issue(segment, ticket, word, place, tag, birth);
    }

    private static long issue(SlotTable.Segment segment, long ticket, long word, long place, String tag, int birth) {
        int at = SlotTable.within(ticket);
        note(segment, at, tag, birth);
        segment.places[at] = (int) place;
        segment.lazySet(at, word);
        return SlotTable.handle(ticket, word);
    }

    /** Whether the owner has not closed, or the loan has not ended. */
    boolean isLive(long handle) {
        SlotTable.Segment segment = slots.segmentOrNull(handle);
        return segment != null && SlotTable.isOf(handle, segment.get(SlotTable.within(handle)));
    }

    boolean isLiveOwner(long handle) {
        return SlotTable.isTicket(handle) ? isOwner(handle, slots.word(SlotTable.slot(handle))) : isLive(handle);
    }

    /** Whether the handle is of a loan that has not ended. */
    boolean isLoan(long handle) {
        long word = SlotTable.isTicket(handle) ? slots.word(SlotTable.slot(handle)) : 0;
        return SlotTable.isOf(handle, word) && SlotWord.isLoan(word);
    }

    /** The place of a live owner or loan; that of the last one where the handle is not live any more. */
    long place(long handle) {
        if (!SlotTable.isTicket(handle)) {
            return SlotTable.slot(handle);
        }
        SlotTable.Segment segment = slots.segment(handle);
        return Integer.toUnsignedLong(segment.places[SlotTable.within(handle)]);
    }

    /** As {@link #place}, or {@link #NO_HANDLE} where there never was such a ticket. */
    long placeOrNone(long handle) {
        return slots.segmentOrNull(handle) == null ? NO_HANDLE : place(handle);
    }

    /** The state of a place. */
    long state(long place) {
        return slots.word(place);
    }

    // ---- accesses ----

    /** One step in the state of a place, and of a ticket where the owner is a further one. */
    private interface Step {
        /** The next state, or {@link SlotWord#REFUSED}. */
        long next(long word, Direction direction);
    }

    private static final Step ENTER = SlotWord::entered;
    private static final Step LEAVE = SlotWord::left;
    private static final Step BEGIN_END = SlotWord::endBegun;
    private static final Step FINISH_END = SlotWord::endDone;
    private static final Step CANCEL_END = SlotWord::endCancelled;

    /** An access begins. */
    long enter(long handle, Direction direction) {
        if (SlotTable.isTicket(handle)) {
            return stepOfFurther(handle, direction, ENTER, 1, 0);
        }
        SlotTable.Segment segment = slots.segmentOrNull(handle);
        int at = SlotTable.within(handle);
        while (segment != null) {
            long word = segment.get(at);
            if (!SlotTable.isOf(handle, word)) {
                break;
            }
            long next = SlotWord.entered(word, direction);
            if (next == SlotWord.REFUSED) {
                return CONFLICT;
            }
            if (segment.compareAndSet(at, word, next)) {
                return DONE;
            }
        }
        return NOT_LIVE;
    }

    /** An access ends that {@link #enter} began, after its END. */
    long leave(long handle, Direction direction) {
        return SlotTable.isTicket(handle)
                ? stepOfFurther(handle, direction, LEAVE, -1, 0)
                : stepOfFirst(handle, direction, LEAVE);
    }

    /**
     * Takes the right to END one access in the direction, so that nobody else ends it meanwhile.
     *
     * @return {@link #CONFLICT} if no such access is open
     */
    long beginEnd(long handle, Direction direction) {
        while (SlotWord.endsAreFull(slots.word(SlotTable.slot(handle)), direction)) {
            LockSupport.parkNanos(this, NAP_NANOS);
        }
        return SlotTable.isTicket(handle)
                ? stepOfFurther(handle, direction, BEGIN_END, 0, direction.writes() ? 0 : 1)
                : stepOfFirst(handle, direction, BEGIN_END);
    }

    /** The END that {@link #beginEnd} announced is over. */
    void finishEnd(long handle, Direction direction) {
        if (SlotTable.isTicket(handle)) {
            stepOfFurther(handle, direction, FINISH_END, -1, direction.writes() ? 0 : -1);
        } else {
            stepOfFirst(handle, direction, FINISH_END);
        }
    }

    /** The END that {@link #beginEnd} announced is not made after all: the access stays open. */
    void cancelEnd(long handle, Direction direction) {
        if (SlotTable.isTicket(handle)) {
            stepOfFurther(handle, direction, CANCEL_END, 0, direction.writes() ? 0 : -1);
        } else {
            stepOfFirst(handle, direction, CANCEL_END);
        }
    }

    private long stepOfFirst(long handle, Direction direction, Step step) {
        SlotTable.Segment segment = slots.segmentOrNull(handle);
        int at = SlotTable.within(handle);
        while (segment != null) {
            long word = segment.get(at);
            if (!SlotTable.isOf(handle, word)) {
                break;
            }
            if (step != FINISH_END
                    && step != CANCEL_END
                    && SlotWord.furtherOwners(word) > 0
                    && endableByFirst(segment, at) <= 0) {
                return CONFLICT;
            }
            long next = step.next(word, direction);
            if (next == SlotWord.REFUSED) {
                return CONFLICT;
            }
            if (segment.compareAndSet(at, word, next)) {
                return DONE;
            }
        }
        return NOT_LIVE;
    }

    private synchronized int accessesOfFirst(SlotTable.Segment segment, int at) {
        SlotTable.Extras extras = segment.extrasOrNull();
        return SlotWord.accesses(segment.get(at)) - (extras == null ? 0 : extras.accessesOfFurther[at]);
    }

    private synchronized int endableByFirst(SlotTable.Segment segment, int at) {
        SlotTable.Extras extras = segment.extrasOrNull();
        int endingOfFurther = extras == null ? 0 : extras.endingOfFurther[at];
        return accessesOfFirst(segment, at) - (SlotWord.ending(segment.get(at)) - endingOfFurther);
    }

    /**
     * @param accesses how many more are open afterwards
     * @param ending how many more are about to end afterwards
     */
    private synchronized long stepOfFurther(long handle, Direction direction, Step step, int accesses, int ending) {
        SlotTable.Segment tickets = slots.segmentOrNull(handle);
        int ticketAt = SlotTable.within(handle);
        if (tickets == null || !isOwner(handle, tickets.get(ticketAt))) {
            return NOT_LIVE;
        }
        long ticket = step.next(tickets.get(ticketAt), direction);
        if (ticket == SlotWord.REFUSED) {
            return CONFLICT;
        }
        SlotTable.Segment segment = slots.segment(place(handle));
        int at = SlotTable.within(place(handle));
        SlotTable.Extras extras = segment.extras();
        long word;
        long next;
        do {
            word = segment.get(at);
            next = step.next(word, direction);
            if (next == SlotWord.REFUSED) {
                return CONFLICT;
            }
        } while (!segment.compareAndSet(at, word, next));
        tickets.lazySet(ticketAt, ticket);
        extras.accessesOfFurther[at] += accesses;
        extras.endingOfFurther[at] += ending;
        return DONE;
    }

    private static boolean isOwner(long handle, long ticket) {
        return SlotTable.isOf(handle, ticket) && !SlotWord.isLoan(ticket);
    }

    /** Notes, within a writing access, that the kernel refused to clean what the CPU wrote. */
    void markUnclean(long place) {
        set(place, SlotWord.UNCLEAN);
    }

    /** Notes that a descriptor of a live owner's slice was given to somebody. */
    void markExposed(long place) {
        set(place, SlotWord.EXPOSED);
    }

    private void set(long place, long flag) {
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        long word;
        do {
            word = segment.get(at);
        } while ((word & flag) == 0 && !segment.compareAndSet(at, word, word | flag));
    }

    // ---- owners ----

    /**
     * A further owner of the same place begins.
     *
     * @return its handle, or {@link #NOT_LIVE}, or {@link #CONFLICT} where there are as many owners as a place can have
     */
    synchronized long share(long handle, String tag, int birth) {
        SlotTable.Segment owners = slots.segmentOrNull(handle);
        if (owners == null || !isLiveOwner(handle)) {
            return NOT_LIVE;
        }
        long place = place(handle);
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        segment.extras();
        long ticket = slots.takeTicket();
        long refusal = addOwner(segment, at, handle);
        if (refusal != DONE) {
            slots.giveBackTicket(ticket);
            return refusal;
        }
        return issueOwner(ticket, place, tag, birth);
    }

    private static long addOwner(SlotTable.Segment segment, int at, long handle) {
        long word;
        do {
            word = segment.get(at);
            if (!SlotTable.isTicket(handle) && !SlotTable.isOf(handle, word)) {
                return NOT_LIVE; // The first owner closes without the monitor.
            }
            if (SlotWord.furtherOwners(word) == SlotWord.MOST_FURTHER_OWNERS) {
                return CONFLICT;
            }
        } while (!segment.compareAndSet(at, word, word + SlotWord.ONE_OWNER));
        return DONE;
    }

    /**
     * Closes a place's first owner and gives the place back, in one step, if that owner is all that there is: no other one, no
     * access, no loan, no fence, and nothing to be cleaned. Not for pools with windows.
     *
     * @return whether it was so; if not, nothing has changed
     */
    boolean closeOnly(long handle) {
        SlotTable.Segment segment = slots.segmentOrNull(handle);
        if (segment == null || SlotTable.isTicket(handle)) {
            return false;
        }
        int at = SlotTable.within(handle);
        long word = segment.get(at);
        return SlotTable.isOf(handle, word)
                && SlotWord.hasOneCleanOwnerOnly(word)
                && segment.compareAndSet(at, word, SlotWord.nextIdle(word));
    }

    /**
     * An owner without open accesses closes: its handle is not valid any more.
     *
     * @return {@link #NOT_LIVE}, {@link #CONFLICT} if an access through this owner is open, or what {@link #isUnused} tells
     */
    long close(long handle) {
        if (SlotTable.isTicket(handle)) {
            return closeFurther(handle);
        }
        SlotTable.Segment segment = slots.segmentOrNull(handle);
        int at = SlotTable.within(handle);
        while (segment != null) {
            long word = segment.get(at);
            if (!SlotTable.isOf(handle, word)) {
                break;
            }
            if (SlotWord.accesses(word) > 0
                    && (SlotWord.furtherOwners(word) == 0 || accessesOfFirst(segment, at) > 0)) {
                return CONFLICT;
            }
            long next = SlotWord.heldIfUnused(word & ~SlotWord.LIVE);
            if (segment.compareAndSet(at, word, next)) {
                return result(next);
            }
        }
        return NOT_LIVE;
    }

    private synchronized long closeFurther(long handle) {
        SlotTable.Segment tickets = slots.segmentOrNull(handle);
        int ticketAt = SlotTable.within(handle);
        if (tickets == null || !isOwner(handle, tickets.get(ticketAt))) {
            return NOT_LIVE;
        }
        long ticket = tickets.get(ticketAt);
        if (SlotWord.accesses(ticket) > 0) {
            return CONFLICT;
        }
        SlotTable.Segment segment = slots.segment(place(handle));
        int at = SlotTable.within(place(handle));
        tickets.set(ticketAt, SlotWord.nextIdle(ticket));
        long word;
        long next;
        do {
            word = segment.get(at);
            next = SlotWord.heldIfUnused(word - SlotWord.ONE_OWNER);
        } while (!segment.compareAndSet(at, word, next));
        slots.giveBackTicket(SlotTable.slot(handle));
        return result(next);
    }

    private static long result(long word) {
        return SlotWord.isHeld(word) ? UNUSED : DONE;
    }

    /** Whether a step left its place without users: the caller holds it, and gives it back. */
    static boolean isUnused(long result) {
        return result == UNUSED;
    }

    /** A place that is held for the caller stays held, for a reason of {@link SlotWord}. */
    void keep(long place, int why) {
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        segment.set(at, SlotWord.held(segment.get(at), why));
    }

    /**
     * Takes a place that was kept, to try again.
     *
     * @return why it was kept; {@link SlotWord#PASSING} if the caller does not hold it now
     */
    int takeKept(long place) {
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        long word = segment.get(at);
        return isToBeTriedAgain(word) && segment.compareAndSet(at, word, SlotWord.held(word, SlotWord.PASSING))
                ? SlotWord.whyHeld(word)
                : SlotWord.PASSING;
    }

    private static boolean isToBeTriedAgain(long word) {
        int why = SlotWord.isHeld(word) ? SlotWord.whyHeld(word) : SlotWord.PASSING;
        return why != SlotWord.PASSING && why != SlotWord.QUARANTINED;
    }

    /** Shows the places that are kept to be tried again. */
    void forEachKept(LongConsumer visitor) {
        slots.forEachPlace((place, word) -> {
            if (isToBeTriedAgain(word)) {
                visitor.accept(place);
            }
        });
    }

    /** A place that is held for the caller is free: no handle given before is valid. */
    void giveBack(long place) {
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        SlotTable.Extras extras = segment.extrasOrNull();
        if (extras != null) {
            extras.given[at] = 0;
        }
        segment.lazySet(at, slots.nextIdle(segment.get(at)));
    }

    // ---- loans ----

    /**
     * A device is given the use of a place.
     *
     * @return the loan's handle, or {@link #NOT_LIVE}, or {@link #CONFLICT}
     */
    long lend(long handle, Direction direction, String borrower, int birth) {
        if (handle < 0) {
            return NOT_LIVE;
        }
        long ticket = slots.takeTicket();
        long refusal = SlotTable.isTicket(handle)
                ? lendOfFurther(handle, direction.writes())
                : lend(handle, handle, direction.writes());
        if (refusal != DONE) {
            slots.giveBackTicket(ticket);
            return refusal;
        }
        SlotTable.Segment segment = slots.segment(ticket);
        long word = SlotWord.ticketOfLoan(segment.get(SlotTable.within(ticket)), direction);
        return issue(segment, ticket, word, place(handle), borrower, birth);
    }

    /** @param owner the place's first owner, or below 0 where another one keeps the place */
    private long lend(long place, long owner, boolean deviceWrites) {
        SlotTable.Segment segment = slots.segmentOrNull(place);
        int at = SlotTable.within(place);
        while (segment != null) {
            long word = segment.get(at);
            if (owner >= 0 && !SlotTable.isOf(owner, word)) {
                break;
            }
            long next = SlotWord.lent(word, deviceWrites);
            if (next == SlotWord.REFUSED) {
                return CONFLICT;
            }
            if (segment.compareAndSet(at, word, next)) {
                return DONE;
            }
        }
        return NOT_LIVE;
    }

    private synchronized long lendOfFurther(long handle, boolean deviceWrites) {
        return isLiveOwner(handle) ? lend(place(handle), NO_HANDLE, deviceWrites) : NOT_LIVE;
    }

    /** What a live loan's device does. */
    Direction direction(long loan) {
        return SlotWord.direction(slots.word(SlotTable.slot(loan)));
    }

    /**
     * The first half of a loan's end: exactly one caller goes on to {@link #endClaimed}. Until then the loan is open, so
     * that who sees that it has ended may use the place. A second caller waits for the first one's few steps.
     *
     * @return its place, or {@link #NOT_LIVE}
     */
    long claimEnd(long loan) {
        SlotTable.Segment segment = SlotTable.isTicket(loan) ? slots.segmentOrNull(loan) : null;
        if (segment == null) {
            return NOT_LIVE;
        }
        int at = SlotTable.within(loan);
        while (true) {
            long word = segment.get(at);
            if (!SlotTable.isOf(loan, word) || !SlotWord.isLoan(word)) {
                return NOT_LIVE;
            }
            if (SlotWord.isEndClaimed(word)) {
                LockSupport.parkNanos(this, NAP_NANOS);
            } else if (segment.compareAndSet(at, word, SlotWord.endClaimed(word))) {
                return Integer.toUnsignedLong(segment.places[at]);
            }
        }
    }

    /**
     * The second half: the device does not use the place any more, and then the handle is not valid any more.
     *
     * @return what {@link #isUnused} tells
     */
    long endClaimed(long loan, long place) {
        SlotTable.Segment segment = slots.segment(place);
        int at = SlotTable.within(place);
        long word;
        long next;
        do {
            word = segment.get(at);
            next = SlotWord.heldIfUnused(SlotWord.loanEnded(word));
        } while (!segment.compareAndSet(at, word, next));
        retireTicket(loan);
        return result(next);
    }

    /** The handle of a further owner or of a loan is not valid any more. */
    private void retireTicket(long handle) {
        SlotTable.Segment tickets = slots.segment(handle);
        int at = SlotTable.within(handle);
        tickets.lazySet(at, SlotWord.nextIdle(tickets.get(at)));
        slots.giveBackTicket(SlotTable.slot(handle));
    }

    // ---- what is known of a place ----

    /** The tag of the slice that is, or was last, at a place. */
    String tagOfPlace(long place) {
        SlotTable.Segment segment = slots.segmentOrNull(place);
        return segment == null ? "" : segment.tags[SlotTable.within(place)];
    }

    /** The tag of an owner, or the borrower of a loan. */
    String tag(long handle) {
        return tagOfPlace(SlotTable.slot(handle));
    }

    /** When an owner, a loan, or the slice at a place began, by the pool's clock. */
    int birth(long handleOrPlace) {
        return slots.segment(handleOrPlace).births[SlotTable.within(handleOrPlace)];
    }

    /** The handle of the first owner of the slice at a place, or {@link #NO_HANDLE} if that owner has closed. */
    long firstOwner(long place) {
        long word = slots.word(place);
        return SlotWord.isLive(word) && !SlotWord.isOpening(word) ? SlotTable.handle(place, word) : NO_HANDLE;
    }

    /**
     * As {@link #firstOwner}, but where the slice is just about to be handed out, it waits until somebody has it or it is
     * taken back.
     */
    long firstOwnerHandedOut(long place) {
        while (SlotWord.isLive(slots.word(place)) && SlotWord.isOpening(slots.word(place))) {
            LockSupport.parkNanos(this, NAP_NANOS);
        }
        return firstOwner(place);
    }

    /** Whether a view, a descriptor or a loan of the slice at a place was ever given out. */
    boolean isExposed(long place) {
        return (slots.word(place) & SlotWord.EXPOSED) != 0;
    }

    /** Shows the handles of the open loans of a place. */
    void forEachLoan(long place, LongConsumer visitor) {
        slots.forEachTicket((handle, word, at, tag, birth) -> {
            if (at == place && SlotWord.isLoan(word)) {
                visitor.accept(handle);
            }
        });
    }

    // ---- windows ----

    @Nullable
    Window window(long place) {
        SlotTable.Segment segment = slots.segmentOrNull(place);
        SlotTable.Extras extras = segment == null ? null : segment.extrasOrNull();
        return extras == null ? null : extras.windows.get(SlotTable.within(place));
    }

    /** Afterwards {@link #setWindow} needs no memory, so that no window is open that nobody knows. */
    void makeRoomForWindow(long place) {
        slots.segment(place).extras();
    }

    void setWindow(long place, @Nullable Window window) {
        slots.segment(place).extras().windows.set(SlotTable.within(place), window);
    }

    /** Notes that a descriptor that reaches the place was given to somebody: a flag of {@link SlotTable}. */
    void markGiven(long place, byte flag) {
        synchronized (this) {
            slots.segment(place).extras().given[SlotTable.within(place)] |= flag;
        }
        set(place, SlotWord.GIVEN);
    }

    /** Whether the flag was noted since the slice began. */
    boolean isGiven(long place, byte flag) {
        SlotTable.Segment segment = slots.segmentOrNull(place);
        SlotTable.Extras extras = segment == null ? null : segment.extrasOrNull();
        return extras != null && (extras.given[SlotTable.within(place)] & flag) != 0;
    }

    synchronized void clearGiven(long place, byte flag) {
        slots.segment(place).extras().given[SlotTable.within(place)] &= (byte) ~flag;
    }

    /** What the place waits for before it is given back. */
    @Nullable
    Fence fence(long place) {
        SlotTable.Segment segment = slots.segmentOrNull(place);
        SlotTable.Extras extras = segment == null ? null : segment.extrasOrNull();
        return extras == null ? null : extras.fences[SlotTable.within(place)];
    }

    /** To be called by who holds the place. */
    void setFence(long place, @Nullable Fence fence) {
        slots.segment(place).extras().fences[SlotTable.within(place)] = fence;
    }
}
