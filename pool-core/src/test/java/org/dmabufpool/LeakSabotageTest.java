// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes planted in what notices leaks, and the tests that see them. */
class LeakSabotageTest {

    @ParameterizedTest(name = "{0}: {1} becomes {2} -> {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "SliceLedger.java | older.forget(handle, slice); | ; | aLaterSliceOfTheSameHandleIsNotTakenForAClosedOne",
                "SliceLedger.java | if (slice != null && !takeAway(segment.recent, handle, slice)) { | if (false) { |"
                        + " aLaterSliceOfTheSameHandleIsNotTakenForOneClosedBeforeItWasSwept",
                "LeakTracker.java | ledger.forgetRetired(handle, slice); | ; |"
                        + " aLaterSliceOfTheSameHandleIsNotTakenForOneClosedAfterItsFirstSweep",
                "LeakTracker.java | tracked.remove(handle); | ; | aLaterSliceOfTheSameHandleIsNotTakenForAClosedOne",
                "SliceLedger.java | slices[at] = null; | ; |"
                        + " aLaterSliceOfTheSameHandleIsNotTakenForOneClosedBeforeItWasSwept",
            })
    void isSeen(String file, String sound, String faulty, String detector) {
        PlantedFault fault = new PlantedFault(file, sound, faulty);
        PlantedFault.Verdict verdict = fault.verdict(List.of("LeakTest#" + detector));
        assertThat(verdict.failed()).as("%s, seen by %s", fault, detector).isNotEmpty();
        assertThat(verdict.failed().values()).allSatisfy(PlantedFault::assertIsAFinding);
    }
}
