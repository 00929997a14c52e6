// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.dmabufpool.alloc.AllocatorTotals;
import org.dmabufpool.alloc.OffsetAllocator;
import org.jspecify.annotations.Nullable;

/** Every live part and every hole of a pool at one moment, in address order, with the totals of that moment. Immutable. */
final class PoolSurvey {

    private static final int SIZE_CLASSES = Long.SIZE - 1;

    final AllocatorTotals totals;
    final List<Region> regions;

    /** What a region of the range is. */
    enum State {
        SLICE,
        /** A part that is just being handed out or given back. */
        PASSING,
        QUARANTINED,
        HOLE
    }

    /** A live part or a hole; what is no slice has no handle, tag, age or access. */
    record Region(
            State state,
            long offset,
            long length,
            long requested,
            long handle,
            String tag,
            long ageNanos,
            String access) {

        long end() {
            return offset + length;
        }
    }

    private PoolSurvey(AllocatorTotals totals, List<Region> regions) {
        this.totals = totals;
        this.regions = regions;
    }

    /**
     * Looks at a pool.
     *
     * @param clock ages are counted to its time now; null where ages are not known
     */
    static PoolSurvey of(
            OffsetAllocator allocator, SliceLedger ledger, Quarantine quarantine, @Nullable PoolClock clock) {
        List<Region> parts = new ArrayList<>();
        int now = clock == null ? 0 : clock.tick();
        AllocatorTotals totals = allocator.survey(part -> {
            long handle = ledger.handleOf(part);
            State state = handle != SliceLedger.NO_HANDLE
                    ? State.SLICE
                    : quarantine.contains(part) ? State.QUARANTINED : State.PASSING;
            boolean slice = state == State.SLICE;
            parts.add(new Region(
                    state,
                    allocator.offset(part),
                    allocator.reserved(part),
                    allocator.requested(part),
                    handle,
                    slice ? ledger.tag(handle) : "",
                    slice && clock != null ? age(ledger.birth(handle), now) : 0,
                    slice ? ledger.accessState(handle) : ""));
        });
        parts.sort(Comparator.comparingLong(Region::offset));
        return new PoolSurvey(totals, withHoles(parts, totals.capacity()));
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
            all.add(new Region(State.HOLE, from, to - from, 0, SliceLedger.NO_HANDLE, "", 0, ""));
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

    /** Bytes reserved for slices with such handles. */
    long bytesOf(LongPredicate handles) {
        return regions.stream()
                .filter(region -> region.state() == State.SLICE && handles.test(region.handle()))
                .mapToLong(Region::length)
                .sum();
    }

    /** Age of the oldest slice in ns, 0 if there is none. */
    long oldestNanos() {
        return regions.stream().mapToLong(Region::ageNanos).max().orElse(0);
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
