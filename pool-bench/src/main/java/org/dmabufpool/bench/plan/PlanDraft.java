// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Makes places of a {@link PlannedUse} and a few decisions: who is placed first, who may overlap, how many places a class has.
 * Each buffer gets the lowest place that is free beside those it was in use together with.
 *
 * <p>Behind its own places a class may have others, for when those are taken or lie beyond a pool that is small: on top of
 * whatever is in use the least.
 */
final class PlanDraft {

    /** From a neighbour's border so many places are tried, side by side. */
    private static final int SIDE_BY_SIDE = 5;
    /** How many other places a class has above the number of its own. */
    private static final int MORE_OTHERS = 3;

    private final PlannedUse use;
    private final boolean others;
    private final Map<Integer, Overlaps> overlaps = new HashMap<>();

    /**
     * Decisions. Arrays are not changed.
     *
     * @param keys whose is highest is placed first
     * @param counts how many places each class has of its own
     * @param overlapping buffers may overlap of which one began up to so many times while the other was in use
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Choice(double[] keys, int[] counts, int overlapping) {}

    /** @param others whether classes have other places besides their own */
    PlanDraft(PlannedUse use, boolean others) {
        this.use = use;
        this.others = others;
    }

    /** The places of each class in pages, in the order in which they are tried. */
    long[][] places(Choice choice) {
        int[] order = order(choice);
        Overlaps excluded = overlaps.computeIfAbsent(choice.overlapping(), use::overlaps);
        long[] offsets =
                Objects.requireNonNull(new LowestFit(use, excluded).place(order, WorkLimit.of(Long.MAX_VALUE)));
        long[][] places = new long[use.classes().size()][];
        for (int number = 0; number < places.length; number++) {
            int count = choice.counts()[number];
            long[] own = use.ofClass(number).subList(0, count).stream()
                    .mapToLong(buffer -> offsets[buffer])
                    .toArray();
            places[number] = others && count > 0 ? withOthers(number, own, order, offsets) : own;
        }
        return places;
    }

    private int[] order(Choice choice) {
        return IntStream.range(0, use.classes().size())
                .boxed()
                .flatMap(number -> use.ofClass(number).subList(0, choice.counts()[number]).stream())
                .sorted(Comparator.comparingDouble((Integer buffer) -> -choice.keys()[buffer])
                        .thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** A place and how often what lies there began to be in use. */
    private record Other(long offset, long begun) {}

    private long[] withOthers(int number, long[] own, int[] placed, long[] offsets) {
        long pages = use.classes().get(number).mostPages();
        List<Other> candidates = new ArrayList<>();
        for (long offset : candidates(pages, placed, offsets)) {
            long begun = 0;
            for (int buffer : placed) {
                boolean apart = offsets[buffer] >= offset + pages || offsets[buffer] + use.size(buffer) <= offset;
                begun += apart ? 0 : use.begun(buffer);
            }
            candidates.add(new Other(offset, begun));
        }
        candidates.sort(Comparator.comparingLong(Other::begun).thenComparingLong(other -> -other.offset()));
        long[] all = Arrays.copyOf(own, own.length + use.ofClass(number).size() + MORE_OTHERS);
        int count = own.length;
        for (int i = 0; i < candidates.size() && count < all.length; i++) {
            long offset = candidates.get(i).offset();
            if (Arrays.stream(all, 0, count).allMatch(taken -> Math.abs(taken - offset) >= pages)) {
                all[count++] = offset;
            }
        }
        return Arrays.copyOf(all, count);
    }

    /** Places side by side from each border of a buffer on. */
    private NavigableSet<Long> candidates(long pages, int[] placed, long[] offsets) {
        long height = 0;
        NavigableSet<Long> candidates = new TreeSet<>();
        for (int buffer : placed) {
            long end = offsets[buffer] + use.size(buffer);
            height = Math.max(height, end);
            for (int i = 0; i < SIDE_BY_SIDE; i++) {
                candidates.add(offsets[buffer] + i * pages);
                candidates.add(end - (i + 1) * pages);
            }
        }
        candidates.removeAll(candidates.headSet(0L, false).stream().toList());
        candidates.removeAll(candidates.tailSet(height - pages, false).stream().toList());
        return candidates;
    }
}
