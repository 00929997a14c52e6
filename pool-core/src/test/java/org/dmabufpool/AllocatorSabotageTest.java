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

    private static final String EXTENTS = "alloc.ExtentsPropertiesTest#theSmallestHoleThatFitsIsTakenAndNothingIsLost";
    private static final String RUNS = "alloc.RunTiersPropertiesTest#noPageIsLostAndNoRunRefusedThatFits";
    private static final String ROOM_IN_A_CHUNK = "alloc.RunTiersTest#aRunThatOnlyAChunkHasRoomForIsTakenThere";
    private static final String EMPTY_CHUNK = "alloc.RunTiersTest#aChunkThatFellEmptyIsNotInTheWayOfALargeRun";
    private static final String SHARED_LIST = "alloc.HoleIndexTest#amongTheSizesOfOneListTheSmallestThatFitsIsTaken";
    private static final String REUSE = "alloc.RunTiersPropertiesTest#theRunGivenBackLastIsTakenAgainAsItIs";
    private static final String WHOLE = "alloc.AllocatorPropertiesTest#followsTheIntervalMapWithSmallSizes";
    private static final String BORDERS = "alloc.SharedAllocatorPropertiesTest#bordersNeverCostARequestItsSpace";
    private static final String SEQUENCES = "alloc.EverySequenceTest#twoStripesOfAPoolOfPages";
    private static final String SIZES = "alloc.EverySizeTest#reservedFitsAndOneClassBelowDoesNot";
    private static final String GIVEN_BACK_ELSEWHERE =
            "alloc.SharedAllocatorTest#anyThreadGivesBackAndTheStripeItCameFromHasIt";
    private static final String STRESS = "alloc.HandOverStressTest#noByteHasTwoOwnersAndAllComesBack";
    private static final String REFUSALS =
            "alloc.SharedAllocatorTest#whatIsRefusedIsRefusedAtOnceUntilSomethingComesBack";

    /** The first column says what the mistake is, the last one which test must see it. */
    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "coalescing is off by one: the hole behind is joined a page short",
                        "alloc/Extents.java",
                        "size += table[(after << RECORD) + SIZE];",
                        "size += table[(after << RECORD) + SIZE] - 1;",
                        EXTENTS),
                fault(
                        "coalescing forgets the hole before",
                        "alloc/Extents.java",
                        "boolean joinBefore = isHole(table, before);",
                        "boolean joinBefore = false;",
                        EXTENTS),
                fault(
                        "a hole that is joined stays in the index",
                        "alloc/Extents.java",
                        "        if (joinBefore) {\n            takeOut(before);",
                        "        if (joinBefore) {",
                        EXTENTS),
                fault(
                        "a list that became empty stays marked",
                        "alloc/HoleIndex.java",
                        "filled[word] = bits;",
                        "",
                        EXTENTS),
                fault(
                        "the first hole of a list of several sizes is taken, not the smallest",
                        "alloc/HoleIndex.java",
                        "holeSize >= size && holeSize < bestSize",
                        "holeSize >= size && best == NONE",
                        SHARED_LIST),
                fault(
                        "a tree of aligned holes forgets to take one out",
                        "alloc/AlignedHoles.java",
                        "tree.set(hole, 0);",
                        "",
                        EXTENTS),
                fault(
                        "a whole withdrawn hole leaves its neighbour linked",
                        "alloc/Extents.java",
                        "table[(last << RECORD) + AFTER] = edge;",
                        "",
                        EXTENTS),
                fault(
                        "an empty chunk does not go back to a request that needs it",
                        "alloc/RunTiers.java",
                        "return run == NONE && giveChunksBack() ? allocateAnywhere(count) : run;",
                        "return run;",
                        EMPTY_CHUNK),
                fault(
                        "a run is refused though a chunk has room",
                        "alloc/RunTiers.java",
                        "if (hole == NONE && count <= chunkPages) {",
                        "if (hole == NONE && count < 0) {",
                        ROOM_IN_A_CHUNK),
                fault(
                        "the run given back last is handed out twice",
                        "alloc/RunTiers.java",
                        "        if (count == recentPages) {\n            recentPages = 0;",
                        "        if (count == recentPages) {",
                        REUSE),
                fault(
                        "sizes are rounded down to pages",
                        "alloc/TieredAllocator.java",
                        "int count = (int) ((size + (1L << pageShift) - 1) >>> pageShift);",
                        "int count = (int) Math.max(1, size >>> pageShift);",
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
                        "a release from another thread is lost",
                        "alloc/SharedAllocator.java",
                        "long bytes = stripe.allocator.free(part & BLOCK_MASK);",
                        "int seat = (int) ((Thread.currentThread().getId() * SPREAD) >>> SEAT_SHIFT);"
                                + "long bytes = stripe.occupant == seat"
                                + " ? stripe.allocator.free(part & BLOCK_MASK)"
                                + " : stripe.allocator.reserved(part & BLOCK_MASK);",
                        STRESS),
                fault(
                        "a release does not wait for the lock",
                        "alloc/SharedAllocator.java",
                        "        Stripe stripe = stripeOf(part);\n        stripe.lock();",
                        "        Stripe stripe = stripeOf(part);\n        stripe.tryLock();",
                        STRESS),
                fault(
                        "a part is given back to the wrong stripe",
                        "alloc/SharedAllocator.java",
                        "return stripes[(int) number];",
                        "return stripes[(int) (number & ~1)];",
                        GIVEN_BACK_ELSEWHERE),
                fault(
                        "the hint of what is refused outlives a release",
                        "alloc/SharedAllocator.java",
                        "            if (refusedFrom != NOTHING_REFUSED) {\n"
                                + "                refusedFrom = NOTHING_REFUSED;\n            }",
                        "",
                        REFUSALS),
                fault(
                        "the hint of what is refused outlives a release, in random use",
                        "alloc/SharedAllocator.java",
                        "            if (refusedFrom != NOTHING_REFUSED) {\n"
                                + "                refusedFrom = NOTHING_REFUSED;\n            }",
                        "",
                        SEQUENCES),
                fault(
                        "a join across borders forgets the last hole",
                        "alloc/SharedAllocator.java",
                        "first.stripe().allocator.extendTerritory(first.hole(), hole.bytes());",
                        "",
                        BORDERS),
                fault(
                        "what fits across borders only is refused",
                        "alloc/SharedAllocator.java",
                        "if (!joinable.isEmpty()) {",
                        "if (false) {",
                        BORDERS));
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
        PlantedFault none = new PlantedFault("alloc/Extents.java", "int free(int run) {", "int free(int run) { ");
        PlantedFault.Verdict verdict = none.verdict(List.of(REUSE, GIVEN_BACK_ELSEWHERE, REFUSALS));
        assertThat(verdict.failed()).isEmpty();
        assertThat(verdict.succeeded()).isEqualTo(3);
    }
}
