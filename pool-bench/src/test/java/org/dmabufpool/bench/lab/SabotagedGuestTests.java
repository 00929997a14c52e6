// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/**
 * Tests that go wrong in every way a test can, for {@link LabSabotageIT} to see that the lab reports each. Neither the
 * names of these classes nor a tag makes any other run find them.
 */
final class SabotagedGuestTests {
    private SabotagedGuestTests() {}

    static class WellAndIll {
        @Test
        void passes() {
            assertThat(Runtime.version().feature()).isPositive();
        }

        @Test
        void fails() {
            assertThat(Runtime.version().feature()).isNegative();
        }

        @Test
        void aborts() {
            assumeTrue(false, "what the test needs is not there");
        }

        @Test
        @Disabled("the sabotage: a test that is switched off")
        void isSwitchedOff() {}
    }

    static class AbortsBeforeItsTests {
        @BeforeAll
        static void abort() {
            assumeTrue(false, "what the class needs is not there");
        }

        @Test
        void isNeverReached() {}
    }

    static class NoTests {}
}
