// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.dmabufpool.alloc.AllocatorTotals;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/** Every place and every hole of a pool at one moment, in address order, with the totals of that moment. Immutable. */
final class PoolSurvey {

    private static final int SIZE_CLASSES = Long.SIZE - 1;

    final AllocatorTotals totals;
    final List<Region> regions;

    /** What a region of the range is. */
    enum State {
        /** Somebody owns it. */
        SLICE,
        /** Nobody owns it, and a loan, a fence or a step that failed keeps the place. */
        RETIRING,
        /** A place that is just being handed out or given back. */
        PASSING,
        /** A place whose cache lines the kernel refused to clean. */
        QUARANTINED,
        HOLE
    }

    /** A device's use of a place. */
    record LoanNote(long handle, String borrower, Direction direction, long ageNanos) {}

    /**
     * A place or a hole.
     *
     * @param owners handles of those who own it; empty unless it is a slice
     * @param waitsFor why a retiring place is kept: "loans", "fences" or "retry"; else empty
     */
    record Region(
            State state,
            long offset,
            long length,
            long requested,
            List<Long> owners,
            String tag,
            long ageNanos,
            String access,
            List<LoanNote> loans,
            String waitsFor) {

        long end() {
            return offset + length;
        }

        /** The handle of the first of the owners, or {@link SliceLedger#NO_HANDLE}. */
        long handle() {
            return owners.isEmpty() ? SliceLedger.NO_HANDLE : owners.get(0);
        }
    }

    /** Tickets of one place. */
    private static final class Tickets {
        final List<Long> owners = new ArrayList<>();
        final List<LoanNote> loans = new ArrayList<>();
        String tag = "";
    }

    private static final Tickets NO_TICKETS = new Tickets();

    private PoolSurvey(AllocatorTotals totals, List<Region> regions) {
        this.totals = totals;
        this.regions = regions;
    }

    /**
     * Looks at a pool.
     *
     * @param clock ages are counted to its time now; null where ages are not known
     */
    static PoolSurvey of(OffsetAllocator allocator, SliceLedger ledger, @Nullable PoolClock clock) {
        List<Region> places = new ArrayList<>();
        int now = clock == null ? 0 : clock.tick();
        Map<Long, Tickets> tickets = tickets(ledger, clock == null, now);
        AllocatorTotals totals = allocator.survey(place -> {
            places.add(region(allocator, ledger, place, tickets.getOrDefault(place, NO_TICKETS), clock, now));
        });
        places.sort(Comparator.comparingLong(Region::offset));
        return new PoolSurvey(totals, withHoles(places, totals.capacity()));
    }

    private static Region region(
            OffsetAllocator allocator,
            SliceLedger ledger,
            long place,
            Tickets tickets,
            @Nullable PoolClock clock,
            int now) {
        long word = ledger.state(place);
        State state = state(word);
        boolean known = state != State.PASSING;
        return new Region(
                state,
                allocator.offset(place),
                allocator.reserved(place),
                allocator.requested(place),
                owners(place, word, tickets),
                known ? tag(ledger, place, word, tickets) : "",
                known && clock != null ? age(ledger.birth(place), now) : 0,
                state == State.SLICE ? SlotWord.accessState(word) : "",
                tickets.loans,
                waitsFor(word));
    }

    private static Map<Long, Tickets> tickets(SliceLedger ledger, boolean ageless, int now) {
        Map<Long, Tickets> byPlace = new HashMap<>();
        ledger.slots().forEachTicket((handle, word, place, tag, birth) -> {
            Tickets tickets = byPlace.computeIfAbsent(place, key -> new Tickets());
            if (SlotWord.isLoan(word)) {
                long age = ageless ? 0 : age(birth, now);
                tickets.loans.add(new LoanNote(handle, tag, SlotWord.direction(word), age));
            } else {
                tickets.owners.add(handle);
                tickets.tag = tag;
            }
        });
        return byPlace;
    }

    private static State state(long word) {
        if (SlotWord.isOpening(word)) {
            return State.PASSING;
        }
        if (SlotWord.hasOwner(word)) {
            return State.SLICE;
        }
        if (SlotWord.isLent(word)) {
            return State.RETIRING;
        }
        int why = SlotWord.isHeld(word) ? SlotWord.whyHeld(word) : SlotWord.PASSING;
        return switch (why) {
            case SlotWord.PASSING -> State.PASSING;
            case SlotWord.QUARANTINED -> State.QUARANTINED;
            default -> State.RETIRING;
        };
    }

    private static String waitsFor(long word) {
        if (state(word) != State.RETIRING) {
            return "";
        }
        if (SlotWord.isLent(word)) {
            return "loans";
        }
        return SlotWord.whyHeld(word) == SlotWord.WAITS_FOR_FENCES ? "fences" : "retry";
    }

