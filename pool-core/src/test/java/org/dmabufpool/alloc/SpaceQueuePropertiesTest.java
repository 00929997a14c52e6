// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

/**
 * Requests that wait, step by step against the naive interval map: who is served when, and what nobody else may take meanwhile.
 */
class SpaceQueuePropertiesTest {

    private static final long PAGE = 4096;
    private static final int STEPS = 300;

    /** A request that notes how it was answered. */
    static final class Waiting extends QueuedRequest {

        private int answers;

        Waiting(long size, long alignment, int budget, boolean urgent) {
            super(size, alignment, Kind.of(0, budget), urgent);
        }

        @Override
        protected void answered() {
            answers++;
        }
    }

    @Property(tries = 300)
    void whoFitsIsServedAndTheFirstIsNotOvertakenInItsRange(
            @ForAll Placement placement, @ForAll long seed, @ForAll @IntRange(min = 2, max = 64) int pages) {
        Follower follower = new Follower(
                AllocatorLayout.ofCapacity(pages * PAGE)
                        .withPlacement(placement)
                        .withSlabLimit(0)
                        .withWaitingLimit(pages * PAGE),
                seed);
        for (int step = 0; step < STEPS; step++) {
            follower.step();
            follower.check();
            follower.checkNobodyFits();
        }
        Statistics.label("served")
                .collect(follower.served > 0)
                .coverage(c -> c.check(true).percentage(p -> p > 50));
        Statistics.label("held")
                .collect(follower.held > 0)
                .coverage(c -> c.check(true).percentage(p -> p > 50));
        follower.end();
    }

    @Property(tries = 200)
    void slotsAndPagesWaitTogether(
            @ForAll Placement placement, @ForAll long seed, @ForAll @IntRange(min = 2, max = 20) int pages) {
        Follower follower = new Follower(
                AllocatorLayout.ofCapacity(pages * PAGE)
                        .withPlacement(placement)
                        .withWaitingLimit(pages * PAGE),
                seed);
        for (int step = 0; step < STEPS; step++) {
            follower.step();
            follower.check();
        }
        Statistics.label("served")
                .collect(follower.served > 0)
                .coverage(c -> c.check(true).percentage(p -> p > 50));
        follower.end();
    }

    /** Budgets with and without bytes of their own, and requests without a budget, wait and are served side by side. */
    @Property(tries = 300)
    void budgetsAreKeptAndNobodyHasMore(
            @ForAll Placement placement,
            @ForAll boolean slots,
            @ForAll long seed,
            @ForAll @IntRange(min = 16, max = 64) int pages) {
        List<Budget> budgets =
                List.of(new Budget(5 * PAGE - 100, 9 * PAGE), new Budget(0, 6 * PAGE), new Budget(3 * PAGE, 3 * PAGE));
        AllocatorLayout layout = AllocatorLayout.ofCapacity(pages * PAGE)
                .withPlacement(placement)
                .withWaitingLimit(pages * PAGE);
        Follower follower = new Follower((slots ? layout : layout.withSlabLimit(0)).withBudgets(budgets), seed);
        for (int step = 0; step < STEPS; step++) {
            follower.step();
            follower.check();
            follower.checkBudgets();
        }
        Statistics.label("served")
                .collect(follower.served > 0)
                .coverage(c -> c.check(true).percentage(p -> p > 50));
        Statistics.label("over budget")
                .collect(follower.overBudget > 0)
                .coverage(c -> c.check(true).percentage(p -> p > 50));
        follower.end();
    }

    /** What a loop of allocations of each kind gets is what was said before. */
    @Property(tries = 200)
    void availabilityGoesByBudgets(
            @ForAll Placement placement, @ForAll long seed, @ForAll @IntRange(min = 16, max = 64) int pages) {
        List<Budget> budgets = List.of(new Budget(5 * PAGE, 9 * PAGE), new Budget(0, 6 * PAGE));
        AllocatorLayout layout = AllocatorLayout.ofCapacity(pages * PAGE)
                .withPlacement(placement)
                .withSlabLimit(0);
        Follower follower = new Follower(layout.withBudgets(budgets), seed);
        for (int step = 0; step < STEPS / 3; step++) {
            follower.step();
        }
        for (int budget = 0; budget <= budgets.size(); budget++) {
            follower.countAll(budget);
        }
    }

