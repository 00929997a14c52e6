// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that allocators are known for, planted one by one in the real source, and the tests that see them. */
class AllocatorSabotageTest {

    private static final String EXTENTS = "alloc.ExtentsPropertiesTest#everythingThatFitsIsServedAndNothingIsLost";
    private static final String SHARED_LIST = "alloc.HoleIndexTest#amongTheSizesOfOneListTheSmallestThatFitsIsTaken";
    private static final String NEARLY = "alloc.HoleIndexTest#theOneHoleThatFitsIsFoundBehindManyThatNearlyDo";
    private static final String BOTH_ENDS = "alloc.HoleIndexTest#largeRunsTakeTheBeginningOfTheRangeAndSmallOnesTheEnd";
    private static final String WHOLE = "alloc.AllocatorPropertiesTest#followsTheIntervalMapWithSmallSizes";
    private static final String WAITING = "alloc.SharedAllocatorPropertiesTest#whatWaitsNeverCostsARequestItsSpace";
    private static final String AVAILABILITY = "alloc.SharedAllocatorPropertiesTest#availabilityIsWhatALoopGets";
    private static final String SEQUENCES = "alloc.EverySequenceTest#twoStripesOfAPoolOfPages";
    private static final String SIZES = "alloc.EverySizeTest#reservedFitsAndOneClassBelowDoesNot";
    private static final String NOT_LIVE = "alloc.SharedAllocatorTest#aPartThatWaitsIsNotLive";
    private static final String STRESS = "alloc.HandOverStressTest#noByteHasTwoOwnersAndAllComesBack";
    private static final String QUEUE =
            "alloc.SpaceQueuePropertiesTest#whoFitsIsServedAndTheFirstIsNotOvertakenInItsRange";
    private static final String QUEUE_OF_SLOTS = "alloc.SpaceQueuePropertiesTest#slotsAndPagesWaitTogether";
    private static final String BUDGETS = "alloc.SpaceQueuePropertiesTest#budgetsAreKeptAndNobodyHasMore";
    private static final String RENEWALS = "alloc.SpaceQueuePropertiesTest#theFirstIsServedWhateverOthersRenew";
    private static final String PLANNED = "alloc.PlannedAllocatorPropertiesTest#thePlanIsFollowedAndNothingIsLost";
    private static final String REFUSALS = "alloc.SharedAllocatorTest#aRefusalGoesByWhatIsFreeNowAndNotEarlier";

