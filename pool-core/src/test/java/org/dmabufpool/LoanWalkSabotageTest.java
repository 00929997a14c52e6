// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes planted in the seam between devices and the CPU: the walk finds each within 5000 steps. */
class LoanWalkSabotageTest {

    private static final String WINDOWS = "LoanWalkTest#ofWindowsWithAFixedSeed";
    private static final String RANGES = "LoanWalkTest#ofRangesWithAFixedSeed";
    private static final String WHOLE = "LoanWalkTest#ofTheWholeBufferWithAFixedSeed";

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "idle windows are not closed when their bytes are handed out in another shape",
                        "sync/WindowCache.java",
                        "return hasIdle ? claimAmongIdle(offset, offset + length) : null;",
                        "return null;",
                        WINDOWS),
                fault(
                        "a fence on the window is not waited for",
                        "Reclaimer.java",
                        "&& !window.awaitFences(Direction.READ_WRITE, 0)) {",
                        "&& false) {",
                        WINDOWS),
                fault(
                        "the whole buffer is written while a device writes it",
                        "sync/Exclusion.java",
                        "return (kind & CLEANS_ALL) != 0 && writingDevices > 0;",
                        "return false;",
                        WHOLE),
                fault(
                        "the end of a loan does not tell the exclusion",
                        "Loans.java",
                        "        core.planner.endLoan(direction);\n        if (core.listener",
                        "        if (core.listener",
                        WHOLE),
                fault(
                        "one bracket STARTs what it writes before what it reads, and ENDs in that order",
                        "AccessSet.java",
                        "return access.direction().writes() == ofWriters;",
                        "return access.direction().writes() != ofWriters;",
                        WHOLE),
                fault(
                        "a line that is written in part takes its access for one that only writes",
                        "Brackets.java",
                        "return core.planner.exclusion(slice.offset() + slice.reservedLength(), synced);",
                        "return core.planner.exclusion(slice.offset() + slice.reservedLength(), access.direction());",
                        WHOLE),
                fault(
                        "an end does not look at the direction",
                        "SlotWord.java",
                        "return access == writing(direction) ? withAccess(word, WRITE_ENDING) : REFUSED;",
                        "return access > MOST_READERS ? withAccess(word, WRITE_ENDING) : REFUSED;",
                        RANGES),
                fault(
                        "a loan may be ended twice",
                        "SliceLedger.java",
                        "tickets.lazySet(at, SlotWord.nextIdle(tickets.get(at)));",
                        "tickets.lazySet(at, tickets.get(at) & ~(1L << 27));",
                        RANGES),
                fault(
                        "generations are not raised",
                        "SliceLedger.java",
                        "segment.lazySet(at, slots.nextIdle(segment.get(at)));",
                        "segment.lazySet(at, SlotWord.idle(SlotWord.generation(segment.get(at))));",
                        RANGES),
                fault(
                        "the last owner gives a place back that is lent",
                        "SlotWord.java",
                        "return hasOwner(word) || loans(word) != 0 ? word : withLoans(word, HELD);",
                        "return hasOwner(word) ? word : withLoans(word, HELD);",
                        RANGES),
                fault(
                        "the CPU reads while a device writes",
                        "SlotWord.java",
                        "return access >= MOST_READERS || loans(word) == DEVICE_WRITES ? REFUSED : (word + 1) | EXPOSED;",
                        "return access >= MOST_READERS ? REFUSED : (word + 1) | EXPOSED;",
                        RANGES),
                fault(
                        "a slice is lent while the CPU writes it",
                        "SlotWord.java",
                        "return isWritten(word) || loans >= MOST_READING_LOANS ? REFUSED",
                        "return loans >= MOST_READING_LOANS ? REFUSED",
                        RANGES));
    }

    private static Arguments fault(String mistake, String file, String sound, String faulty, String detector) {
        return Arguments.of(Named.of(mistake, new PlantedFault(file, sound, faulty)), detector);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("faults")
    void isFound(PlantedFault fault, String detector) {
        PlantedFault.Verdict verdict = fault.verdict(List.of(detector));
        assertThat(verdict.failed()).as("%s, seen by %s", fault, detector).isNotEmpty();
        assertThat(verdict.failed().values()).allSatisfy(PlantedFault::assertIsAFinding);
        verdict.failed()
                .values()
                .forEach(found -> System.out.println(
                        fault.toString().lines().findFirst().orElse("").toLowerCase(Locale.ROOT) + ": "
                                + String.valueOf(found.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("")));
    }
}
