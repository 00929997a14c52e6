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
                "LeakTracker.java | return SliceLedger.NO_HANDLE; | return 1; | aSliceThatIsHeldIsNoLeakHoweverOldItIs",
                "SliceStore.java | && !ledger.isExposed(ledger.place(handle)) | && true |"
                        + " aSliceThatWasOpenedOnceIsKeptAsAViewMayBeInUse",
            })
    void isSeen(String file, String sound, String faulty, String detector) {
        PlantedFault fault = new PlantedFault(file, sound, faulty);
        PlantedFault.Verdict verdict = fault.verdict(List.of("LeakTest#" + detector));
        assertThat(verdict.failed()).as("%s, seen by %s", fault, detector).isNotEmpty();
        assertThat(verdict.failed().values()).allSatisfy(PlantedFault::assertIsAFinding);
    }
}