    /** Others hold and renew parts all the time, and keep some; there is always a range without these for the first. */
    @Property(tries = 100)
    void theFirstIsServedWhateverOthersRenew(@ForAll long seed) {
        int pages = 64;
        SplittableRandom random = new SplittableRandom(seed);
        SharedAllocator allocator =
                Stripes.allocator(AllocatorLayout.ofCapacity(pages * PAGE).withSlabLimit(0));
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < pages; i++) {
            all.add(allocator.allocate(PAGE, PAGE));
        }
        // What stays lies in the lower half; the upper one is full, all the time, of parts that come and go.
        List<Long> renewed = new ArrayList<>();
        for (long part : all) {
            boolean stays = allocator.offset(part) < pages / 2 * PAGE && allocator.offset(part) / PAGE % 8 == 3;
            boolean upper = allocator.offset(part) >= pages / 2 * PAGE;
            if (upper) {
                renewed.add(part);
            } else if (!stays) {
                allocator.free(part);
            }
        }
        Waiting first = new Waiting(pages / 2 * PAGE, PAGE, 0, false);
        assertThat(allocator.allocateOrQueue(first)).isEqualTo(OffsetAllocator.QUEUED);
        int rounds = 0;
        while (first.part() == BlockTable.NONE && rounds < 10_000) {
            if (!renewed.isEmpty()) {
                allocator.free(renewed.remove(random.nextInt(renewed.size())));
            }
            long part = first.part() == BlockTable.NONE ? allocator.allocate(PAGE * (1 + random.nextInt(2)), PAGE) : -1;
            if (part >= 0) {
                renewed.add(part);
            }
            allocator.checkInvariants();
            rounds++;
        }
        assertThat(first.part()).as("served after %d renewals", rounds).isPositive();
    }

    /** The allocator, the oracle and those who wait. */
    private static final class Follower {

        private final AllocatorLayout layout;
        private final SharedAllocator allocator;
        private final Stripes stripes;
        private final IntervalMap map;
        private final Map<Long, Long> parts = new HashMap<>();
        private final List<Waiting> queue = new ArrayList<>();
        private final SplittableRandom random;
        private long peak;
        int served;
        int overBudget;
        int held;

        Follower(AllocatorLayout layout, long seed) {
            this.layout = layout;
            allocator = Stripes.allocator(layout);
            stripes = new Stripes(allocator);
            map = new IntervalMap(layout.capacity());
            random = new SplittableRandom(seed);
        }

        void step() {
            stripes.use(random.nextInt(Stripes.COUNT));
            switch (random.nextInt(8)) {
                case 0, 1 -> take();
                case 2, 3, 4 -> give();
                case 5, 6 -> waitFor();
                default -> leave();
            }
        }

        private long size() {
            long most = layout.capacity();
            return switch (random.nextInt(3)) {
                case 0 -> 1 + random.nextLong(most);
                case 1 -> 1 + random.nextLong(Math.min(most, 4 * PAGE));
                default -> 1 + random.nextLong(PAGE / 2);
            };
        }

        private long alignment() {
            long most = Math.min(8 * PAGE, Long.highestOneBit(layout.capacity()));
            return random.nextInt(3) > 0 ? 1 : Math.min(most, PAGE << random.nextInt(4));
        }

        private int budget() {
            return random.nextInt(layout.budgets().size() + 1);
        }

        private void take() {
            AllocatorTotals before = allocator.totals();
            Waiting first = queue.isEmpty() ? null : queue.get(0);
            int budget = budget();
            long size = size();
            boolean usedUp = budget > 0 && isUsedUp(before.budgets().get(budget - 1), Kind.of(0, budget), size);
            long part = allocator.allocate(size, alignment(), Kind.of(0, budget));
            assertThat(part == OffsetAllocator.OVER_BUDGET).isEqualTo(usedUp);
            overBudget += usedUp ? 1 : 0;
            if (part >= 0) {
                add(part);
                assertThat(budget > 0 || allocator.offset(part) < layout.commonBytes())
                        .isTrue();
            }
            assertThat(allocator.totals().heldBytes()).as("held for %s", first).isEqualTo(before.heldBytes());
        }

        private long leastReserved(long size) {
            long pages = (size + PAGE - 1) / PAGE;
            long run = buddy() ? Long.highestOneBit(2 * pages - 1) : pages;
            return size <= layout.slabLimit() ? (size + 127) / 128 * 128 : run * PAGE;
        }

        private boolean isUsedUp(BudgetUse use, int kind, long size) {
            long claimed = queue.stream()
                    .filter(waiting -> waiting.kind == kind)
                    .findFirst()
                    .map(waiting -> leastReserved(waiting.size))
                    .orElse(0L);
            return use.usedBytes() + claimed + leastReserved(size) > use.mostBytes();
        }

        private void add(long part) {
            map.add(allocator.offset(part), allocator.reserved(part));
            parts.put(allocator.offset(part), part);
            peak = Math.max(peak, map.used());
        }

        private void give() {
            if (map.size() > 0) {
                long offset = map.offset(random.nextInt(1000));
                assertThat(allocator.free(parts.remove(offset))).isEqualTo(map.remove(offset));
                collectServed();
            }
        }

        private void waitFor() {
            Waiting request = new Waiting(size(), alignment(), budget(), random.nextInt(4) == 0);
            long part = allocator.allocateOrQueue(request);
            if (part >= 0) {
                add(part);
                assertThat(request.answers).isZero();
                assertThat(request.part()).isIn(0L, part);
            } else if (request.size > allocator.longest(Kind.budget(request.kind))) {
                assertThat(part).isNotEqualTo(OffsetAllocator.QUEUED);
            } else {
                assertThat(part).isEqualTo(OffsetAllocator.QUEUED);
                queue.add(placeOf(request), request);
            }
            collectServed();
        }

        private int placeOf(Waiting request) {
            int place = 0;
            while (place < queue.size() && (queue.get(place).urgent || !request.urgent)) {
                place++;
            }
            return place;
        }

        private void leave() {
            if (!queue.isEmpty()) {
                Waiting request = queue.remove(random.nextInt(queue.size()));
                assertThat(allocator.leaveQueue(request)).isTrue();
                assertThat(allocator.leaveQueue(request)).isFalse();
                assertThat(request.part()).isZero();
                assertThat(request.answers).isZero();
                collectServed();
            }
        }

        private void collectServed() {
            for (Waiting request : List.copyOf(queue)) {
                assertThat(request.answers).isEqualTo(request.part() == 0 ? 0 : 1);
                if (request.part() != 0) {
                    queue.remove(request);
                    add(request.part());
                    assertThat(allocator.requested(request.part())).isEqualTo(request.size);
                    assertThat(allocator.offset(request.part()) % request.alignment)
                            .isZero();
                    served++;
                }
            }
        }

        void check() {
            allocator.checkInvariants();
            map.assertShownBy(allocator);
            AllocatorTotals totals = allocator.totals();
            assertThat(totals.usedBytes()).isEqualTo(map.used());
            assertThat(totals.liveCount()).isEqualTo(map.size());
            assertThat(totals.peakUsedBytes()).isEqualTo(peak);
            assertThat(totals.queuedRequests()).isEqualTo(queue.size());
            held += totals.heldBytes() > 0 ? 1 : 0;
            if (!queue.isEmpty()) {
                assertThat(stripes.waitingBytes()).isZero();
            }
        }

        void checkBudgets() {
            AllocatorTotals totals = allocator.totals();
            long kept = 0;
            for (int budget = 1; budget <= layout.budgets().size(); budget++) {
                BudgetUse use = totals.budgets().get(budget - 1);
                assertThat(use.usedBytes()).isBetween(0L, use.mostBytes());
                assertThat(use.guaranteedBytes()).isEqualTo(layout.keptBytes(budget));
                assertThat(use.guaranteedFreeBytes()).isBetween(0L, use.guaranteedBytes());
                kept += use.guaranteedFreeBytes();
            }
            assertThat(kept).isLessThanOrEqualTo(totals.freeBytes());
            long most = allocator.longest(0);
            long common = layout.commonBytes();
            assertThat(most).isEqualTo(buddy() ? Long.highestOneBit(common) : common);
        }

        void countAll(int budget) {
            for (long size : new long[] {PAGE, 2 * PAGE, 5 * PAGE + 1}) {
                long expected = allocator.availability(size, budget);
                List<Long> taken = new ArrayList<>();
                long part = allocator.allocate(size, 1, Kind.of(0, budget));
                for (; part >= 0; part = allocator.allocate(size, 1, Kind.of(0, budget))) {
                    taken.add(part);
                }
                assertThat(taken.size())
                        .as("%d bytes of budget %d", size, budget)
                        .isEqualTo(expected);
                if (queue.isEmpty()) {
                    taken.forEach(allocator::free);
                }
            }
        }

        /** The first fits nowhere, and the others nowhere but in what is held. */
        void checkNobodyFits() {
            for (int i = 0; i < queue.size(); i++) {
                Waiting request = queue.get(i);
                if (i == 0) {
                    long size = buddy() ? Long.highestOneBit(2 * pagesOf(request) - 1) * PAGE : request.size;
                    long multiple = buddy() ? Math.max(size, request.alignment) : Math.max(PAGE, request.alignment);
                    assertThat(map.fits(size, multiple)).as("the first fits").isFalse();
                } else {
                    assertThat(allocator.availability(request.size) > 0 && request.alignment <= PAGE)
                            .as("request %d of %d bytes could be served", i, request.size)
                            .isFalse();
                }
            }
        }

        private boolean buddy() {
            return layout.placement() == Placement.BUDDY;
        }

        private boolean canNeverBeServed(Waiting request) {
            return request.alignment > PAGE && request.size > layout.commonBytes();
        }

        private static long pagesOf(Waiting request) {
            return (request.size + PAGE - 1) / PAGE;
        }

        /** All is given back: all are served, one after the other, and nothing is left. */
        void end() {
            while (map.size() > 0) {
                give();
            }
            assertThat(queue).allMatch(this::canNeverBeServed);
            for (Waiting request : queue) {
                assertThat(allocator.leaveQueue(request)).isTrue();
            }
            AllocatorTotals totals = allocator.totals();
            assertThat(totals.freeBytes()).isEqualTo(layout.capacity());
            assertThat(totals.heldBytes()).isZero();
            long common = layout.commonBytes();
            assertThat(totals.largestFree()).isEqualTo(buddy() ? Long.highestOneBit(common) : common);
            allocator.checkInvariants();
        }
    }
}