    /** The first column says what the mistake is, the last one which test must see it. */
    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "coalescing is off by one: the hole behind is joined a page short",
                        "alloc/ExactExtents.java",
                        "size += table[(after << RECORD) + SIZE];",
                        "size += table[(after << RECORD) + SIZE] - 1;",
                        EXTENTS),
                fault(
                        "coalescing forgets the hole before",
                        "alloc/ExactExtents.java",
                        "boolean joinsBefore = isHole(table, before);",
                        "boolean joinsBefore = false;",
                        EXTENTS),
                fault(
                        "a hole that is joined stays in the index",
                        "alloc/ExactExtents.java",
                        "            if (joinsAfter) {\n                takeOut(after);",
                        "            if (joinsAfter) {",
                        EXTENTS),
                fault(
                        "a list that became empty stays marked",
                        "alloc/HoleIndex.java",
                        "filled[region * WORDS + word] = bits;",
                        "",
                        EXTENTS),
                fault(
                        "the first hole of a list of several sizes is taken, not the smallest",
                        "alloc/HoleIndex.java",
                        "size >= count && size < bestSize",
                        "size >= count && best == NONE",
                        SHARED_LIST),
                fault(
                        "a hole that was not looked at is taken for none",
                        "alloc/HoleIndex.java",
                        "return hole == NONE ? NONE : UNSURE;",
                        "return NONE;",
                        NEARLY),
                fault(
                        "small runs are looked for from the beginning of the range",
                        "alloc/HoleIndex.java",
                        "int last = isSmall(count) ? regions - 1 : 0;",
                        "int last = 0;",
                        "alloc.HoleIndexTest#smallRunsComeFromTheHighestRegion"),
                fault(
                        "small runs take the beginning of a hole",
                        "alloc/Extents.java",
                        "return index.isSmall(count);",
                        "return false;",
                        BOTH_ENDS),
                fault(
                        "a tree of aligned holes forgets to take one out",
                        "alloc/AlignedHoles.java",
                        "tree.set(hole, 0);",
                        "",
                        EXTENTS),
                fault(
                        "the run given back last is handed out twice",
                        "alloc/Extents.java",
                        "        if (count == pendingPages) {\n            pendingPages = 0;",
                        "        if (count == pendingPages) {",
                        EXTENTS),
                fault(
                        "sizes are rounded down to pages",
                        "alloc/TieredAllocator.java",
                        "extents.reserved((int) ((size + (1L << pageShift) - 1) >>> pageShift));",
                        "extents.reserved((int) Math.max(1, size >>> pageShift));",
                        SIZES),
                fault(
                        "sizes are rounded one line too far",
                        "alloc/SlabTier.java",
                        "return ((size + (1L << lineShift) - 1) >>> lineShift) << lineShift;",
                        "return ((size + (1L << lineShift)) >>> lineShift) << lineShift;",
                        SIZES),
                fault(
                        "an empty slab is kept",
                        "alloc/SlabTier.java",
                        "if (after == allSlots(classOf[slab])) {",
                        "if (after == -1) {",
                        WHOLE),
                fault(
                        "a release does not wait for the lock",
                        "alloc/SharedAllocator.java",
                        "        lockMap();\n        try {\n            if (queue.isEmpty()) {",
                        "        mapLock.tryLock();\n        try {\n            if (queue.isEmpty()) {",
                        STRESS),
                fault(
                        "a part that waits is handed out twice",
                        "alloc/Stripe.java",
                        "return parts[(number << DEPTH_SHIFT) + --counts[number]];",
                        "return parts[(number << DEPTH_SHIFT) + counts[number] - 1];",
                        WAITING),
                fault(
                        "a part that waits is not marked",
                        "alloc/SharedAllocator.java",
                        "map.setWaiting(block);",
                        "",
                        NOT_LIVE),
                fault(
                        "what waits is not given back before a refusal",
                        "alloc/SharedAllocator.java",
                        "if (part == BlockTable.NONE && giveAllBack()) {",
                        "if (part == BlockTable.NONE && stripes.length == 0) {",
                        WAITING),
                fault(
                        "what waits is not given back before a refusal, in every sequence",
                        "alloc/SharedAllocator.java",
                        "if (part == BlockTable.NONE && giveAllBack()) {",
                        "if (part == BlockTable.NONE && stripes.length == 0) {",
                        SEQUENCES),
                fault(
                        "a peak of what is taken again from stripes is not seen",
                        "alloc/SharedAllocator.java",
                        "if (left >= stripe.pledgedBytes()) {",
                        "if (left >= 0) {",
                        WAITING),
                fault(
                        "what waits counts as used when a request is refused",
                        "alloc/SharedAllocator.java",
                        "long free = map.capacity() - commonUsedBytes() - map.heldBytes()",
                        "long free = map.capacity() - peakUsedBytes - map.heldBytes()",
                        REFUSALS),
                fault(
                        "availability forgets what waits",
                        "alloc/TieredAllocator.java",
                        "count.waiting(length);",
                        "count.inUse(length, 0);",
                        AVAILABILITY),
                fault(
                        "availability counts blocks of a power of two from any page on",
                        "alloc/Availability.java",
                        "long skipped = blocks ? (pages - until) & (unitPages - 1) : 0;",
                        "long skipped = 0;",
                        AVAILABILITY),
                fault(
                        "a hole of another size is joined as a buddy",
                        "alloc/BuddyExtents.java",
                        "isHole(table, buddy) && table[(buddy << RECORD) + SIZE] == table[(block << RECORD) + SIZE]",
                        "isHole(table, buddy)",
                        EXTENTS),
                fault(
                        "the block behind is taken for the buddy, on whichever side that is",
                        "alloc/BuddyExtents.java",
                        "== 0 ? AFTER : BEFORE",
                        "== 0 ? AFTER : AFTER",
                        EXTENTS),
                fault(
                        "buddies are joined once and no further",
                        "alloc/BuddyExtents.java",
                        "buddy = buddyOf(table, block);\n        }",
                        "buddy = 0;\n        }",
                        EXTENTS),
                fault(
                        "the other half of a block is lost",
                        "alloc/BuddyExtents.java",
                        "enter(insert(page + size, size, hole, table[at + AFTER]));",
                        "insert(page + size, size, hole, table[at + AFTER]);",
                        EXTENTS),
                fault(
                        "an alignment above the size of a block is taken for granted",
                        "alloc/BuddyExtents.java",
                        "return Math.max(count, alignment);",
                        "return count;",
                        EXTENTS),
                fault(
                        "requests reserve twice the power of two",
                        "alloc/BuddyExtents.java",
                        "Integer.highestOneBit(2 * count - 1)",
                        "Integer.highestOneBit(2 * count)",
                        SEQUENCES),
                fault(
                        "the largest block is looked for on pages of no multiple",
                        "alloc/BuddyExtents.java",
                        "while ((-page & (size - 1)) + size > count) {",
                        "while (size > count) {",
                        WAITING),
                fault(
                        "no room is kept for the halves of a block",
                        "alloc/BuddyExtents.java",
                        "Integer.SIZE - Integer.numberOfLeadingZeros(pages) + OTHER_RECORDS",
                        "OTHER_RECORDS",
                        "alloc.BuddyExtentsTest#thereIsRoomForAllHalves"),
                fault(
                        "whole pages that were not asked for are forgotten",
                        "alloc/TieredAllocator.java",
                        "return ((long) table[at + SPARE_PAGES] << pageShift) + table[at + SPARE];",
                        "return table[at + SPARE];",
                        WHOLE),
                fault(
                        "availability counts the rest of a hole on the wrong side",
                        "alloc/Availability.java",
                        "open += fromEnd ? rest : 0;",
                        "open += fromEnd ? 0 : rest;",
                        AVAILABILITY),
                fault(
                        "a release serves nobody who waits",
                        "alloc/SharedAllocator.java",
                        "served = queue.freed(range, budget, reserved);",
                        "served = null;",
                        QUEUE),
                fault(
                        "who leaves the queue leaves the range held",
                        "alloc/SpaceQueue.java",
                        "return request == first ? serveAll(false, Long.MAX_VALUE, null) : null;",
                        "return null;",
                        QUEUE),
                fault(
                        "urgent requests wait behind all others",
                        "alloc/RequestQueue.java",
                        "QueuedRequest ahead = request.urgent ? lastUrgent : last;",
                        "QueuedRequest ahead = last;",
                        QUEUE),
                fault(
                        "what comes free in the held range is for all",
                        "alloc/Extents.java",
                        "        if (isHeld(run)) {\n            heldPages",
                        "        if (false && isHeld(run)) {\n            heldPages",
                        QUEUE),
                fault(
                        "the first is not found to fit across the border of its range",
                        "alloc/HeldRange.java",
                        "while (isFree(blocks.get(first, BEFORE))) {",
                        "while (false && isFree(blocks.get(first, BEFORE))) {",
                        QUEUE),
                fault(
                        "others behind the first are not served",
                        "alloc/SpaceQueue.java",
                        "        return serveOthers(bytes, served);",
                        "        return served;",
                        QUEUE),
                fault(
                        "parts wait in stripes while requests wait",
                        "alloc/SharedAllocator.java",
                        "boolean room = queue.isEmpty() && stripe.admits(number, reserved);",
                        "boolean room = stripe.admits(number, reserved);",
                        QUEUE),
                fault(
                        "slots of a slab in the held range are handed out",
                        "alloc/SlabTier.java",
                        "if (before == 0 && !isHeld(slab)) {",
                        "if (before == 0) {",
                        QUEUE_OF_SLOTS),
                fault(
                        "a part is not charged to its budget",
                        "alloc/Ranges.java",
                        "used[budget] += bytes;",
                        "",
                        BUDGETS),
                fault(
                        "a new request takes the budget of one that waits",
                        "alloc/Ranges.java",
                        "long claimed = next == null || next == waiting ? 0 : common.leastReserved(next.size);",
                        "long claimed = 0;",
                        BUDGETS),
                fault(
                        "who waits for a budget is not served when its parts are given back",
                        "alloc/SpaceQueues.java",
                        "        if (budget != Budget.NONE) {\n            served = budgetAllowsMore(budget, served);\n        }\n        return noteFilled(served);\n    }\n\n    private @Nullable QueuedRequest budgetAllowsMore",
                        "        return noteFilled(served);\n    }\n\n    private @Nullable QueuedRequest budgetAllowsMore",
                        "PoolBudgetTest#aPlaceGivenBackElsewhereServesWhoWaitsForTheBudget"),
                fault(
                        "the range that was chosen first is held for ever",
                        "alloc/SpaceQueue.java",
                        "boolean passed = overtakenBytes > mostOvertakenBytes;",
                        "boolean passed = false;",
                        RENEWALS),
                fault(
                        "a planned place is taken though its end is in use",
                        "alloc/Extents.java",
                        "skip + count <= blocks.get(hole, SIZE) ? take",
                        "skip + 1 <= blocks.get(hole, SIZE) ? take",
                        PLANNED),
                fault(
                        "a planned place is looked for before the run given back last is joined",
                        "alloc/Extents.java",
                        "        coalescePending();\n        HoleStarts kept = starts;",
                        "        HoleStarts kept = starts;",
                        PLANNED),
                fault(
                        "a hole that moves is still found where it began",
                        "alloc/Extents.java",
                        "        removeStart(hole);\n        int[] table = blocks.words();",
                        "        int[] table = blocks.words();",
                        PLANNED),
                fault(
                        "a level that became empty stays marked",
                        "alloc/HoleStarts.java",
                        "if (left != 0) {",
                        "if (left != 0 || bit > LOW) {",
                        "alloc.HoleStartsTest#theLastHoleUpToAPageIsFound"),
                fault(
                        "a planned place is not on the multiple that was asked for",
                        "alloc/PlannedPlaces.java",
                        "if ((pages[i] & (alignment - 1)) == 0) {",
                        "if (alignment > 0) {",
                        PLANNED),
                fault(
                        "a request whose places are taken is refused",
                        "alloc/TieredAllocator.java",
                        "        int run = placePlanned(count, alignment, planClass);\n        if (run != NONE) {",
                        "        int run = placePlanned(count, alignment, planClass);\n        if (run == NONE && planClass != 0) {\n            return NONE;\n        }\n        if (run != NONE) {",
                        PLANNED));
    }

    private static Arguments fault(String mistake, String file, String sound, String faulty, String detector) {
        return Arguments.of(Named.of(mistake, new PlantedFault(file, sound, faulty)), detector);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("faults")
    void isSeen(PlantedFault fault, String detector) {
        PlantedFault.Verdict verdict = fault.verdict(List.of(detector));
        assertThat(verdict.failed()).as("%s, seen by %s", fault, detector).isNotEmpty();
        assertThat(verdict.failed().values()).allSatisfy(PlantedFault::assertIsAFinding);
    }

    @Test
    void withoutAFaultTheSameTestsAreContent() {
        PlantedFault none =
                new PlantedFault("alloc/Extents.java", "final void free(int run) {", "final void free(int run) { ");
        PlantedFault.Verdict verdict = none.verdict(List.of(BOTH_ENDS, NOT_LIVE, REFUSALS));
        assertThat(verdict.failed()).isEmpty();
        assertThat(verdict.succeeded()).isEqualTo(3);
    }
}
