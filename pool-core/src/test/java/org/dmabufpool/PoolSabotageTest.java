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

/** Mistakes in what is known of slices, planted in the real source, and the tests that see them. */
class PoolSabotageTest {

    private static final String STALE_HANDLE = "SliceLedgerTest#aHandleKeptTooLongIsNotTheNextSlices";
    private static final String OPEN_ACCESS = "SliceLedgerTest#anOwnersAccessKeepsThatOwnerOpenAndNoOther";
    private static final String RETIRING = "SliceLedgerTest#aPlaceIsRetiringUntilItsLastLoanHasEnded";
    private static final String EXCLUSION = "SliceLedgerTest#cpuAndDevicesExcludeEachOther";
    private static final String DIRECTION = "SliceLedgerTest#anAccessEndsInTheDirectionItBegan";

    /** The first column says what the mistake is, the last one which test must see it. */
    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "a release does not raise the generation",
                        "SliceLedger.java",
                        "segment.lazySet(at, slots.nextIdle(segment.get(at)));",
                        "segment.lazySet(at, SlotWord.idle(SlotWord.generation(segment.get(at))));",
                        STALE_HANDLE),
                fault(
                        "a release does not look at open accesses",
                        "SliceLedger.java",
                        "if (SlotWord.accesses(word) > 0",
                        "if (false && SlotWord.accesses(word) > 0",
                        OPEN_ACCESS),
                fault(
                        "the last owner's close does not look at loans",
                        "SlotWord.java",
                        "return hasOwner(word) || loans(word) != 0 ? word : withLoans(word, HELD);",
                        "return hasOwner(word) ? word : withLoans(word, HELD);",
                        RETIRING),
                fault(
                        "the CPU may read while a device writes",
                        "SlotWord.java",
                        "return access >= MOST_READERS || loans(word) == DEVICE_WRITES ? REFUSED : (word + 1) | EXPOSED;",
                        "return access >= MOST_READERS ? REFUSED : (word + 1) | EXPOSED;",
                        EXCLUSION),
                fault(
                        "an end does not look whether it is the access's direction",
                        "SlotWord.java",
                        "return access == writing(direction) ? withAccess(word, WRITE_ENDING) : REFUSED;",
                        "return access > MOST_READERS ? withAccess(word, WRITE_ENDING) : REFUSED;",
                        DIRECTION));
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
        PlantedFault none = new PlantedFault("SlotWord.java", "final class SlotWord {", "final class SlotWord { ");
        PlantedFault.Verdict verdict = none.verdict(List.of(STALE_HANDLE, OPEN_ACCESS, RETIRING, EXCLUSION, DIRECTION));
        assertThat(verdict.failed()).isEmpty();
        assertThat(verdict.succeeded()).isEqualTo(5);
    }
}