    private static List<Long> owners(long place, long word, Tickets tickets) {
        if (state(word) != State.SLICE) {
            return List.of();
        }
        List<Long> owners = new ArrayList<>();
        if (SlotWord.isLive(word)) {
            owners.add(SlotTable.handle(place, word));
        }
        owners.addAll(tickets.owners);
        return owners;
    }

    /** The first owner's tag; when that has closed, another owner's. */
    private static String tag(SliceLedger ledger, long place, long word, Tickets tickets) {
        boolean first = SlotWord.isLive(word) || tickets.owners.isEmpty();
        return first ? ledger.tagOfPlace(place) : tickets.tag;
    }

    /** A slice that began after the clock was read is new. */
    private static long age(int birth, int now) {
        return now - birth < 0 && birth - now < 1 << 20 ? 0 : PoolClock.nanosBetween(birth, now);
    }

    private static List<Region> withHoles(List<Region> parts, long capacity) {
        List<Region> all = new ArrayList<>(2 * parts.size() + 1);
        long end = 0;
        for (Region part : parts) {
            addHole(all, end, part.offset());
            all.add(part);
            end = part.end();
        }
        addHole(all, end, capacity);
        return all;
    }

    private static void addHole(List<Region> all, long from, long to) {
        if (to > from) {
            all.add(new Region(State.HOLE, from, to - from, 0, List.of(), "", 0, "", List.of(), ""));
        }
    }

    /** Regions in a state. */
    long count(State state) {
        return regions.stream().filter(region -> region.state() == state).count();
    }

    /** Bytes of the regions in a state. */
    long bytes(State state) {
        return regions.stream()
                .filter(region -> region.state() == state)
                .mapToLong(Region::length)
                .sum();
    }

    /** Bytes asked for when the regions in a state were reserved. */
    long requested(State state) {
        return regions.stream()
                .filter(region -> region.state() == state)
                .mapToLong(Region::requested)
                .sum();
    }

    /** Bytes of the places that have an owner or a loan with such a handle. */
    long bytesOf(LongPredicate handles) {
        return regions.stream()
                .filter(region -> region.owners().stream().anyMatch(handles::test)
                        || region.loans().stream().anyMatch(loan -> handles.test(loan.handle())))
                .mapToLong(Region::length)
                .sum();
    }

    /** Owners of all slices. */
    long owners() {
        return regions.stream().mapToLong(region -> region.owners().size()).sum();
    }

    /** Open loans. */
    long loans() {
        return regions.stream().mapToLong(region -> region.loans().size()).sum();
    }

    /** Age of the oldest slice in ns, 0 if there is none. */
    long oldestNanos() {
        return regions.stream()
                .filter(region -> region.state() == State.SLICE)
                .mapToLong(Region::ageNanos)
                .max()
                .orElse(0);
    }

    /** Slices and holes by size, smallest first. */
    List<SizeClass> sizeClasses() {
        SizeClass[] classes = new SizeClass[SIZE_CLASSES];
        for (int order = 0; order < classes.length; order++) {
            classes[order] = new SizeClass(1L << order, 0, 0, 0, 0, 0);
        }
        for (Region region : regions) {
            int order = Long.SIZE - 1 - Long.numberOfLeadingZeros(region.length());
            classes[order] = with(classes[order], region);
        }
        List<SizeClass> used = new ArrayList<>(Arrays.asList(classes));
        used.removeIf(one -> one.slices() == 0 && one.holes() == 0);
        return used;
    }

    private static SizeClass with(SizeClass one, Region region) {
        boolean hole = region.state() == State.HOLE;
        return new SizeClass(
                one.fromBytes(),
                one.slices() + (hole ? 0 : 1),
                one.reservedBytes() + (hole ? 0 : region.length()),
                one.requestedBytes() + region.requested(),
                one.holes() + (hole ? 1 : 0),
                one.holeBytes() + (hole ? region.length() : 0));
    }

    /** Who holds what, most bytes first. */
    List<TagUse> tags() {
        Map<String, TagUse> byTag = new LinkedHashMap<>();
        for (Region region : regions) {
            if (region.state() == State.SLICE) {
                byTag.merge(
                        region.tag(),
                        new TagUse(region.tag(), 1, region.length(), region.requested(), region.ageNanos()),
                        PoolSurvey::sum);
            }
        }
        List<TagUse> tags = new ArrayList<>(byTag.values());
        tags.sort(Comparator.comparingLong(TagUse::reservedBytes).reversed());
        return tags;
    }

    private static TagUse sum(TagUse one, TagUse other) {
        return new TagUse(
                one.tag(),
                one.slices() + other.slices(),
                one.reservedBytes() + other.reservedBytes(),
                one.requestedBytes() + other.requestedBytes(),
                Math.max(one.oldestNanos(), other.oldestNanos()));
    }
}
